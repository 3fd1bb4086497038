import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NAME } from './names.ts';

/** How a program leaves IPv4 out: `::` alone, one IPv6 address, or IPv4 from its own machine only. */
export type How = 'v6only' | 'address' | 'loopback';

export interface Place {
  readonly port: number;
  /** The server's own address. */
  readonly six: string;
  /** Prefix of the files `.key` and `.crt`. */
  readonly tls: string;
}

/** Files below /etc by their path, each as it becomes of Debian's own; null where it goes. */
type Files = Readonly<Record<string, ((debian: string) => string) | null>>;

/** A server of Debian's, run as its package runs it. */
export interface RealProgram {
  /** As remedies call it. */
  readonly software: string;
  /** As `ss` names its processes. */
  readonly process: string;
  readonly unit: string;
  /** What systemd starts, in the foreground; and what it does for `reload`. */
  readonly start: string;
  readonly reload?: string;
  /** Folders that its package or systemd makes. */
  readonly folders: readonly string[];
  /** The user who writes to them. */
  readonly user?: string;
  /** Files that a remedy names as one of several, by that name: which it is here, below /etc. */
  readonly files: Readonly<Record<string, string>>;
  readonly scheme: 'https' | 'http' | 'tcp';
  readonly configured: Partial<Record<How, (place: Place) => Files>>;
  /** With \`loopback\` it listens there and nowhere else, not even over IPv6. */
  readonly alone?: boolean;
}

const nginxSite = (place: Place, ...listens: readonly string[]): Files => ({
  'nginx/sites-enabled/default': null,
  'nginx/sites-enabled/home': () =>
    [
      'server {',
      ...listens.map((each) => `\tlisten ${each};`),
      `\tserver_name ${NAME};`,
      `\tssl_certificate ${place.tls}.crt;`,
      `\tssl_certificate_key ${place.tls}.key;`,
      `\treturn 200 "${NAME}\\n";`,
      '}',
      '',
    ].join('\n'),
});

export const NGINX: RealProgram = {
  software: 'nginx',
  process: 'nginx',
  unit: 'nginx',
  start: "nginx -g 'daemon off;'",
  reload: 'nginx -s reload',
  folders: ['/var/log/nginx'],
  files: { '/etc/nginx/sites-enabled/* or /etc/nginx/conf.d/*.conf': 'nginx/sites-enabled/home' },
  scheme: 'https',
  configured: {
    // As certbot writes it.
    v6only: (place) => nginxSite(place, `[::]:${place.port} ssl ipv6only=on`),
    address: (place) => nginxSite(place, `[${place.six}]:${place.port} ssl`),
    loopback: (place) => nginxSite(place, `[::]:${place.port} ssl`, `127.0.0.1:${place.port} ssl`),
  },
};

const apacheSite = (host: string, ...listens: readonly string[]): Files => ({
  'apache2/ports.conf': () => `${listens.map((each) => `Listen ${each}\n`).join('')}`,
  'apache2/sites-enabled/000-default.conf': null,
  'apache2/sites-enabled/home.conf': () =>
    `<VirtualHost ${host}>\n\tServerName ${NAME}\n\tDocumentRoot /var/www/html\n</VirtualHost>\n`,
});

/** Debian's Apache takes IPv4 at `[::]` too, so that it can't leave it out there. */
const APACHE: RealProgram = {
  software: 'Apache',
  process: 'apache2',
  unit: 'apache2',
  start: "sh -c '. /etc/apache2/envvars; exec apache2 -D FOREGROUND'",
  folders: ['/var/log/apache2', '/run/apache2', '/run/lock'],
  files: { '/etc/apache2/sites-enabled/*.conf': 'apache2/sites-enabled/home.conf' },
  scheme: 'http',
  configured: {
    address: ({ port, six }) => apacheSite(`[${six}]:${port}`, `[${six}]:${port}`),
    loopback: ({ port, six }) => apacheSite(`127.0.0.1:${port}`, `127.0.0.1:${port}`, `[${six}]:${port}`),
  },
};

const caddyfile = ({ port, tls }: Place, bind: string): Files => ({
  'caddy/Caddyfile': () =>
    `{\n\tauto_https off\n}\n\n:${port} {\n\tbind ${bind}\n\ttls ${tls}.crt ${tls}.key\n\trespond ${NAME}\n}\n`,
});

const CADDY: RealProgram = {
  software: 'Caddy',
  process: 'caddy',
  unit: 'caddy',
  start: 'env HOME=/run/caddy caddy run --config /etc/caddy/Caddyfile',
  folders: ['/run/caddy'],
  files: {},
  scheme: 'https',
  alone: true,
  configured: {
    v6only: (place) => caddyfile(place, 'tcp6/[::]'),
    address: (place) => caddyfile(place, `[${place.six}]`),
    loopback: (place) => caddyfile(place, '127.0.0.1'),
  },
};

const haproxyFrontend = (...binds: readonly string[]): Files => ({
  'haproxy/haproxy.cfg': (debian) =>
    `${debian}\nfrontend home\n${binds.map((each) => `\tbind ${each}\n`).join('')}\thttp-request return status 200\n`,
});

const HAPROXY: RealProgram = {
  software: 'HAProxy',
  process: 'haproxy',
  unit: 'haproxy',
  start: 'haproxy -Ws -f /etc/haproxy/haproxy.cfg',
  reload: 'haproxy -c -q -f /etc/haproxy/haproxy.cfg && kill -USR2 $MAINPID',
  folders: ['/run/haproxy'],
  files: {},
  scheme: 'http',
  configured: {
    v6only: ({ port }) => haproxyFrontend(`[::]:${port} v6only`),
    address: ({ port, six }) => haproxyFrontend(`${six}:${port} name home`),
    loopback: ({ port }) => haproxyFrontend(`127.0.0.1:${port}`, `:::${port} v6only`),
  },
};

const lighttpdSocket = (socket: string): Files => ({
  'lighttpd/conf-enabled/10-home.conf': () => `$SERVER["socket"] == "${socket}" { }\n`,
});

const LIGHTTPD: RealProgram = {
  software: 'lighttpd',
  process: 'lighttpd',
  unit: 'lighttpd',
  start: 'lighttpd -D -f /etc/lighttpd/lighttpd.conf',
  folders: ['/var/log/lighttpd'],
  user: 'www-data',
  files: {},
  scheme: 'http',
  alone: true,
  configured: {
    v6only: ({ port }) => lighttpdSocket(`[::]:${port}`),
    address: ({ port, six }) => lighttpdSocket(`[${six}]:${port}`),
    loopback: ({ port }) => ({
      'lighttpd/lighttpd.conf': (debian) =>
        debian
          .replace(/^server\.port .*$/mu, `server.port = ${port}\nserver.bind = "127.0.0.1"`)
          .replace(/^include_shell "\/usr\/share\/lighttpd\/use-ipv6.*$/mu, ''),
    }),
  },
};

const sshdLines = ({ port }: Place, ...lines: readonly string[]): Files => ({
  'ssh/sshd_config': (debian) => `Port ${port}\n${lines.map((each) => `${each}\n`).join('')}${debian}`,
});

export const SSHD: RealProgram = {
  software: 'sshd',
  process: 'sshd',
  unit: 'ssh',
  start: '/usr/sbin/sshd -D',
  reload: '/usr/sbin/sshd -t && kill -HUP $MAINPID',
  folders: ['/run/sshd'],
  files: {},
  scheme: 'tcp',
  configured: {
    v6only: (place) => sshdLines(place, 'AddressFamily inet6'),
    address: (place) => sshdLines(place, `ListenAddress ${place.six}`),
    loopback: (place) => sshdLines(place, 'ListenAddress 127.0.0.1', 'ListenAddress ::'),
  },
};

export const REAL_PROGRAMS: readonly RealProgram[] = [NGINX, APACHE, CADDY, HAPROXY, LIGHTTPD, SSHD];

/** Configures a program in a copy of /etc. @throws Error if it can't leave IPv4 out that way. */
export async function configure(
  { configured, software }: RealProgram,
  how: How,
  place: Place,
  etc: string,
): Promise<void> {
  const files = configured[how]?.(place);
  if (files === undefined) throw new Error(`${software} can't leave IPv4 out this way: ${how}`);
  for (const [path, change] of Object.entries(files)) {
    const file = join(etc, path);
    const debian = await readFile(file, 'utf8').catch(() => '');
    await rm(file, { force: true });
    if (change !== null) await writeFile(file, change(debian));
  }
}

/** The file that a remedy means, below /etc. */
export const fileOf = ({ files }: RealProgram, shown: string): string =>
  files[shown] ?? shown.replace(/^\/etc\//u, '');
