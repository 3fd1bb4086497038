import { scopeOf } from '../../src/model/address.ts';
import { type AddressRole, type Evidence, evidenceSchema, type Vantage } from '../../src/model/evidence.ts';
import { parseTarget } from '../../src/model/target.ts';
import type { Case } from '../../src/model/view/case.ts';
import { type AnswerSpec, authority, type Reach, reach, resolver, whoami } from './evidence.ts';
import { LAN4, STABLE6, TARGET, WAN4 } from './names.ts';

type Own =
  | string
  | readonly [
      string,
      { temporary?: boolean | null; deprecated?: boolean | null; interface?: string; prefixLength?: number },
    ];

/** The machine's own addresses; without flags they are neither temporary nor deprecated. */
export function ownAddresses(...all: readonly Own[]): Evidence {
  const addresses = all.map((each) => {
    const [address, flags] = typeof each === 'string' ? ([each, {}] as const) : each;
    const six = address.includes(':');
    return {
      address,
      family: six ? 'ipv6' : 'ipv4',
      interface: 'eth0',
      prefixLength: six ? 64 : 24,
      scope: scopeOf(address),
      temporary: false,
      deprecated: false,
      ...flags,
    };
  });
  return evidenceSchema.parse({
    id: 'addresses:here:all',
    probe: 'addresses',
    vantage: 'unknown',
    at: '2026-11-23T21:00:00.000Z',
    ms: 3,
    how: 'ip address',
    status: 'ok',
    facts: { addresses },
  });
}

/** The server's addresses, and how two services see its line. */
export const LINE: readonly Evidence[] = [
  ownAddresses(LAN4, STABLE6),
  whoami(WAN4),
  whoami(WAN4, 'https://two.example.net'),
];

/** Two authoritative servers and the resolver here agree; with `outside`, so does a resolver there. */
export function zone(a: AnswerSpec, aaaa: AnswerSpec = [STABLE6], outside = true): Evidence[] {
  const records = { a, aaaa };
  return [
    ...authorities(a, aaaa),
    resolver(records),
    ...(outside ? [resolver(records, { by: 'outside-1' })] : []),
  ];
}

export const authorities = (a: AnswerSpec, aaaa: AnswerSpec = [STABLE6]): Evidence[] => [
  authority('ns1', { a, aaaa }),
  authority('ns2', { a, aaaa }),
];

/** IPv6 works, seen from here and from outside. */
export const SIX: readonly Evidence[] = [reach(STABLE6), reach(STABLE6, { from: 'outside-1' })];
/** IPv6 works as far as can be seen from the server itself. */
export const SIX_HERE: readonly Evidence[] = [reach(STABLE6)];

export const outside = (address: string, more: Omit<Reach, 'from'> = {}): Evidence =>
  reach(address, { from: 'outside-1', ...more });
export const deadOutside = (address: string): Evidence => outside(address, { outcome: 'timed-out' });
export const dead = (address: string): Evidence => reach(address, { outcome: 'timed-out' });

export interface Scene {
  readonly target?: string;
  /** Where the machine stands that this is judged for. */
  readonly vantage?: Vantage;
  readonly evidence: readonly Evidence[];
}

/** The case as `diagnose` would make it: who looked from where, and why each address was tried. */
export function caseOf({ target = TARGET, vantage = 'server', evidence }: Scene): Case {
  const parsed = parseTarget(target);
  const roles = rolesIn(parsed.host, evidence);
  const placed = evidence.flatMap((item): Evidence[] => {
    const at = item.id.split(':')[1] === 'here' ? vantage : 'outside';
    if (item.probe !== 'reach' || item.status !== 'ok') return [{ ...item, vantage: at }];
    const { address, family } = item.facts;
    // Nothing else is ever tried: IPv4 may be given by the user, IPv6 must have been mentioned.
    const given: readonly AddressRole[] = family === 'ipv4' ? ['given'] : [];
    const found = [...(roles.get(address) ?? given)];
    if (found.length === 0) return [];
    return [{ ...item, vantage: at, facts: { ...item.facts, port: parsed.port, roles: found } }];
  });
  return { target: parsed, vantage, evidence: placed.map((item) => evidenceSchema.parse(item)) };
}

function rolesIn(host: string, evidence: readonly Evidence[]): Map<string, Set<AddressRole>> {
  const roles = new Map<string, Set<AddressRole>>();
  const add = (address: string, role: AddressRole): void => {
    roles.set(address, new Set([...(roles.get(address) ?? []), role]));
  };
  add(host, 'literal');
  for (const item of evidence) {
    if (item.status !== 'ok') continue;
    if (item.probe === 'resolver' || item.probe === 'authority') {
      for (const { address } of item.facts.a.addresses) add(address, 'a-record');
      for (const { address } of item.facts.aaaa.addresses) add(address, 'aaaa-record');
    }
    if (item.probe === 'whoami') add(item.facts.address, 'observed');
    if (item.probe === 'addresses') for (const { address } of item.facts.addresses) add(address, 'own');
  }
  return roles;
}
