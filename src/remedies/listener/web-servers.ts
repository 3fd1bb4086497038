import type { ManualStep } from '../../model/remedy-offer.ts';
import { asRoot, edits, type Replacement, reversed, written as writtenTo } from '../manual.ts';
import { type Bound, bareAddress, lookWith, type Program, program } from './socket.ts';

/** One step. @param lines of the lines, those that are there @param find the command that finds them */
function onServer(
  software: string,
  does: string,
  file: string,
  lines: readonly Replacement[],
  load: readonly string[],
  find: string,
): ManualStep {
  const those = lines.length > 1 ? '; of the lines, those that are there' : '';
  return {
    where: 'server',
    software,
    does: `${does}${those} (${lookWith(find)})`,
    change: edits(file, lines, load),
    undo: edits(file, reversed(lines), load),
  };
}

const added = (line: string, more: string): Replacement => [line, `${line}\n${more}`];

/** `ipv6only` is on since nginx 1.3.4 (nginx.org, `listen`), and certbot writes it out: each family needs a line of its own. */
const nginx = program('nginx', ['nginx'], (bound) => {
  const { how, port, written, protocol } = bound;
  const words = `${protocol === 'udp' ? ' udp' : ''}${bound.tls ? ' ssl' : ''}`;
  const old = `listen ${written}:${port}${words}`;
  const wanted = `listen ${port}${words};`;
  return [
    onServer(
      'nginx',
      `listens on IPv4 as well, in every server block of this port${how === 'loopback' ? '' : '; the new line gets what else stands on the old one'}`,
      '/etc/nginx/sites-enabled/* or /etc/nginx/conf.d/*.conf',
      how === 'loopback'
        ? [[`${old};`, wanted]]
        : how === 'v6only'
          ? [added(`${old};`, wanted), added(`${old} ipv6only=on;`, wanted)]
          : [added(`${old};`, wanted)],
      // A socket of the same port on another address can't be taken over while the old one is open.
      ['nginx -t', `systemctl ${how === 'loopback' ? 'restart' : 'reload'} nginx`],
      `grep -rn 'listen.*${port}' /etc/nginx`,
    ),
  ];
});

function apacheSteps({ how, port, socket, written }: Bound): ManualStep[] {
  const isRedHat = socket.program?.name === 'httpd';
  const folder = isRedHat ? '/etc/httpd' : '/etc/apache2';
  const line = `Listen ${written}:${port}`;
  const load = ['apachectl configtest', `systemctl restart ${isRedHat ? 'httpd' : 'apache2'}`];
  return [
    onServer(
      'Apache',
      'listens on IPv4 as well',
      isRedHat ? `${folder}/conf/httpd.conf or ${folder}/conf.d/*.conf` : `${folder}/ports.conf`,
      // Without an address it is both families, whichever way Apache was built (httpd.apache.org, "Binding to Addresses").
      how === 'v6only'
        ? [[line, `Listen ${port}`]]
        : how === 'loopback'
          ? [[line, `Listen 0.0.0.0:${port}`]]
          : [added(line, `Listen 0.0.0.0:${port}`)],
      load,
      `grep -rn Listen ${folder}`,
    ),
    onServer(
      'Apache',
      'answers with the same site on every address; only where the site names one',
      isRedHat ? `${folder}/conf.d/*.conf` : `${folder}/sites-enabled/*.conf`,
      [[`<VirtualHost ${written}:${port}>`, `<VirtualHost *:${port}>`]],
      load,
      `grep -rn '<VirtualHost' ${folder}`,
    ),
  ];
}

const apache = program('Apache', ['apache2', 'httpd'], apacheSteps);

/**
 * Without `bind` Caddy listens on both families. Two addresses on the line would not do: up to 2.7, HTTP/3 then binds one
 * of them twice and Caddy doesn't start (caddyserver/caddy#5692).
 */
const caddy = program('Caddy', ['caddy'], (bound) => {
  const { how, written } = bound;
  const lines =
    how === 'v6only'
      ? ['bind tcp6/[::]', 'bind tcp6/::']
      : how === 'loopback'
        ? [`bind ${written}`]
        : [`bind ${written}`, `bind ${bareAddress(bound)}`];
  return [
    onServer(
      'Caddy',
      'listens on every address of both families, as it does without a bind line',
      '/etc/caddy/Caddyfile',
      lines.map((line) => [line, `# ${line}`] as const),
      // After a mere reload the old sockets stay open for a while, so that the undo would not close IPv4.
      ['caddy validate --config /etc/caddy/Caddyfile', 'systemctl restart caddy'],
      "grep -rn 'bind ' /etc/caddy",
    ),
  ];
});

/** `v4v6` says it whatever net.ipv6.bindv6only is; several addresses may stand on one line (HAProxy's manual, 4.2 and 5.1). */
const haproxy = program('HAProxy', ['haproxy'], (bound) => {
  const { how, written, port, bindv6only } = bound;
  const lines = [`bind ${bareAddress(bound)}:${port}`, `bind ${written}:${port}`] as const;
  const replacements: readonly Replacement[] =
    how === 'loopback'
      ? [[lines[0], `bind 0.0.0.0:${port}`]]
      : how === 'address'
        ? lines.map((line) => [line, `${line},0.0.0.0:${port}`])
        : bindv6only === true
          ? lines.map((line) => [line, `${line} v4v6`])
          : lines.map((line) => [`${line} v6only`, `${line} v4v6`]);
  return [
    onServer(
      'HAProxy',
      'takes both families; what else stands on the line stays',
      '/etc/haproxy/haproxy.cfg',
      replacements,
      ['haproxy -c -f /etc/haproxy/haproxy.cfg', 'systemctl reload haproxy'],
      "grep -n 'bind ' /etc/haproxy/haproxy.cfg",
    ),
  ];
});

/** Debian and Ubuntu read every file in here; elsewhere the line goes into lighttpd.conf. */
const LIGHTTPD_FILE = '/etc/lighttpd/conf-enabled/99-reach4.conf';

/** A socket takes its TLS settings from the part outside all sockets, where Debian has them (redmine.lighttpd.net, Docs_SSL). */
const lighttpd = program('lighttpd', ['lighttpd'], ({ how, written, port, tls }) => {
  const check = 'lighttpd -tt -f /etc/lighttpd/lighttpd.conf';
  const restart = 'systemctl restart lighttpd';
  if (how === 'loopback') {
    return [
      onServer(
        'lighttpd',
        'listens on every IPv4 address',
        '/etc/lighttpd/lighttpd.conf',
        [[`server.bind = "${written}"`, 'server.bind = "0.0.0.0"']],
        [check, restart],
        'grep -rn server.bind /etc/lighttpd',
      ),
    ];
  }
  const socket = `$SERVER["socket"] == "0.0.0.0:${port}" { ${tls ? 'ssl.engine = "enable" ' : ''}}`;
  return [
    {
      where: 'server',
      software: 'lighttpd',
      does: 'listens on IPv4 as well, with the certificate of the general part of the configuration',
      change: asRoot(writtenTo(LIGHTTPD_FILE, [socket]), check, restart),
      undo: asRoot(`rm ${LIGHTTPD_FILE}`, restart),
    },
  ];
});

export const WEB_SERVERS: readonly Program[] = [nginx, apache, caddy, haproxy, lighttpd];
