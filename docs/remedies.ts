import type { CauseCode } from '../src/model/cause-code.ts';
import type { Verdict } from '../src/model/diagnosis.ts';
import type { Evidence } from '../src/model/evidence.ts';
import type { DecidingRule, ListeningSocket, System } from '../src/model/facts/host.ts';
import type { ManualChange, ManualStep, RemedyCode, RemedyOffer } from '../src/model/remedy-offer.ts';
import { remediesFor } from '../src/remedies/registry.ts';
import { offerFacts } from '../src/report/offers.ts';
import { atRoute53 } from '../test/cli/stack/cdn/evidence.ts';
import { confirmed, firewallOf, rule } from '../test/remedies/scene.ts';
import { AT_CLOUDFLARE } from '../test/support/dns-hosts.ts';
import { listeners, natPmp, routes, system, told, upnp } from '../test/support/evidence-host.ts';
import { caseOf, LINE, outside, SIX, zone } from '../test/support/home.ts';
import { STABLE6, WAN4 } from '../test/support/names.ts';

interface Example {
  readonly remedy: RemedyCode;
  /** What was found. */
  readonly found: string;
  readonly evidence: readonly Evidence[];
  readonly verdict: Verdict;
  /** Only the first so many ways: the others are those of an example before. */
  readonly ways?: number;
}

const HOME = [...LINE, ...SIX, ...zone([WAN4]), routes()];
const example = (
  remedy: RemedyCode,
  found: string,
  verdict: Verdict | CauseCode,
  evidence: readonly Evidence[] = [],
  ways?: number,
): Example => ({
  remedy,
  found,
  evidence: [...HOME, ...evidence],
  verdict: typeof verdict === 'string' ? confirmed(verdict) : verdict,
  ...(ways === undefined ? {} : { ways }),
});

const ipt = { table: 'filter', chain: 'INPUT', handle: null };
const RULES = [
  ['nftables', rule({})],
  ['iptables-nft', rule({ ...ipt, software: 'iptables-nft' })],
  ['iptables-legacy', rule({ ...ipt, software: 'iptables-legacy' })],
  ['ufw', rule({ ...ipt, software: 'ufw', position: null, isPolicy: true })],
  ['firewalld', rule({ software: 'firewalld', table: 'inet firewalld', chain: 'filter_IN_public_post' })],
  ['Docker', rule({ ...ipt, software: 'docker', chain: 'DOCKER-USER' })],
] as const;

const ran = (name: string, more: Partial<ListeningSocket> = {}) =>
  listeners({ v6only: true, program: { name, pid: 812, unit: null }, ...more });
const PROGRAMS: readonly (readonly [string, Evidence])[] = [
  ['nginx', ran('nginx')],
  ['Apache', ran('apache2', { address: STABLE6 })],
  ['Caddy', ran('caddy', { address: STABLE6 })],
  ['HAProxy', ran('haproxy')],
  ['lighttpd', ran('lighttpd')],
  ['sshd', ran('sshd')],
  ['Docker', ran('docker-proxy', { container: 'web' })],
  ['a socket of systemd', ran('systemd', { program: { name: 'systemd', pid: 1, unit: 'web.socket' } })],
  ['Node.js', ran('node')],
  ['Python', ran('python3')],
];

const OTHERS = [
  ['windows', 'Windows'],
  ['macos', 'macOS'],
] as const;
const policy = { position: null, handle: null, isPolicy: true };
const windows = { software: 'windows-firewall', table: 'Public', chain: 'Inbound', handle: null } as const;
const application = { software: 'macos-application-firewall', table: 'application firewall' } as const;
const OTHER_RULES: readonly (readonly [System, string, Partial<DecidingRule>])[] = [
  [
    'windows',
    'the default of Windows Firewall keeps IPv4 out',
    { ...windows, ...policy, rule: 'DefaultInboundAction Block' },
  ],
  [
    'windows',
    'a rule of Windows Firewall keeps IPv4 out',
    {
      ...windows,
      rule: '"No web" (Name no-web): Block TCP, local port 443, remote address 0.0.0.0-255.255.255.255, profile Any',
    },
  ],
  [
    'windows',
    'Windows Firewall lets no rule count',
    { ...windows, ...policy, rule: 'AllowInboundRules False' },
  ],
  [
    'macos',
    "macOS's application firewall keeps the program out",
    { ...application, chain: 'programs', rule: '/usr/sbin/httpd (Block incoming connections)' },
  ],
  [
    'macos',
    "macOS's application firewall blocks everything",
    { ...application, chain: 'programs', rule: 'Block all incoming connections' },
  ],
  [
    'macos',
    'a rule of pf keeps IPv4 out',
    { software: 'pf', table: 'pf', chain: '', rule: 'block drop in inet all' },
  ],
  [
    'macos',
    'a rule in an anchor of pf keeps IPv4 out',
    { software: 'pf', table: 'pf', chain: 'com.apple/300.Block', rule: 'block drop in inet all' },
  ],
];
const OTHER_PROGRAMS: readonly (readonly [System, string, string])[] = [
  ['windows', 'nginx listens on IPv6 only, on Windows', 'nginx'],
  ['windows', 'IIS listens on IPv6 only', 'System'],
  ['windows', 'sshd listens on IPv6 only, on Windows', 'sshd'],
  ['macos', 'nginx listens on IPv6 only, on macOS', 'nginx'],
  ['macos', 'a socket of launchd takes IPv6 only', 'launchd'],
];

const EXAMPLES: readonly Example[] = [
  ...PROGRAMS.map(([name, evidence]) =>
    example('listener', `${name} listens on IPv6 only`, 'ipv6-only-listener', [evidence], 1),
  ),
  example('listener', 'another program listens on IPv6 only', 'ipv6-only-listener', [ran('myserver')]),
  ...OTHER_PROGRAMS.map(([on, found, name]) =>
    example('listener', found, 'ipv6-only-listener', [system(on), ran(name)]),
  ),
  ...RULES.map(([name, by]) =>
    example('host-firewall', `a rule of ${name} keeps IPv4 out`, 'host-firewall', [firewallOf({ by })]),
  ),
  ...OTHER_RULES.map(([on, found, by]) =>
    example('host-firewall', found, 'host-firewall', [system(on), firewallOf({ by: rule(by) })]),
  ),
  example('port-forward', 'the router has no mapping', 'port-forward', [
    upnp(WAN4),
    natPmp(WAN4),
    told({ forwards: 'none' }),
  ]),
  ...OTHERS.map(([on, name]) =>
    example('port-forward', `the router has no mapping, and the server runs ${name}`, 'port-forward', [
      system(on),
      upnp(WAN4),
      natPmp(WAN4),
      told({ forwards: 'none' }),
    ]),
  ),
  example(
    'port-forward',
    'a second router stands in front',
    confirmed('cgnat', {
      code: 'double-nat',
      args: { wan: '192.168.1.2', outer: '192.168.1.1', outerWan: WAN4 },
    }),
  ),
  {
    ...example('a-record', 'the name has no A record', 'dns'),
    evidence: [...LINE, ...SIX, ...zone([]), outside(WAN4)],
  },
  example('hairpin', 'the public address does not lead back in', 'hairpin'),
  example('isp', 'the line is shared (CGNAT)', 'cgnat', [upnp('100.64.9.7')], 1),
  example(
    'isp',
    'the provider filters the port',
    confirmed('isp-block', {
      code: 'other-port-answers',
      args: { address: WAN4, port: 443, otherPort: 8443 },
    }),
    [upnp(WAN4)],
  ),
  example('other-tunnels', 'the line is shared (CGNAT)', 'cgnat'),
  ...OTHERS.map(([on, name]) =>
    example('other-tunnels', `the line is shared (CGNAT), and the server runs ${name}`, 'cgnat', [
      system(on),
    ]),
  ),
  example('edge-proxy', 'the line is shared (CGNAT), and the zone is at Cloudflare', 'cgnat', [
    AT_CLOUDFLARE,
  ]),
  {
    ...example('tunnel', 'the line is shared (CGNAT), and the zone is at Cloudflare', 'cgnat'),
    evidence: [...LINE, ...SIX, ...zone([]), routes(), AT_CLOUDFLARE],
  },
  example('relay', 'the line is shared (CGNAT)', 'cgnat', [upnp('100.64.9.7')]),
  {
    ...example('cdn', 'the line is shared (CGNAT), and the zone is at Route 53', 'cgnat'),
    evidence: [...atRoute53(), upnp('100.64.9.7')],
  },
];

const HEAD = `# Remedies

Generated from the code (\`npm run docs\`): what reach4 shows for one home, \`home.example.org\` on port 443, for each cause.
Nothing of this is done by a diagnosis. Words in capitals are for the reader to fill in.
`;

/** The page docs/remedies.md. */
export function remediesPage(): string {
  const codes = [...new Set(EXAMPLES.map(({ remedy }) => remedy))];
  return [HEAD, ...codes.map(section)].join('\n');
}

function section(code: RemedyCode): string {
  const all = EXAMPLES.filter(({ remedy }) => remedy === code).map((each) => ({
    ...each,
    offer: offered(each),
  }));
  const [first] = all;
  if (first === undefined) return '';
  const { offer } = first;
  const cures = [...new Set(all.flatMap((each) => each.offer.cures))].join(', ');
  const facts = `Cures ${cures}: ${offerFacts(offer).join(', ')}.`;
  const loses = new Set(all.flatMap((each) => ('loses' in each.offer ? each.offer.loses : [])));
  return [
    `## ${code}\n`,
    `${facts}\n`,
    ...[...loses].map((each) => `- ${each}`),
    ...(loses.size > 0 ? [''] : []),
    ...all.map(({ found, offer: made, ways }) => `### Where ${found}\n\n${shown(made, ways)}`),
  ].join('\n');
}

function offered({ remedy, evidence, verdict, found }: Example): RemedyOffer {
  const offer = remediesFor(caseOf({ evidence }), [verdict]).find((each) => each.remedy === remedy);
  if (offer === undefined) throw new Error(`${remedy} is not offered where ${found}`);
  return offer;
}

function shown(offer: RemedyOffer, ways?: number): string {
  if (offer.remedy === 'a-record') {
    return `${offer.changes.map(({ type, to }) => `\`${offer.name}\` gets ${type} \`${to}\`.`).join('\n')}\n`;
  }
  if (offer.remedy === 'tunnel') {
    return `cloudflared on the server connects to Cloudflare and leads to \`${offer.service}\`: \`reach4 plan --remedy tunnel\`.\n`;
  }
  if (offer.remedy === 'relay') {
    return `A host at AWS gets an IPv4 address and forwards to \`${offer.origin}\`: \`reach4 plan --remedy relay\`.\n`;
  }
  if (offer.remedy === 'cdn') {
    return `CloudFront answers for \`${offer.name}\` and fetches from the server over IPv6: \`reach4 plan --remedy cdn\`.\n`;
  }
  if (offer.remedy === 'edge-proxy') {
    return `The AAAA of \`${offer.name}\` becomes proxied, and its A records leave the zone meanwhile: \`reach4 plan --remedy edge-proxy\`.\n`;
  }
  return offer.ways
    .slice(0, ways)
    .map((way) => `**${way.for}**\n\n${way.steps.map(stepShown).join('\n')}`)
    .join('\n');
}

const stepShown = ({ where, software, does, change, undo }: ManualStep): string =>
  [
    `${software} (${where}${typedIn(change)}): ${does}.\n`,
    block(change),
    ...(undo === null ? [] : ['Undo:\n', block(undo)]),
  ].join('\n');

/** Where it isn't a shell of Linux and macOS. */
function typedIn(change: ManualChange): string {
  if (!('shell' in change) || change.shell === 'sh') return '';
  const rights = change.root ? 'elevated ' : '';
  return `, ${rights}${change.shell === 'cmd' ? 'command prompt' : 'PowerShell'}`;
}

function block(change: ManualChange): string {
  return `\`\`\`\n${inside(change)}\n\`\`\`\n`;
}

function inside(change: ManualChange): string {
  switch (change.kind) {
    case 'commands':
      return change.commands.join('\n');
    case 'edit':
      return [
        `# ${change.file}`,
        ...change.edits.flatMap(({ find, replace }) => [...signed('-', find), ...signed('+', replace)]),
        ...change.load.map((command) => `$ ${command}`),
      ].join('\n');
    case 'form':
      return [change.form, ...change.fields.map(({ field, value }) => `  ${field}: ${value}`)].join('\n');
    case 'message':
      return `To ${change.to}\n\n${change.text}`;
  }
}

const signed = (sign: string, lines: string | null): string[] =>
  (lines?.split('\n') ?? []).map((line) => `${sign} ${line}`);
