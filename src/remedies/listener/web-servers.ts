import type { ManualStep } from '../../model/remedy-offer.ts';
import { edit } from '../manual.ts';
import { type Bound, LOOK, type Program, program } from './socket.ts';

const onServer = (
  software: string,
  does: string,
  file: string,
  [find, replace]: readonly [string, string],
  load: readonly string[],
): ManualStep => ({
  where: 'server',
  software,
  does: `${does} (${LOOK})`,
  change: edit(file, find, replace, load),
  undo: edit(file, replace, find, load),
});

const added = (line: string, more: string): readonly [string, string] => [line, `${line}\n${more}`];

/** `ipv6only` is on since nginx 1.3.4 (nginx.org, `listen`): each family needs a line of its own. */
const nginx = program('nginx', ['nginx'], (bound) => {
  const { port, written, protocol } = bound;
  const suffix = `${protocol === 'udp' ? ' udp' : ''}${bound.tls ? ' ssl' : ''};`;
  return [
    onServer(
      'nginx',
      'listens on IPv4 as well, in every server block of this port',
      '/etc/nginx/sites-enabled/* or /etc/nginx/conf.d/*.conf',
      bound.how === 'loopback'
        ? [`listen ${written}:${port}${suffix}`, `listen ${port}${suffix}`]
        : added(`listen ${written}:${port}${suffix}`, `listen ${port}${suffix}`),
      // A socket of the same port on another address can't be taken over while the old one is open.
      bound.how === 'loopback'
        ? ['nginx -t', 'systemctl restart nginx']
        : ['nginx -t', 'systemctl reload nginx'],
    ),
  ];
});

function apacheSteps(bound: Bound): ManualStep[] {
  const isRedHat = bound.socket.program?.name === 'httpd';
  const unit = isRedHat ? 'httpd' : 'apache2';
  const file = isRedHat
    ? '/etc/httpd/conf/httpd.conf or /etc/httpd/conf.d/*.conf'
    : '/etc/apache2/ports.conf';
  const line = `Listen ${bound.written}:${bound.port}`;
  const wanted = `Listen 0.0.0.0:${bound.port}`;
  const load = ['apachectl configtest', `systemctl restart ${unit}`];
  const host = `<VirtualHost ${bound.written}:${bound.port}>`;
  const every = `<VirtualHost *:${bound.port}>`;
  return [
    onServer(
      'Apache',
      'listens on IPv4 as well',
      file,
      bound.how === 'loopback' ? [line, wanted] : added(line, wanted),
      load,
    ),
    onServer(
      'Apache',
      'answers with the same site on every address, where the site names one',
      isRedHat ? '/etc/httpd/conf.d/*.conf' : '/etc/apache2/sites-enabled/*.conf',
      [host, every],
      load,
    ),
  ];
}

const apache = program('Apache', ['apache2', 'httpd'], apacheSteps);

/** Without `bind` Caddy listens on both families. */
const caddy = program('Caddy', ['caddy'], ({ written }) => {
  const bare = written.replace(/^\[|\]$/gu, '');
  return [
    onServer(
      'Caddy',
      'listens on every address of both families, as without any bind line',
      '/etc/caddy/Caddyfile',
      [`bind ${written}`, bare.includes(':') ? `bind ${written} 0.0.0.0` : 'bind 0.0.0.0 [::]'],
      ['caddy validate --config /etc/caddy/Caddyfile', 'systemctl reload caddy'],
    ),
  ];
});

/** `v4v6` says it whatever net.ipv6.bindv6only is (HAProxy's manual, 5.1). */
const haproxy = program('HAProxy', ['haproxy'], ({ how, written, port }) => {
  const bare = written.replace(/^\[|\]$/gu, '');
  const line = `bind ${bare}:${port}`;
  return [
    onServer(
      'HAProxy',
      'takes both families; what else stands on the line stays',
      '/etc/haproxy/haproxy.cfg',
      how === 'v6only'
        ? [`bind :::${port} v6only`, `bind :::${port} v4v6`]
        : how === 'address'
          ? added(line, `bind 0.0.0.0:${port}`)
          : [line, `bind 0.0.0.0:${port}`],
      ['haproxy -c -f /etc/haproxy/haproxy.cfg', 'systemctl reload haproxy'],
    ),
  ];
});

const lighttpd = program('lighttpd', ['lighttpd'], ({ how, written, port, tls }) => {
  const bind = `server.bind = "${written}"`;
  const more = `$SERVER["socket"] == "0.0.0.0:${port}" { ${tls ? 'ssl.engine = "enable" ' : ''}}`;
  return [
    onServer(
      'lighttpd',
      'listens on IPv4 as well',
      '/etc/lighttpd/lighttpd.conf',
      how === 'loopback' ? [bind, 'server.bind = "0.0.0.0"'] : added(bind, more),
      ['lighttpd -tt -f /etc/lighttpd/lighttpd.conf', 'systemctl restart lighttpd'],
    ),
  ];
});

export const WEB_SERVERS: readonly Program[] = [nginx, apache, caddy, haproxy, lighttpd];
