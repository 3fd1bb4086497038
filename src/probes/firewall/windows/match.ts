import { readPort } from '../../../model/port.ts';
import type { WindowsRule } from '../../windows/sections.ts';
import { compareAnyone } from '../packet.ts';
import type { Tri } from '../segment.ts';
import { somePort } from '../strangers.ts';
import { localMatches, remoteMatches } from './addresses.ts';
import type { Profile } from './profiles.ts';
import { programMatches } from './programs.ts';
import { every, isAny, type Question, some } from './question.ts';

/** Whether the rule is about the packet, where the profile is in force. */
export function matches(rule: WindowsRule, profile: Profile, question: Question): Tri {
  return every(
    inForce(rule, profile),
    inProfile(rule.profile, profile.name),
    protocolMatches(rule.protocol, question.protocol),
    portMatches(rule.localPort, question),
    remotePortMatches(rule.remotePort),
    localMatches(rule.localAddress, question),
    rule.keywords.length > 0 ? 'unknown' : remoteMatches(rule.remoteAddress, question),
    rule.conditions.length > 0 ? 'unknown' : 'yes',
    aliasMatches(rule.alias, question.alias),
    mediumMatches(rule.type, question.medium),
    // Wi-Fi Direct and its kin: virtual ways in, that no address or port tells of.
    isAny(rule.dynamic) || rule.dynamic === '0' ? 'yes' : 'unknown',
    programMatches(rule, question),
    unauthenticated(rule),
  );
}

/** EnforcementStatus (MSFT_NetFirewallRule): what says that the rule isn't in force; 1 is Full, 2 and 5 are about profiles. */
const OUT_OF_FORCE: ReadonlySet<number> = new Set([
  4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 20, 21, 22, 23,
]);
const IN_FORCE: ReadonlySet<number> = new Set([1, 2, 5]);

function inForce({ enforcement, source }: WindowsRule, { allowLocalRules }: Profile): Tri {
  if (allowLocalRules !== 'yes' && !/^(?:GroupPolicy|2)$/u.test(source)) {
    const isLocal = /^(?:Local|1)$/u.test(source);
    return allowLocalRules === 'no' && isLocal ? 'no' : 'unknown';
  }
  if (enforcement.includes(1)) return 'yes';
  if (enforcement.some((status) => OUT_OF_FORCE.has(status))) return 'no';
  return enforcement.every((status) => IN_FORCE.has(status)) ? 'yes' : 'unknown';
}

/** `Any`, `Domain, Private`; as a number 1 Domain, 2 Private, 4 Public isn't documented: unknown. */
function inProfile(text: string, name: Profile['name']): Tri {
  if (isAny(text)) return 'yes';
  const names = text.split(/\s*,\s*/u);
  if (!names.every((each) => /^(?:Domain|Private|Public)$/u.test(each))) return 'unknown';
  return names.includes(name) ? 'yes' : 'no';
}

const NUMBERS = { tcp: '6', udp: '17' } as const;

function protocolMatches(text: string, protocol: Question['protocol']): Tri {
  if (text === '') return 'unknown';
  if (isAny(text) || text === NUMBERS[protocol] || text.toLowerCase() === protocol) return 'yes';
  return /^(?:\d{1,3}|[a-z]+v?\d?)$/iu.test(text) ? 'no' : 'unknown';
}

/** Keywords for ports that programs of Windows take (MSFT_NetProtocolPortFilter). */
function keyword(text: string, { port, protocol }: Question): Tri {
  switch (text.toLowerCase().replace('-', '')) {
    case 'rpcepmap':
      return port === 135 && protocol === 'tcp' ? 'yes' : 'no';
    case 'iphttpsin':
    case 'iphttps':
      // Only the socket of IP-HTTPS itself, which shares its port with other web servers.
      return port === 443 && protocol === 'tcp' ? 'unknown' : 'no';
    case 'rpc':
      return protocol === 'tcp' ? 'unknown' : 'no';
    case 'teredo':
    case 'playtodiscovery':
    case 'ply2disc':
    case 'mdns':
      return protocol === 'udp' ? 'unknown' : 'no';
    default:
      return 'unknown';
  }
}

function portMatches(ports: readonly string[], question: Question): Tri {
  if (ports.length === 0) return 'unknown';
  return some(
    ...ports.map((text): Tri => {
      if (isAny(text)) return 'yes';
      const range = portRange(text);
      if (range === null) return keyword(text, question);
      return range[0] <= question.port && question.port <= range[1] ? 'yes' : 'no';
    }),
  );
}

/** A client's own port is any high one. */
function remotePortMatches(ports: readonly string[]): Tri {
  if (ports.length === 0) return 'unknown';
  if (ports.some(isAny)) return 'yes';
  const ranges = ports.map(portRange);
  const known = ranges.filter((range) => range !== null);
  const matched = compareAnyone(
    somePort,
    known.map(([low, high]) => [BigInt(low), BigInt(high)] as const),
  );
  return matched !== 'yes' && known.length < ranges.length ? 'unknown' : matched;
}

function portRange(text: string): readonly [number, number] | null {
  const [first = '', last = first] = text.split('-');
  const [low, high] = [first === '0' ? 0 : readPort(first), readPort(last)];
  return low === null || high === null || low > high ? null : [low, high];
}

/** By their names; one that stands there as a LUID can't be told. */
function aliasMatches(aliases: readonly string[], own: string): Tri {
  if (aliases.length === 0) return 'unknown';
  return some(
    ...aliases.map((alias): Tri => {
      if (isAny(alias) || alias.toLowerCase() === own.toLowerCase()) return 'yes';
      return /[*?[\]{}]|^0x|^\d+$/iu.test(alias) ? 'unknown' : 'no';
    }),
  );
}

const MEDIA: Readonly<Record<string, NonNullable<Question['medium']>>> = {
  wired: 'wired',
  wireless: 'wireless',
  remoteaccess: 'remote-access',
  '1': 'wired',
  '2': 'wireless',
  '4': 'remote-access',
};

function mediumMatches(type: string, medium: Question['medium']): Tri {
  if (isAny(type) || type === '0') return 'yes';
  const wanted = MEDIA[type.toLowerCase()];
  return wanted === undefined || medium === null ? 'unknown' : wanted === medium ? 'yes' : 'no';
}

/** Rules that ask for IPsec or for certain users: whether a stranger has that isn't known here. */
function unauthenticated(rule: WindowsRule): Tri {
  const isOpen = [rule.authentication, rule.encryption].every((text) => /^(?:NotRequired|0)$/u.test(text));
  const forAll = [rule.localUser, rule.remoteUser, rule.remoteMachine].every(
    (text) => text === '' || isAny(text),
  );
  return isOpen && forAll ? 'yes' : 'unknown';
}
