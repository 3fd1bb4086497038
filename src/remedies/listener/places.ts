import type { System } from '../../model/facts/host.ts';
import type { Bound } from './socket.ts';

/** Where a program has its settings on a system, and how they are checked and loaded. */
export interface Place {
  readonly file: string;
  /** The command that finds the line. */
  readonly find: string;
  readonly load: readonly string[];
}

const HOMEBREW = '/opt/homebrew/etc';
/** Said where Homebrew's own folder is written: on Macs with an Intel processor it lies elsewhere (docs.brew.sh, Installation). */
const OR_INTEL = 'or /usr/local/etc on an Intel Mac';

/** All lines of files of a folder that hold a pattern: grep(1), or Select-String (Microsoft Learn). */
export const findLines = (system: System, pattern: string, folder: string): string =>
  system === 'windows'
    ? `Select-String -Path '${folder}\\*.conf' -Pattern '${pattern}'`
    : `grep -rnE '${pattern}' ${folder}`;

/** https://nginx.org/en/docs/windows.html: its files and commands belong to the folder that it lies in. */
export function nginxPlace({ system, how, port }: Bound): Place {
  const pattern = `listen.*${port}`;
  switch (system) {
    case 'windows':
      return {
        file: 'conf\\nginx.conf, in the folder of nginx.exe',
        find: findLines(system, pattern, 'conf'),
        load:
          how === 'loopback'
            ? ['.\\nginx.exe -t', '.\\nginx.exe -s quit', 'Start-Process .\\nginx.exe']
            : ['.\\nginx.exe -t', '.\\nginx.exe -s reload'],
      };
    case 'macos':
      return {
        file: `${HOMEBREW}/nginx/nginx.conf or ${HOMEBREW}/nginx/servers/* (${OR_INTEL})`,
        find: findLines(system, pattern, `${HOMEBREW}/nginx`),
        load: ['nginx -t', how === 'loopback' ? 'brew services restart nginx' : 'nginx -s reload'],
      };
    default:
      return {
        file: '/etc/nginx/sites-enabled/* or /etc/nginx/conf.d/*.conf',
        find: `grep -rn '${pattern}' /etc/nginx`,
        // A socket of the same port on another address can't be taken over while the old one is open.
        load: ['nginx -t', `systemctl ${how === 'loopback' ? 'restart' : 'reload'} nginx`],
      };
  }
}

interface ApachePlace {
  /** Where `Listen` stands. */
  readonly main: string;
  /** Where `<VirtualHost>` stands. */
  readonly sites: string;
  readonly folder: string;
  readonly load: readonly string[];
}

/** httpd.apache.org, "Using Apache HTTP Server on Microsoft Windows"; macOS brings one along in /etc/apache2. */
export function apachePlace({ system, socket }: Bound): ApachePlace {
  switch (system) {
    case 'windows':
      return {
        main: 'C:\\Apache24\\conf\\httpd.conf',
        sites: 'C:\\Apache24\\conf\\extra\\httpd-vhosts.conf',
        folder: 'C:\\Apache24\\conf',
        load: ['C:\\Apache24\\bin\\httpd.exe -t', 'Restart-Service Apache2.4'],
      };
    case 'macos':
      return {
        main: `/etc/apache2/httpd.conf, or ${HOMEBREW}/httpd/httpd.conf of Homebrew`,
        sites: `/etc/apache2/extra/httpd-vhosts.conf, or ${HOMEBREW}/httpd/extra/httpd-vhosts.conf of Homebrew`,
        folder: `/etc/apache2 ${HOMEBREW}/httpd`,
        load: ['apachectl configtest', 'apachectl restart'],
      };
    default: {
      const isRedHat = socket.program?.name === 'httpd';
      const folder = isRedHat ? '/etc/httpd' : '/etc/apache2';
      return {
        main: isRedHat ? `${folder}/conf/httpd.conf or ${folder}/conf.d/*.conf` : `${folder}/ports.conf`,
        sites: isRedHat ? `${folder}/conf.d/*.conf` : `${folder}/sites-enabled/*.conf`,
        folder,
        load: ['apachectl configtest', `systemctl restart ${isRedHat ? 'httpd' : 'apache2'}`],
      };
    }
  }
}

/** After a mere reload the old sockets stay open for a while, so that the undo would not close IPv4. */
export function caddyPlace({ system }: Bound): Place {
  switch (system) {
    case 'windows':
      return {
        file: 'Caddyfile, in the folder that caddy is started in',
        find: "Select-String -Path Caddyfile -Pattern 'bind '",
        load: ['caddy validate --config Caddyfile', 'caddy stop', 'caddy start --config Caddyfile'],
      };
    case 'macos':
      return {
        file: `${HOMEBREW}/Caddyfile (${OR_INTEL})`,
        find: `grep -n 'bind ' ${HOMEBREW}/Caddyfile`,
        load: [`caddy validate --config ${HOMEBREW}/Caddyfile`, 'brew services restart caddy'],
      };
    default:
      return {
        file: '/etc/caddy/Caddyfile',
        find: "grep -rn 'bind ' /etc/caddy",
        load: ['caddy validate --config /etc/caddy/Caddyfile', 'systemctl restart caddy'],
      };
  }
}

/** HAProxy has none for Windows. */
export function haproxyPlace({ system }: Bound): Place {
  const file = system === 'macos' ? `${HOMEBREW}/haproxy.cfg` : '/etc/haproxy/haproxy.cfg';
  return {
    file,
    find: `grep -n 'bind ' ${file}`,
    load: [
      `haproxy -c -f ${file}`,
      system === 'macos' ? 'brew services restart haproxy' : 'systemctl reload haproxy',
    ],
  };
}

/** sshd of Windows (Microsoft Learn, "OpenSSH Server configuration"). @param usual the unit of Linux */
export const sshdPlace = (system: System, unit: string): Place =>
  system === 'windows'
    ? {
        file: 'C:\\ProgramData\\ssh\\sshd_config',
        find: "Select-String -Path C:\\ProgramData\\ssh\\sshd_config -Pattern 'AddressFamily|ListenAddress'",
        load: ['C:\\Windows\\System32\\OpenSSH\\sshd.exe -t', 'Restart-Service sshd'],
      }
    : {
        file: '/etc/ssh/sshd_config',
        find: "grep -rnE 'AddressFamily|ListenAddress' /etc/ssh",
        load: ['sshd -t', `systemctl reload ${unit}`],
      };
