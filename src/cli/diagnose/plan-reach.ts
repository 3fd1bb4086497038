import { type Family, familyOf, isPublic } from '../../model/address.ts';
import { type AddressRole, type Evidence, isHere, roleSchema, seen } from '../../model/evidence.ts';
import type { UdpProtocol } from '../../model/facts/udp.ts';
import type { Target } from '../../model/target.ts';
import { mentionedAddresses } from '../../model/view/records.ts';
import type { ServiceHint } from '../../ports/ports.ts';
import { observedAddresses, wanAddresses } from './gather/network.ts';
import type { DiagnoseOptions } from './options.ts';
import { usualUdpProtocol } from './udp-protocol.ts';

/** One address to try. */
export interface Trial {
  readonly address: string;
  readonly roles: AddressRole[];
}

/** An agent's request and a name's records are bounded alike: nobody serves a home from more addresses. */
const MAX_TRIALS = 8;

/** Of one family, until it is known what else there is to try: the line's own address must still find room. */
const MAX_EARLY_RECORDS = 3;

/** Addresses that DNS servers gave while their probes were still under way. */
export interface Overheard {
  readonly a: Iterable<string>;
  readonly aaaa: Iterable<string>;
}
const NOTHING: Overheard = { a: [], aaaa: [] };

/** The addresses worth trying, each once with all the reasons for it. Only public ones: others mean other hosts elsewhere. */
export function trials(
  target: Target,
  ipv4: string | null,
  evidence: readonly Evidence[],
  overheard: Overheard = NOTHING,
): Trial[] {
  const line = ipv4 === null ? observedAddresses(evidence) : [];
  const wanted: (readonly [string, AddressRole])[] = [
    ...(target.hostKind === 'name' ? [] : [[target.host, 'literal'] as const]),
    ...(ipv4 === null ? [] : [[ipv4, 'given'] as const]),
    ...wanAddresses(evidence).map((address) => [address, 'wan'] as const),
    ...line.map((address) => [address, 'observed'] as const),
    ...[...mentionedAddresses(evidence, 'A'), ...overheard.a].map(
      (address) => [address, 'a-record'] as const,
    ),
    ...[...mentionedAddresses(evidence, 'AAAA'), ...overheard.aaaa].map(
      (address) => [address, 'aaaa-record'] as const,
    ),
  ];
  return merge(wanted);
}

/**
 * Of what is worth trying, what may be tried now, so that it never gets too much in all.
 * @param settled nothing more will become known
 */
export function admitted(
  wanted: readonly Trial[],
  tried: ReadonlySet<string>,
  settled: boolean,
): readonly Trial[] {
  const all = new Set(tried);
  return wanted.filter(({ address, roles }) => {
    if (all.has(address) || all.size >= MAX_TRIALS) return false;
    const isRecord = roles.every((role) => role === 'a-record' || role === 'aaaa-record');
    const family = [...all].filter((each) => familyOf(each) === familyOf(address)).length;
    if (!settled && isRecord && family >= MAX_EARLY_RECORDS) return false;
    all.add(address);
    return true;
  });
}

/** This machine's own public addresses: whether it is the server, and at which address, shows there. */
export function ownTrials(evidence: readonly Evidence[]): Trial[] {
  const own = seen(evidence, 'addresses')
    .filter(isHere)
    .flatMap(({ facts }) => facts.addresses);
  return merge(
    own.filter(({ temporary }) => temporary !== true).map(({ address }) => [address, 'own'] as const),
  );
}

function merge(wanted: readonly (readonly [string, AddressRole])[]): Trial[] {
  const all = new Map<string, AddressRole[]>();
  for (const [address, role] of wanted.filter(([each]) => isPublic(each))) {
    const roles = all.get(address) ?? [];
    all.set(address, roles.includes(role) ? roles : [...roles, role]);
  }
  const inOrder = roleSchema.options;
  const trials = [...all].map(([address, roles]) => ({
    address,
    roles: roles.toSorted((one, other) => inOrder.indexOf(one) - inOrder.indexOf(other)),
  }));
  const of = (family: Family): Trial[] => trials.filter(({ address }) => familyOf(address) === family);
  // IPv6 is the control: many A records must not push it out, nor the other way round.
  const [four, six] = [of('ipv4'), of('ipv6')];
  const half = MAX_TRIALS / 2;
  return [
    ...four.slice(0, Math.max(half, MAX_TRIALS - six.length)),
    ...six.slice(0, Math.max(half, MAX_TRIALS - four.length)),
  ];
}

/** Trials of both lists, with the reasons joined. */
export const joined = (one: readonly Trial[], other: readonly Trial[]): Trial[] =>
  merge([...one, ...other].flatMap(({ address, roles }) => roles.map((role) => [address, role] as const)));

/** What a UDP target is asked; null for TCP. */
export function udpQuestion({
  target,
  udpProtocol,
}: Pick<DiagnoseOptions, 'target' | 'udpProtocol'>): { protocol: UdpProtocol; name: string | null } | null {
  if (target.protocol !== 'udp') return null;
  return {
    protocol: udpProtocol ?? usualUdpProtocol(target.port),
    name: target.hostKind === 'name' ? target.host : null,
  };
}

/** Null for UDP, which has no connection to try. */
export function serviceHint(target: Target): ServiceHint | null {
  if (target.protocol === 'udp') return null;
  return {
    protocol: target.protocol,
    name: target.hostKind === 'name' ? target.host : null,
    path: target.path,
  };
}
