import { type Answer, answerSchema } from '../../src/model/dns-answer.ts';
import {
  type AddressRole,
  type Evidence,
  evidenceSchema,
  type ProbeCode,
  type Reason,
  type TcpOutcome,
  type Vantage,
} from '../../src/model/evidence.ts';
import type { Identity } from '../../src/model/identity.ts';
import { NAME, NAME_SERVERS, RESOLVER, SERVICE, ZONE } from './names.ts';

/** Who looked: this machine, or an outside agent by its label. */
export type Observer = 'here' | `outside-${number}`;

/** Addresses (with a TTL in seconds where it matters), an outcome without any, or parts of the answer itself. */
export type AnswerSpec =
  | readonly (string | readonly [string, number])[]
  | Answer['outcome']
  | Partial<Answer>;

const RCODES: Partial<Record<Answer['outcome'], string | null>> = {
  nxdomain: 'NXDOMAIN',
  servfail: 'SERVFAIL',
  refused: 'REFUSED',
  other: 'NOTIMP',
  'timed-out': null,
  unreachable: null,
  malformed: null,
};

const DEFAULT_TTL = 300;

/** An answer as an authoritative server (`byAuthority`) or a resolver gives it. */
function answer(spec: AnswerSpec, byAuthority: boolean): Answer {
  const parts: Partial<Answer> =
    typeof spec === 'string' ? { outcome: spec } : 'length' in spec ? withAddresses(spec) : spec;
  const outcome = parts.outcome ?? (parts.addresses === undefined ? 'no-data' : 'answer');
  const settled = ['answer', 'no-data', 'nxdomain'].includes(outcome);
  const negative = outcome === 'no-data' || outcome === 'nxdomain';
  return answerSchema.parse({
    outcome,
    rcode: RCODES[outcome] === undefined ? 'NOERROR' : RCODES[outcome],
    authoritative: byAuthority && settled,
    recursionAvailable: !byAuthority && RCODES[outcome] !== null,
    chain: [],
    addresses: [],
    soa: negative ? { zone: ZONE, negativeTtl: DEFAULT_TTL } : null,
    ms: 12,
    ...parts,
  });
}

const withAddresses = (list: readonly (string | readonly [string, number])[]): Partial<Answer> =>
  list.length === 0
    ? { outcome: 'no-data' }
    : {
        addresses: list.map((item) =>
          typeof item === 'string' ? { address: item, ttl: DEFAULT_TTL } : { address: item[0], ttl: item[1] },
        ),
      };

/** Commands by which a person would check. */
const HOW: Partial<Record<ProbeCode, (what: string) => string>> = {
  authority: (what) => `dig +norecurse @${what.split('@')[1]} ${what.split('@')[0]} A`,
  resolver: (what) => `dig @${what} ${NAME} A`,
  reach: (what) => `nc -vz ${what} 443`,
  whoami: (what) => `curl ${what}`,
};

const common = (probe: ProbeCode, by: Observer, what: string) => ({
  id: `${probe}:${by}:${what}`,
  probe,
  vantage: (by === 'here' ? 'unknown' : 'outside') satisfies Vantage,
  at: '2026-11-23T21:00:00.000Z',
  ms: 40,
  how: HOW[probe]?.(what) ?? `look at ${what}`,
});

export interface Records {
  readonly a: AnswerSpec;
  readonly aaaa: AnswerSpec;
}

/** What one authoritative server says, asked from here. */
export function authority(
  server: string,
  { a, aaaa }: Records,
  more: { name?: string; zone?: string; address?: string } = {},
): Evidence {
  const { name = NAME, zone = ZONE, address = NAME_SERVERS[server] ?? '91.203.110.99' } = more;
  return evidenceSchema.parse({
    ...common('authority', 'here', `${name}@${address}`),
    status: 'ok',
    facts: {
      name,
      zone,
      server: { name: `${server}.${zone}`, address },
      a: answer(a, true),
      aaaa: answer(aaaa, true),
    },
  });
}

/** The zone's name servers, by its parent. */
export const delegation = (nameServers: readonly string[], zone = ZONE, name = NAME): Evidence =>
  evidenceSchema.parse({
    ...common('delegation', 'here', name),
    status: 'ok',
    facts: { name, zone, nameServers: nameServers.map((server) => ({ name: server, addresses: [] })) },
  });

/** What a resolver says; `again` is the second look at it. */
export function resolver(
  { a, aaaa }: Records,
  { by = 'here', server, again = false }: { by?: Observer; server?: string; again?: boolean } = {},
): Evidence {
  const probe = again ? 'resolver-again' : 'resolver';
  const address = server ?? (by === 'here' ? RESOLVER : '46.227.67.53');
  return evidenceSchema.parse({
    ...common(probe, by, address),
    status: 'ok',
    facts: { server: address, a: answer(a, false), aaaa: answer(aaaa, false) },
  });
}

export function whoami(
  address: string,
  service = 'https://one.example.net',
  by: Observer = 'here',
): Evidence {
  const family = address.includes(':') ? 'ipv6' : 'ipv4';
  return evidenceSchema.parse({
    ...common('whoami', by, `${service}/${family}`),
    status: 'ok',
    facts: { service, family, address },
  });
}

/** Programs' own look-up, and what the hosts file says. */
export const osLookup = (addresses: readonly string[], hostsFile: readonly string[] = []): Evidence =>
  evidenceSchema.parse({
    ...common('os-lookup', 'here', NAME),
    status: 'ok',
    facts: { addresses, hostsFile },
  });

/** How one address was tried. Roles are filled in by `caseOf` from what the other evidence mentions. */
export interface Reach {
  readonly from?: Observer;
  readonly outcome?: TcpOutcome['outcome'] | readonly TcpOutcome['outcome'][];
  readonly identity?: Identity | null;
  readonly port?: number;
  readonly roles?: readonly AddressRole[];
}

const CODES: Partial<Record<TcpOutcome['outcome'], string>> = {
  refused: 'ECONNREFUSED',
  'icmp-unreachable': 'EHOSTUNREACH',
  'timed-out': 'ETIMEDOUT',
  'no-route': 'ENETUNREACH',
  'blocked-locally': 'EPERM',
  error: 'EPROTO',
};

/** TCP to one address, three times unless the outcomes are listed. */
export function reach(address: string, more: Reach = {}): Evidence {
  const { from = 'here', outcome = 'connected', port = 443, roles = [] } = more;
  const outcomes = typeof outcome === 'string' ? [outcome, outcome, outcome] : outcome;
  const { identity = outcomes.includes('connected') ? SERVICE : null } = more;
  return evidenceSchema.parse({
    ...common('reach', from, address),
    status: 'ok',
    facts: {
      family: address.includes(':') ? 'ipv6' : 'ipv4',
      address,
      port,
      roles: roles.length === 0 ? ['literal'] : roles,
      attempts: outcomes.map((each) => ({
        outcome: each,
        ms: each === 'timed-out' ? 3000 : 24,
        ...(CODES[each] === undefined ? {} : { code: CODES[each] }),
      })),
      identity,
    },
  });
}

/** A probe without facts. */
export const without = (
  probe: ProbeCode,
  status: 'failed' | 'skipped' = 'failed',
  code: Reason['code'] = 'timed-out',
  by: Observer = 'here',
): Evidence =>
  evidenceSchema.parse({
    ...common(probe, by, 'nothing'),
    status,
    reason: { code, detail: 'as the test says' },
  });
