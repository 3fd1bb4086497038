import type { NameInHostedZone } from '../../../model/hosted-zone.ts';
import type { RecordSet } from '../../../model/record-set.ts';
import type { RelayDns } from '../../../model/relay-plan.ts';
import type { DnsCase, DnsRefusal, DnsSoFar, OneName } from './outcome.ts';
import { takingOver } from './taking-over.ts';

type AtRoute53 = Extract<RelayDns, { provider: 'route53' }>;
type Planned = AtRoute53['records'][number];

/** Route 53 says neither who wrote a set nor when. */
const UNKNOWN = { modifiedOn: null, tags: [] };

/** Decides for one name of a zone of Route 53's, where all A records of a name are one set. */
export function nameAtRoute53(
  name: string,
  held: NameInHostedZone,
  ttl: number,
  the: DnsCase,
): OneName<Planned, RecordSet> {
  const obstacles = inTheWay(name, held);
  if (obstacles.length > 0)
    return { record: null, captured: [], setAside: [], refusals: obstacles, notes: [] };
  const { a } = held;
  const known = the.stack.sets.find((set) => set.name === name);
  const isOurs = known !== undefined || (the.stack.started && isOnly(a, the.stack.address));
  const before = a === null || isOurs ? null : a;
  const taking =
    before === null
      ? { refusals: [], notes: [] }
      : takingOver(
          { name, addresses: before.values, ttl: before.ttl, comment: null },
          UNKNOWN,
          agreedBefore(name, the.stack),
          the,
        );
  const madeAgain = a === null && the.stack.started && plannedEarlier(name, the.stack) !== undefined;
  return {
    record: { name, ttl, adopt: before !== null || adoptedBefore(name, the.stack) },
    captured: before === null ? [] : [before],
    setAside: [],
    refusals: taking.refusals,
    notes: [
      ...taking.notes,
      ...(madeAgain ? [{ code: 'made-again', name } as const] : []),
      ...(held.hasAaaa ? [] : [{ code: 'no-aaaa', name } as const]),
    ],
  };
}

function inTheWay(name: string, { cname, delegatedAt, computed }: NameInHostedZone): DnsRefusal[] {
  return [
    ...(delegatedAt === null ? [] : [{ code: 'delegated', name, at: delegatedAt } as const]),
    ...(cname === null ? [] : [{ code: 'cname', name, to: cname } as const]),
    ...(computed === null ? [] : [{ code: 'computed', name, how: computed } as const]),
  ];
}

const isOnly = (set: RecordSet | null, address: string | null): boolean =>
  set?.values.length === 1 && set.values[0] === address;

const plannedEarlier = (name: string, { dns }: DnsSoFar): Planned | undefined =>
  dns?.provider === 'route53' ? dns.records.find((record) => record.name === name) : undefined;

/** Captured by an earlier plan that was begun: a set that is not ours yet was agreed to be taken over. */
const agreedBefore = (name: string, { started, dns, previousSets }: DnsSoFar): boolean =>
  [...(started && dns?.provider === 'route53' ? dns.previous : []), ...previousSets].some(
    (set) => set.name === name,
  );

/** Stays as it came to the stack: in the state, or by the plan of an `up` that broke off. */
const adoptedBefore = (name: string, stack: DnsSoFar): boolean =>
  stack.sets.find((set) => set.name === name)?.adopted ??
  (stack.started && plannedEarlier(name, stack)?.adopt === true && agreedBefore(name, stack));
