import type { FindingArgs } from '../../model/finding.ts';
import { type Detail, FAMILY, list, outcomeWords, say, type Words } from './words.ts';

type Rule = FindingArgs<'firewall-accepts'>;

/** Software whose rules stand in no tables and chains. */
const WITHOUT_CHAINS: Partial<Record<Rule['software'], string>> = {
  'macos-application-firewall': "macOS's application firewall",
  pf: "macOS's packet filter (pf)",
};

/** `nftables, table inet filter, chain input, rule 7`; `Windows Firewall, profile Public, a rule`. */
export function ruleName({ software, table, chain, position }: Omit<Rule, 'family' | 'rule'>): string {
  // Rules of Windows have no order, and no chains.
  if (software === 'windows-firewall')
    return `Windows Firewall, profile ${table}, ${position === null ? "the profile's default" : 'a rule'}`;
  const other = WITHOUT_CHAINS[software];
  if (other !== undefined) return [other, table, chain].filter((each) => each !== '').join(', ');
  return `${software}, table ${table}, chain ${chain}, ${position === null ? "the chain's policy" : `rule ${position}`}`;
}

const quoted = (rule: Rule): Detail[] => [`${ruleName(rule)}:`, { quote: rule.rule }];

const PATHS: Readonly<Record<FindingArgs<'firewall-blocks'>['path'], string>> = {
  input: '',
  forward: 'It is the way to a container: the packet is passed on, not taken by this server itself.',
  output: 'The packet is let in, but the reply is not let out.',
};

const UNREAD: Readonly<Record<FindingArgs<'firewall-unread'>['why'], string>> = {
  'no-privilege': "Only root may read the firewall's rules",
  'no-tool': "No tool to read the firewall's rules is installed",
  failed: "Reading the firewall's rules failed",
  'not-here': "The firewall's rules show on the server only",
};

const ONLY_ADMINISTRATORS = "Only an administrator may read all of the firewall's rules";

/** What this server's own firewall does. */
export const FIREWALL_WORDS = {
  'firewall-blocks': (rule) =>
    say(
      `The firewall on this server ${rule.verdict}s ${FAMILY[rule.family]} to port ${rule.port}${rule.source === 'lan' ? ' even from the local network' : ''}`,
      ...quoted(rule),
      ...(PATHS[rule.path] === '' ? [] : [PATHS[rule.path]]),
    ),
  'firewall-lan-only': ({ family }) =>
    say(`Over ${FAMILY[family]}, neighbours on the local network get in, the internet does not`),
  'firewall-accepts': (rule) => say(`${FAMILY[rule.family]} is accepted by ${ruleName(rule)}`),
  'firewall-absent': ({ family }) => say(`Nothing on this server filters ${FAMILY[family]}`),
  'firewall-unclear': ({ family, why }) =>
    say(`What the firewall's rules do to ${FAMILY[family]} could not be worked out`, { quote: why }),
  'firewall-unread': ({ why }, { system }) =>
    say(why === 'no-privilege' && system === 'windows' ? ONLY_ADMINISTRATORS : UNREAD[why]),
  'neighbour-blocked': ({ address, outcome }) =>
    say(
      `A machine on the same network doesn't get in at ${address}: ${outcomeWords(outcome)}`,
      'That is no answer that a program gives: a filter on the server does.',
    ),
  'neighbour-gets-in': ({ address }) => say(`A machine on the same network gets in at ${address}`),
} satisfies Partial<Words>;

const named = (program: string | null): string => program ?? 'The program';

const LISTENERS_UNREAD: Readonly<Record<FindingArgs<'listeners-unread'>['why'], string>> = {
  'no-tool': 'No tool to list what listens here is installed',
  failed: 'Listing what listens here failed',
  'not-here': 'What listens shows on the server only',
};

/** Where the program listens. */
export const LISTENER_WORDS = {
  'listens-both': ({ port, program }) => say(`${named(program)} listens on port ${port} over both families`),
  'listens-v6only': ({ port, program, bindv6only }, { system }) =>
    say(
      `${named(program)} listens on port ${port} for IPv6 only`,
      system === 'windows'
        ? 'It listens on [::], which on Windows takes IPv6 alone unless a program asks for both (the option IPV6_V6ONLY).'
        : bindv6only === true
          ? 'It listens on [::], and this system makes that mean IPv6 alone (net.ipv6.bindv6only is 1).'
          : 'It listens on [::] and asks for IPv6 alone (the option IPV6_V6ONLY).',
    ),
  'listens-on-address6': ({ port, program, addresses }) =>
    say(
      `${named(program)} listens on port ${port} at IPv6 addresses only`,
      `it is bound to ${list(addresses)}`,
    ),
  'listens-on-loopback4': ({ port, program, addresses }) =>
    say(
      `Over IPv4, ${program ?? 'the program'} listens on port ${port} where only this server itself gets to`,
      `it is bound to ${list(addresses)}`,
    ),
  'listens-on-unplaced4': ({ port, program, addresses }) =>
    say(
      `Over IPv4, ${program ?? 'the program'} listens on port ${port} at ${list(addresses)} only; whether packets from outside come there was not seen`,
    ),
  'nothing-listens': ({ port }) => say(`Nothing listens on port ${port}, over neither family`),
  'published-by-container': ({ port, container }) =>
    say(`Port ${port} is published for the container ${container ?? '(name not seen)'}`),
  'listeners-unread': ({ why }) => say(LISTENERS_UNREAD[why]),
  'v6only-untold': ({ port, program }) =>
    say(`${named(program)} listens on [::], port ${port}; whether that takes IPv4 too was not told`),
  'separate-sockets': ({ port, programs }) =>
    say(
      `Something listens on port ${port} over IPv4; whether it is the same service as over IPv6 was not seen`,
      ...(programs.length === 0 ? [] : [`Programs: ${list(programs)}.`]),
    ),
  'other-service-on-ipv4': ({ address, port, program }) =>
    say(
      `Over IPv4, something else answers on port ${port} of this server`,
      `At ${address} it is not the service that answers over IPv6.`,
      ...(program === null ? [] : [`${program} listens on IPv4.`]),
    ),
  'ipv4-answers-locally': ({ address }) => say(`Over IPv4 it answers on this network, at ${address}`),
  'ipv4-refused-locally': ({ address }) =>
    say(`Over IPv4 the connection to ${address} is refused on this network, while IPv6 connects`),
} satisfies Partial<Words>;
