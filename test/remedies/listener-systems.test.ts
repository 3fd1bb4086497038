import { describe, expect, test } from 'vitest';
import type { ListeningSocket, System } from '../../src/model/facts/host.ts';
import { offerListener } from '../../src/remedies/listener.ts';
import { listeners, system } from '../support/evidence-host.ts';
import { caseOf, ownAddresses } from '../support/home.ts';
import { LAN4, STABLE6, TARGET } from '../support/names.ts';
import { confirmed, manual, stepsOf, waysOf } from './scene.ts';

const V6ONLY = { v6only: true } as const;
const LOOPBACK = { family: 'ipv4', address: '127.0.0.1', v6only: null } as const;
const named = (name: string) => ({ program: { name, pid: 9, unit: null } });

const offer = (on: System, socket: Partial<ListeningSocket>, target = TARGET) =>
  offerListener(caseOf({ target, evidence: [system(on), ownAddresses(LAN4, STABLE6), listeners(socket)] }), [
    confirmed('ipv6-only-listener'),
  ]);

/** System, way, socket, and what the first step's change has in it. */
const PROGRAMS: readonly [System, string, Partial<ListeningSocket>, readonly string[]][] = [
  [
    'windows',
    'nginx',
    { ...V6ONLY, ...named('nginx.exe') },
    [
      'conf\\nginx.conf',
      'listen [::]:443 ssl;\nlisten 443 ssl;',
      '.\\nginx.exe -t',
      '.\\nginx.exe -s reload',
    ],
  ],
  ['windows', 'nginx', { ...LOOPBACK, ...named('nginx.exe') }, ['.\\nginx.exe -s quit', 'Start-Process']],
  [
    'windows',
    'Apache',
    { ...V6ONLY, ...named('httpd.exe') },
    ['C:\\Apache24\\conf\\httpd.conf', 'Listen [::]:443 => Listen 443', 'Restart-Service Apache2.4'],
  ],
  ['windows', 'Caddy', { ...LOOPBACK, ...named('caddy.exe') }, ['bind 127.0.0.1 => # bind', 'caddy stop']],
  [
    'windows',
    'sshd',
    { ...V6ONLY, ...named('sshd.exe') },
    ['C:\\ProgramData\\ssh\\sshd_config', 'AddressFamily any', 'sshd.exe -t', 'Restart-Service sshd'],
  ],
  [
    'windows',
    'IIS and others on HTTP.sys',
    { address: STABLE6, ...named('System') },
    ['netsh http add iplisten ipaddress=0.0.0.0', 'iisreset'],
  ],
  ['windows', 'Docker', { ...V6ONLY, ...named('com.docker.backend.exe') }, ['docker compose up']],
  ['windows', 'Node.js', { ...V6ONLY, ...named('node.exe') }, ['ipv6Only: false']],
  [
    'windows',
    'Python',
    { ...V6ONLY, ...named('python.exe') },
    [
      "sock.bind(('::', 443)) => sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)\nsock.bind(('::', 443))",
    ],
  ],
  [
    'windows',
    'a program of your own',
    { ...V6ONLY, ...named('my.exe') },
    ['IPV6_V6ONLY, (const char *)&zero'],
  ],
  [
    'macos',
    'nginx',
    { ...V6ONLY, ...named('nginx') },
    ['/opt/homebrew/etc/nginx/nginx.conf', 'nginx -s reload'],
  ],
  ['macos', 'nginx', { ...LOOPBACK, ...named('nginx') }, ['brew services restart nginx']],
  ['macos', 'Apache', { ...V6ONLY, ...named('httpd') }, ['/etc/apache2/httpd.conf', 'apachectl restart']],
  ['macos', 'Caddy', { address: STABLE6, ...named('caddy') }, ['/opt/homebrew/etc/Caddyfile']],
  ['macos', 'HAProxy', { ...V6ONLY, ...named('haproxy') }, ['/opt/homebrew/etc/haproxy.cfg', 'v4v6']],
  ['macos', 'lighttpd', { ...V6ONLY, ...named('lighttpd') }, ['+ => $SERVER["socket"] == "0.0.0.0:443"']],
  [
    'macos',
    'launchd',
    { ...V6ONLY, ...named('launchd') },
    ['<key>SockFamily</key> => -', 'launchctl bootstrap system /Library/LaunchDaemons/NAME.plist'],
  ],
  ['macos', 'Docker', { ...V6ONLY, ...named('com.docke') }, ['docker compose up']],
];

describe('the remedy listener', () => {
  test.each(PROGRAMS)('%s: %s with %j', (on, software, socket, parts) => {
    const made = offer(on, socket);
    expect(waysOf(made)[0]).toBe(software);
    for (const part of parts) expect(stepsOf(made)[0]?.[1]).toContain(part);
    expect(JSON.stringify(made)).not.toMatch(/systemctl|sysctl|\bss -|(?<!homebrew)\/etc\/nginx/u);
  });

  test.each([
    ['every IPv6 address', V6ONLY, 'v4tov6', 'listenport=443 listenaddress=0.0.0.0', '::1'],
    ['one IPv6 address', { address: STABLE6 }, 'v4tov6', 'listenport=443 listenaddress=0.0.0.0', STABLE6],
    ['loopback', LOOPBACK, 'v4tov4', `listenport=443 listenaddress=${LAN4}`, '127.0.0.1'],
  ] as const)('portproxy beside a listener on %s', (_, socket, kind, listen, to) => {
    const made = offer('windows', socket);
    const way = waysOf(made).indexOf('portproxy of Windows, beside any program');
    expect(stepsOf(made, way)).toEqual([
      [
        'portproxy',
        `Start-Service iphlpsvc\nnetsh interface portproxy add ${kind} ${listen} connectaddress=${to} connectport=443`,
        `netsh interface portproxy delete ${kind} ${listen}`,
      ],
    ]);
  });

  test('portproxy carries no UDP', () => {
    const made = offer(
      'windows',
      { ...V6ONLY, protocol: 'udp', port: 27015 },
      'udp://home.example.org:27015',
    );
    expect(waysOf(made)).not.toContain('portproxy of Windows, beside any program');
  });

  test('socat of Homebrew, kept up by launchd', () => {
    const made = offer('macos', V6ONLY);
    const [step] = stepsOf(made, waysOf(made).indexOf('socat, beside any program'));
    expect(step?.[1]).toContain('<string>socat</string>');
    expect(step?.[1]).toContain('launchctl bootstrap system /Library/LaunchDaemons/reach4.v4.plist');
    expect(step?.[2]).toBe('launchctl bootout system/reach4.v4\nrm /Library/LaunchDaemons/reach4.v4.plist');
    expect(manual(made).loses[0]).toBe(
      "With socat the program sees this machine's own address for every IPv4 client.",
    );
  });

  test.each([
    ['windows', 'Get-Process -Id (Get-NetTCPConnection -LocalPort 443 -State Listen).OwningProcess'],
    ['macos', 'sudo lsof -nP -iTCP:443 -sTCP:LISTEN'],
  ] as const)('%s: what has the port is asked for by a command that is there', (on, command) => {
    const four = { family: 'ipv4', address: null, v6only: null, program: null } as const;
    const OTHER = {
      code: 'other-service-on-ipv4',
      args: { address: LAN4, port: 443, program: null },
    } as const;
    const evidence = [system(on), ownAddresses(LAN4, STABLE6), listeners({ ...V6ONLY }, four)];
    const made = manual(offerListener(caseOf({ evidence }), [confirmed('ipv6-only-listener', OTHER)]));
    expect(made.ways[0]?.steps[0]?.change).toMatchObject({
      file: `the settings of what \`${command}\` names`,
    });
  });

  test.each(['windows', 'macos'] as const)('%s: each change can be taken back', (on) => {
    for (const [system_, , socket] of PROGRAMS) {
      if (system_ !== on) continue;
      for (const { change, undo } of manual(offer(on, socket)).ways.flatMap(({ steps }) => steps)) {
        expect(undo?.kind).toBe(change.kind);
        if ('shell' in change && undo !== null && 'shell' in undo) expect(undo.shell).toBe(change.shell);
      }
    }
  });
});
