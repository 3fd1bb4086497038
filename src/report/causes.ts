import type { CauseCode } from '../model/cause-code.ts';
import type { Diagnosis, Verdict } from '../model/diagnosis.ts';
import { seen } from '../model/evidence.ts';
import type { Finding, FindingCode } from '../model/finding.ts';
import { stableAddresses } from '../model/view/stable.ts';
import { ruleName } from './prose/host.ts';

/** What each cause judges, in the middle of a sentence. */
export const CAUSE_NAMES: Readonly<Record<CauseCode, string>> = {
  dns: 'DNS',
  cgnat: "the line's own address (carrier-grade NAT)",
  'isp-block': "the provider's filter",
  'port-forward': "the router's port forward",
  'host-firewall': "the server's firewall",
  'ipv6-only-listener': "the program's listener",
  hairpin: 'access from inside (hairpin)',
};

/** The cause where no finding is the headline. */
const TITLES: Readonly<Record<CauseCode, string>> = {
  dns: 'DNS',
  cgnat: 'Carrier-grade NAT',
  'isp-block': "The provider's filter",
  'port-forward': "The router's port forward",
  'host-firewall': "This server's firewall",
  'ipv6-only-listener': 'The program',
  hairpin: 'Access from inside',
};

/** Findings that say it all: one of them is the headline of a confirmed cause, the first of these before the others. */
const LEADS: Readonly<Record<CauseCode, readonly FindingCode[]>> = {
  dns: [],
  cgnat: ['double-nat', 'wan-shared', 'wan-ds-lite', 'port-outside-set', 'wan-private', 'wan-not-public'],
  'isp-block': ['nothing-reaches-router'],
  'port-forward': [
    'mapping-wrong-host',
    'mapping-wrong-port',
    'mapping-disabled',
    'mapping-told-none',
    'router-page-answers',
    'router-firewall',
    'mapping-trial-answers',
    'other-service-answers',
  ],
  'host-firewall': ['firewall-blocks', 'neighbour-blocked'],
  'ipv6-only-listener': [
    'listens-v6only',
    'listens-on-address6',
    'listens-on-loopback4',
    'other-service-on-ipv4',
  ],
  hairpin: ['fails-inside', 'other-service-inside'],
};

/** The headline of a suspicion: what may be, and no more. */
const MAYBE: Readonly<
  Record<Exclude<CauseCode, 'dns'>, (port: number, because: readonly Finding[]) => string>
> = {
  cgnat: (port, because) => {
    const has = (wanted: FindingCode): boolean => because.some(({ code }) => code === wanted);
    if (has('double-nat')) return `Of two routers in a row, the outer one may not pass port ${port} on`;
    if (has('wan-private')) return 'Another NAT stands in front of the router, and may let nothing in';
    return 'This line may have no IPv4 address of its own (carrier-grade NAT)';
  },
  'isp-block': (port) => `The provider may block port ${port}`,
  'port-forward': (port, because) =>
    because.some(({ code }) => code === 'mapping-right')
      ? `The router may keep port ${port} out in spite of its port forward`
      : `The router may not pass port ${port} on to this server`,
  'host-firewall': (port) => `The firewall on this server may block IPv4 to port ${port}`,
  'ipv6-only-listener': () => 'The program may take IPv6 only',
  hairpin: () => 'The public address may not work from inside the home network',
};

const CONFIRMED: Partial<Record<CauseCode, (port: number) => string>> = {
  'isp-block': (port) => `The provider blocks port ${port}`,
};

/** What is said first of a named cause: a sentence, or the finding whose headline it is. */
export function titleOf({ cause, verdict, because }: Verdict, port: number): string | Finding {
  const lead = LEADS[cause].flatMap((code) => because.find((finding) => finding.code === code) ?? [])[0];
  if (verdict === 'confirmed') return lead ?? CONFIRMED[cause]?.(port) ?? because[0] ?? TITLES[cause];
  return cause === 'dns' ? (because[0] ?? TITLES.dns) : MAYBE[cause](port, because);
}

/** What a headline needs in front, where it doesn't name the layer itself. */
export const prefixOf = ({ cause, because }: Verdict, title: Finding | string): string => {
  if (cause === 'dns') return typeof title === 'object' && title.code === 'a-dead' ? 'DNS: A is ' : 'DNS: ';
  const own = typeof title === 'string' || LEADS[cause].includes(title.code) || because.length === 0;
  return own ? '' : `${TITLES[cause]}: `;
};

/** Findings that `escapes` tells in its own words. */
export const isControl = ({ code, args }: Finding): boolean =>
  (code === 'firewall-accepts' || code === 'firewall-absent') && args.family === 'ipv6';

/** Why IPv6 gets through where the cause stops IPv4; null where it isn't known to get through, or DNS is at fault for both. */
export function escapes(verdict: Verdict, diagnosis: Diagnosis): string | null {
  const { cause, because } = verdict;
  if (diagnosis.reachable.ipv6 === 'no') return null;
  if (diagnosis.conditions.some(({ condition }) => ['service-down', 'ipv6-broken'].includes(condition)))
    return null;
  const why = WHY_NOT_IPV6[cause](because, diagnosis);
  return why === null ? null : `IPv6 isn't affected: ${why}`;
}

const WHY_NOT_IPV6: Readonly<
  Record<CauseCode, (because: readonly Finding[], diagnosis: Diagnosis) => string | null>
> = {
  dns: ([first]) =>
    first !== undefined && SIX_IS_ANOTHER_RECORD.includes(first.code)
      ? 'it has a record of its own (AAAA).'
      : null,
  cgnat: (_, diagnosis) => {
    const prefix = prefix6(diagnosis);
    return prefix === null
      ? 'nothing is translated there, every line has addresses of its own.'
      : `the prefix ${prefix} is yours alone.`;
  },
  'isp-block': () => "the provider's filters for it are others, or none.",
  'port-forward': () => 'this server has a public IPv6 address of its own.',
  'host-firewall': (because, diagnosis) => {
    const control = because.find(isControl);
    const block = because.find(({ code }) => code === 'firewall-blocks');
    if (control?.code === 'firewall-accepts' && block?.code === 'firewall-blocks') {
      const { table, chain, position, software } = control.args;
      const beside =
        table === block.args.table && chain === block.args.chain && software === block.args.software;
      if (beside && position !== null) return `the same packet is accepted by rule ${position}.`;
    }
    if (control?.code === 'firewall-accepts')
      return `the same packet is accepted by ${ruleName(control.args)}.`;
    if (control !== undefined) return 'nothing on this server filters it.';
    return isStopped6(diagnosis) ? null : 'it has rules of its own.';
  },
  'ipv6-only-listener': () => 'it is what the program listens for.',
  hairpin: () => 'its address is the same inside and outside.',
};

/** The firewall stops IPv6 as well, or may: what it does with IPv6 was not seen to be another thing. */
const isStopped6 = ({ evidence }: Diagnosis): boolean =>
  seen(evidence, 'firewall').some(({ facts }) =>
    facts.decisions.some(({ family, verdict }) => family === 'ipv6' && verdict !== 'accept'),
  );

const SIX_IS_ANOTHER_RECORD: readonly FindingCode[] = [
  'a-missing',
  'a-not-public',
  'a-not-own',
  'a-dead',
  'a-other-service',
  'a-is-shared',
  'a-should-be-wan',
  'some-a-dead',
];

/** The prefix that the provider routes to this line, as this server's own address shows it. */
function prefix6(diagnosis: Diagnosis): string | null {
  const own = stableAddresses(diagnosis).find(({ prefixLength }) => prefixLength === LINK_PREFIX);
  if (own === undefined) return null;
  const groups = expanded(own.address).slice(0, LINK_PREFIX / BITS_PER_GROUP);
  while (groups.at(-1) === '0') groups.pop();
  return `${groups.join(':')}::/${LINK_PREFIX}`;
}

/** Hosts on one link share a /64 (RFC 4291 2.5.1). */
const LINK_PREFIX = 64;
const BITS_PER_GROUP = 16;
const GROUPS = 8;

/** The eight groups of an address in RFC 5952 text. */
function expanded(address: string): string[] {
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  return [
    ...before,
    ...Array<string>(Math.max(0, GROUPS - before.length - after.length)).fill('0'),
    ...after,
  ];
}
