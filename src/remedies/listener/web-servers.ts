import type { ManualStep } from '../../model/remedy-offer.ts';
import { shellOf } from '../../model/shell.ts';
import { asRoot, edit, edits, type Replacement, reversed, written as writtenTo } from '../manual.ts';
import { apachePlace, caddyPlace, findLines, haproxyPlace, nginxPlace, type Place } from './places.ts';
import { type Bound, bareAddress, lookWith, type Program, program } from './socket.ts';

/** One step. @param lines of the lines, those that are there */
function onServer(
  { system }: Bound,
  software: string,
  does: string,
  lines: readonly Replacement[],
  { file, find, load }: Place,
): ManualStep {
  const shell = shellOf(system);
  const those = lines.length > 1 ? '; of the lines, those that are there' : '';
  return {
    where: 'server',
    software,
    does: `${does}${those} (${lookWith(find)})`,
    change: edits(file, lines, load, shell),
    undo: edits(file, reversed(lines), load, shell),
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
      bound,
      'nginx',
      `listens on IPv4 as well, in every server block of this port${how === 'loopback' ? '' : '; the new line gets what else stands on the old one'}`,
      how === 'loopback'
        ? [[`${old};`, wanted]]
        : how === 'v6only'
          ? [added(`${old};`, wanted), added(`${old} ipv6only=on;`, wanted)]
          : [added(`${old};`, wanted)],
      nginxPlace(bound),
    ),
  ];
});

function apacheSteps(bound: Bound): ManualStep[] {
  const { how, port, written, system } = bound;
  const { main, sites, folder, load } = apachePlace(bound);
  const line = `Listen ${written}:${port}`;
  return [
    onServer(
      bound,
      'Apache',
      'listens on IPv4 as well',
      // Without an address it is both families, whichever way Apache was built (httpd.apache.org, "Binding to Addresses").
      how === 'v6only'
        ? [[line, `Listen ${port}`]]
        : how === 'loopback'
          ? [[line, `Listen 0.0.0.0:${port}`]]
          : [added(line, `Listen 0.0.0.0:${port}`)],
      { file: main, find: findLines(system, 'Listen', folder), load },
    ),
    onServer(
      bound,
      'Apache',
      'answers with the same site on every address; only where the site names one',
      [[`<VirtualHost ${written}:${port}>`, `<VirtualHost *:${port}>`]],
      { file: sites, find: findLines(system, '<VirtualHost', folder), load },
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
      bound,
      'Caddy',
      'listens on every address of both families, as it does without a bind line',
      lines.map((line) => [line, `# ${line}`] as const),
      caddyPlace(bound),
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
      bound,
      'HAProxy',
      'takes both families; what else stands on the line stays',
      replacements,
      haproxyPlace(bound),
    ),
  ];
});

/** Debian and Ubuntu read every file in here; elsewhere the line goes into lighttpd.conf. */
const LIGHTTPD_FILE = '/etc/lighttpd/conf-enabled/99-reach4.conf';

/** A socket takes its TLS settings from the part outside all sockets, where Debian has them (redmine.lighttpd.net, Docs_SSL). */
const lighttpd = program('lighttpd', ['lighttpd'], (bound) => {
  const { how, written, port, tls, system } = bound;
  const isMac = system === 'macos';
  const file = isMac ? '/opt/homebrew/etc/lighttpd/lighttpd.conf' : '/etc/lighttpd/lighttpd.conf';
  const check = `lighttpd -tt -f ${file}`;
  const restart = isMac ? 'brew services restart lighttpd' : 'systemctl restart lighttpd';
  if (how === 'loopback') {
    return [
      onServer(
        bound,
        'lighttpd',
        'listens on every IPv4 address',
        [[`server.bind = "${written}"`, 'server.bind = "0.0.0.0"']],
        { file, find: `grep -rn server.bind ${file.replace(/\/[^/]*$/u, '')}`, load: [check, restart] },
      ),
    ];
  }
  const socket = `$SERVER["socket"] == "0.0.0.0:${port}" { ${tls ? 'ssl.engine = "enable" ' : ''}}`;
  return [
    {
      where: 'server',
      software: 'lighttpd',
      does: 'listens on IPv4 as well, with the certificate of the general part of the configuration',
      ...(isMac
        ? {
            change: edit(file, null, socket, [check, restart]),
            undo: edit(file, socket, null, [check, restart]),
          }
        : {
            change: asRoot(writtenTo(LIGHTTPD_FILE, [socket]), check, restart),
            undo: asRoot(`rm ${LIGHTTPD_FILE}`, restart),
          }),
    },
  ];
});

export const WEB_SERVERS: readonly Program[] = [nginx, apache, caddy, haproxy, lighttpd];
