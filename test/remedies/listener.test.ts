import { describe, expect, test } from 'vitest';
import { type Evidence, evidenceSchema } from '../../src/model/evidence.ts';
import type { ListeningSocket } from '../../src/model/facts/host.ts';
import { offerListener } from '../../src/remedies/listener.ts';
import { listeners } from '../support/evidence-host.ts';
import { caseOf, ownAddresses } from '../support/home.ts';
import { LAN4, STABLE6, TARGET } from '../support/names.ts';
import { confirmed, manual, stepsOf, waysOf, whyNot } from './scene.ts';

const V6ONLY = { v6only: true } as const;
const LOOPBACK = { family: 'ipv4', address: '127.0.0.1', v6only: null } as const;

const named = (name: string, unit: string | null = null) => ({ program: { name, pid: 9, unit } });

const offer = (socket: Partial<ListeningSocket>, target = TARGET, change = (item: Evidence) => item) =>
  offerListener(caseOf({ target, evidence: [ownAddresses(LAN4, STABLE6), change(listeners(socket))] }), [
    confirmed('ipv6-only-listener'),
  ]);

/** The default for programs that don't choose is IPv6 alone. */
const bindv6only = (item: Evidence): Evidence =>
  evidenceSchema.parse({ ...item, facts: { ...(item.status === 'ok' ? item.facts : {}), bindv6only: true } });

const PROGRAMS: readonly [string, Partial<ListeningSocket>, string, string][] = [
  ['nginx', { ...V6ONLY }, 'listen [::]:443 ssl; => listen [::]:443 ssl;\nlisten 443 ssl;', 'nginx -t'],
  ['nginx', { ...LOOPBACK }, 'listen 127.0.0.1:443 ssl; => listen 443 ssl;', 'systemctl restart nginx'],
  ['nginx', { address: STABLE6 }, `listen [${STABLE6}]:443 ssl; => `, 'systemctl reload nginx'],
  [
    'Apache',
    { ...V6ONLY, ...named('apache2') },
    'Listen [::]:443 => Listen 443',
    'systemctl restart apache2',
  ],
  ['Apache', { ...V6ONLY, ...named('httpd') }, '/etc/httpd/conf/httpd.conf', 'systemctl restart httpd'],
  [
    'Apache',
    { address: STABLE6, ...named('apache2') },
    `Listen [${STABLE6}]:443 => Listen [${STABLE6}]:443\nListen 0.0.0.0:443`,
    'systemctl restart apache2',
  ],
  [
    'Caddy',
    { ...LOOPBACK, ...named('caddy') },
    'bind 127.0.0.1 => # bind 127.0.0.1',
    'systemctl restart caddy',
  ],
  [
    'Caddy',
    { address: STABLE6, ...named('caddy') },
    `bind [${STABLE6}] => # bind [${STABLE6}]\nbind ${STABLE6} => # bind ${STABLE6}`,
    'caddy validate',
  ],
  [
    'HAProxy',
    { address: STABLE6, ...named('haproxy') },
    `bind ${STABLE6}:443 => bind ${STABLE6}:443,0.0.0.0:443`,
    'systemctl reload haproxy',
  ],
  ['HAProxy', { ...V6ONLY, ...named('haproxy') }, 'bind :::443 v6only => bind :::443 v4v6', 'haproxy -c -f'],
  ['lighttpd', { ...LOOPBACK, ...named('lighttpd') }, 'server.bind = "0.0.0.0"', 'lighttpd -tt'],
  [
    'lighttpd',
    { ...V6ONLY, ...named('lighttpd') },
    `'$SERVER["socket"] == "0.0.0.0:443" { ssl.engine = "enable" }' > /etc/lighttpd/conf-enabled/99-reach4.conf`,
    'lighttpd -tt',
  ],
  [
    'sshd',
    { ...V6ONLY, ...named('sshd', 'sshd.service') },
    'AddressFamily inet6 => AddressFamily any',
    'systemctl reload sshd.service',
  ],
  [
    'sshd',
    { ...V6ONLY, ...named('sshd', 'x; reboot') },
    'ListenAddress :: => ',
    'systemctl reload ssh.service',
  ],
  [
    'Docker',
    { ...V6ONLY, ...named('docker-proxy'), container: 'web' },
    '- "[::]:443:CONTAINER-PORT" => - "443:CONTAINER-PORT"',
    'docker compose up',
  ],
  [
    'systemd',
    { ...V6ONLY, ...named('systemd', 'web.socket') },
    "'[Socket]' 'BindIPv6Only=both' > /etc/systemd/system/web.socket.d/reach4.conf",
    'systemctl restart web.socket',
  ],
  [
    'systemd',
    { address: STABLE6, ...named('systemd', 'web.socket') },
    "'ListenStream=0.0.0.0:443'",
    'systemctl daemon-reload',
  ],
  [
    'systemd',
    { ...LOOPBACK, ...named('systemd', 'web.socket') },
    `'ListenStream=${LAN4}:443' 'FreeBind=yes'`,
    'systemctl restart web.socket',
  ],
  [
    'systemd',
    { ...V6ONLY, ...named('systemd', '../x.socket') },
    '/etc/systemd/system/NAME.socket.d',
    'systemctl restart NAME.socket',
  ],
  ['Node.js', { ...V6ONLY, ...named('node') }, 'ipv6Only: true => ipv6Only: false', ''],
  ['Python', { ...V6ONLY, ...named('python3') }, 'socket.IPV6_V6ONLY, 0)', ''],
  ['Python', { ...LOOPBACK, ...named('gunicorn') }, '--bind 127.0.0.1:443 => --bind 0.0.0.0:443', ''],
  [
    'Node.js',
    { ...LOOPBACK, ...named('node') },
    "server.listen(443, '127.0.0.1') => server.listen(443, '0.0.0.0')",
    '',
  ],
  ['Python', { ...LOOPBACK, ...named('python3') }, "bind(('127.0.0.1', 443)) => bind(('0.0.0.0', 443))", ''],
  [
    'a program of your own',
    { ...LOOPBACK, ...named('homed') },
    'bind to 127.0.0.1:443 => bind to 0.0.0.0:443',
    '',
  ],
  ['a program of your own', { ...V6ONLY, ...named('myserver') }, 'IPV6_V6ONLY, &zero', ''],
  ['a program of your own', { ...V6ONLY, program: null }, 'IPV6_V6ONLY, &zero', ''],
];

describe('the remedy listener', () => {
  test.each(PROGRAMS)('%s with %j', (software, socket, change, load) => {
    const made = offer(socket);
    expect(waysOf(made)[0]).toBe(software);
    const first = stepsOf(made)[0]?.[1] ?? '';
    expect(first).toContain(change);
    expect(first).toContain(load);
  });

  test('nginx without TLS has no ssl', () => {
    const made = offer({ ...V6ONLY, port: 80 }, 'http://home.example.org');
    expect(stepsOf(made)[0]?.[1]).toContain('listen [::]:80; => listen [::]:80;\nlisten 80;');
  });

  test('nginx: certbot writes out what nginx does anyway, and either line may be there', () => {
    expect(stepsOf(offer(V6ONLY))[0]?.[1]).toContain(
      'listen [::]:443 ssl ipv6only=on; => listen [::]:443 ssl ipv6only=on;\nlisten 443 ssl;',
    );
    expect(manual(offer(V6ONLY)).ways[0]?.steps[0]?.does).toContain("`grep -rn 'listen.*443' /etc/nginx`");
  });

  test('HAProxy where the default for programs that do not choose decides', () => {
    const made = offer({ ...V6ONLY, ...named('haproxy') }, TARGET, bindv6only);
    const own = waysOf(made).indexOf('HAProxy');
    expect(stepsOf(made, own)[0]?.[1]).toContain('bind :::443 => bind :::443 v4v6');
  });

  test('sshd over IPv4 is worth a word', () => {
    const loses = (name: string) => manual(offer({ ...V6ONLY, ...named(name) })).loses.join(' ');
    expect(loses('sshd')).toContain('guess passwords');
    expect(loses('nginx')).not.toContain('guess passwords');
  });

  test('an edit is undone by the same line the other way round', () => {
    const [step] = stepsOf(offer({ ...V6ONLY, ...named('haproxy') }));
    expect(step?.[2]).toContain('bind :::443 v4v6 => bind :::443 v6only');
  });

  test("the system's default comes first where it decides, and not where the program does", () => {
    expect(waysOf(offer({ ...V6ONLY, ...named('myserver', 'my.service') }, TARGET, bindv6only))[0]).toBe(
      "the system's default",
    );
    expect(waysOf(offer(V6ONLY, TARGET, bindv6only)).slice(0, 2)).toEqual(['nginx', "the system's default"]);
    expect(waysOf(offer({ ...V6ONLY, ...named('myserver') }))).not.toContain("the system's default");
    const [step] = stepsOf(offer({ ...V6ONLY, ...named('myserver', 'my.service') }, TARGET, bindv6only));
    expect(step?.[1]).toBe(
      "sysctl -w net.ipv6.bindv6only=0\nprintf '%s\\n' 'net.ipv6.bindv6only = 0' > /etc/sysctl.d/60-reach4.conf\nsystemctl restart my.service",
    );
    expect(step?.[2]).toBe(
      'rm /etc/sysctl.d/60-reach4.conf\nsysctl -w net.ipv6.bindv6only=1\nsystemctl restart my.service',
    );
  });

  test.each([
    ['every IPv6 address', V6ONLY, "TCP4-LISTEN:443,fork,reuseaddr 'TCP6:[::1]:443'"],
    ['one IPv6 address', { address: STABLE6 }, `TCP4-LISTEN:443,fork,reuseaddr 'TCP6:[${STABLE6}]:443'`],
    ['loopback', LOOPBACK, `TCP4-LISTEN:443,bind=${LAN4},fork,reuseaddr 'TCP4:127.0.0.1:443'`],
  ] as const)('a relay beside a listener on %s', (_name, socket, relay) => {
    const made = offer(socket);
    const way = waysOf(made).indexOf('socat, beside any program');
    expect(stepsOf(made, way)).toEqual([
      ['socat', `systemd-run --unit reach4-v4 socat ${relay}`, 'systemctl stop reach4-v4'],
    ]);
  });

  test.each([
    ['every IPv6 address', V6ONLY, '0.0.0.0:443', '::1:443'],
    ['one IPv6 address', { address: STABLE6 }, '0.0.0.0:443', `${STABLE6}:443`],
    ['loopback', LOOPBACK, `${LAN4}:443`, '127.0.0.1:443'],
  ] as const)('and one that is there after a restart: %s', (_name, socket, listen, to) => {
    const made = offer(socket);
    const way = waysOf(made).indexOf('systemd-socket-proxyd, beside any program');
    const [step] = stepsOf(made, way);
    expect(step?.[1]).toContain(`'ListenStream=${listen}'`);
    expect(step?.[1]).toContain(`'ExecStart=/usr/lib/systemd/systemd-socket-proxyd ${to}'`);
  });

  test('is not offered where nothing is known of what listens, or the cause is not confirmed', () => {
    const the = caseOf({ evidence: [ownAddresses(LAN4, STABLE6)] });
    expect(whyNot(offerListener(the, [confirmed('ipv6-only-listener')]))).toBe('listener-unseen');
    expect(whyNot(offerListener(caseOf({ evidence: [listeners(V6ONLY)] }), []))).toBe('not-the-cause');
  });
});

describe('another program has the port on IPv4', () => {
  const OTHER = { code: 'other-service-on-ipv4', args: { address: LAN4, port: 443, program: null } } as const;
  const four = (program: ListeningSocket['program']): Partial<ListeningSocket> => ({
    family: 'ipv4',
    address: null,
    v6only: null,
    program,
  });
  const found = (program: ListeningSocket['program'], name = 'nginx') =>
    manual(
      offerListener(
        caseOf({
          evidence: [ownAddresses(LAN4, STABLE6), listeners({ ...V6ONLY, ...named(name) }, four(program))],
        }),
        [confirmed('ipv6-only-listener', OTHER)],
      ),
    );

  test('it gives it up first, whatever is done then', () => {
    const { ways } = found({ name: 'minissdpd', pid: 7, unit: 'mini.service' });
    expect(ways.length).toBeGreaterThan(1);
    for (const { steps } of ways) {
      const [first, second] = steps;
      expect(first?.software).toBe('minissdpd');
      expect(first?.change).toMatchObject({
        edits: [{ find: '0.0.0.0:443', replace: '0.0.0.0:8443' }],
        load: ['systemctl restart mini.service'],
      });
      expect(first?.undo).toMatchObject({ edits: [{ find: '0.0.0.0:8443', replace: '0.0.0.0:443' }] });
      expect(second).toBeDefined();
    }
    expect(ways[0]?.for).toBe('nginx');
  });

  test('what it is that nobody could see is asked for by a command', () => {
    const [first] = found(null).ways[0]?.steps ?? [];
    expect(first?.change).toMatchObject({
      file: "the settings of what `ss -ltnp 'sport = :443'` names",
      load: [],
    });
    expect(first?.does).toContain('start it again');
  });

  test('of one process, its own settings are changed; nothing beside it can have the port', () => {
    const { ways } = found({ name: 'nginx', pid: 9, unit: null });
    expect(ways.map((way) => way.for)).toEqual(['nginx']);
    expect(ways[0]?.steps[0]?.software).toBe('nginx');
  });

  test('any other process has to give up what it has: nobody binds a port twice', () => {
    const { ways } = found({ name: 'node', pid: 9, unit: null }, 'node');
    expect(ways.map((way) => way.for)).toContain('Node.js');
    for (const { steps } of ways) {
      expect(steps[0]?.change).toMatchObject({
        file: 'the settings of node',
        edits: [{ find: '0.0.0.0:443', replace: '0.0.0.0:8443' }],
      });
    }
  });
});
