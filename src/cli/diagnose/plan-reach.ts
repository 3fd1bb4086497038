import { type Family, familyOf, isPublic } from '../../model/address.ts';
import { type AddressRole, type Evidence, roleSchema, seen } from '../../model/evidence.ts';
import type { Target } from '../../model/target.ts';
import { mentionedAddresses } from '../../model/view/records.ts';
import type { ServiceHint } from '../../ports/ports.ts';

/** One address to try. */
export interface Trial {
  readonly address: string;
  readonly roles: AddressRole[];
}

/** An agent's request and a name's records are bounded alike: nobody serves a home from more addresses. */
const MAX_TRIALS = 8;

/** The addresses worth trying, each once with all the reasons for it. Only public ones: others mean other hosts elsewhere. */
export function trials(target: Target, ipv4: string | null, evidence: readonly Evidence[]): Trial[] {
  const wanted: (readonly [string, AddressRole])[] = [
    ...(target.hostKind === 'name' ? [] : [[target.host, 'literal'] as const]),
    ...(ipv4 === null ? observed(evidence) : [[ipv4, 'given'] as const]),
    ...mentionedAddresses(evidence, 'A').map((address) => [address, 'a-record'] as const),
    ...mentionedAddresses(evidence, 'AAAA').map((address) => [address, 'aaaa-record'] as const),
  ];
  return merge(wanted);
}

/** This machine's own public addresses: whether it is the server, and at which address, shows there. */
export function ownTrials(evidence: readonly Evidence[]): Trial[] {
  const own = seen(evidence, 'addresses').flatMap(({ facts }) => facts.addresses);
  return merge(
    own.filter(({ temporary }) => temporary !== true).map(({ address }) => [address, 'own'] as const),
  );
}

const observed = (evidence: readonly Evidence[]) =>
  seen(evidence, 'whoami')
    .filter(({ facts }) => facts.family === 'ipv4')
    .map(({ facts }) => [facts.address, 'observed'] as const);

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

/** Null for UDP, which has no connection to try. */
export function serviceHint(target: Target): ServiceHint | null {
  if (target.protocol === 'udp') return null;
  return {
    protocol: target.protocol,
    name: target.hostKind === 'name' ? target.host : null,
    path: target.path,
  };
}
