import type { Diagnosis } from '../../model/diagnosis.ts';
import { compareIdentity, type Identity } from '../../model/identity.ts';
import { publicRecords, sameSet } from '../../model/view/records.ts';
import { answersOutside, clientAddresses, failsOutside, reaches } from '../../model/view/service.ts';
import { copies } from './copies.ts';
import { type EdgeLook, edgeChecks, type PromisedEdge } from './edge.ts';

interface PromisedRecord {
  readonly type: 'A' | 'AAAA';
  readonly content: string;
  /** Other addresses that stay beside it, where the plan says all. */
  readonly beside?: readonly string[];
  /** Something else keeps the content: whatever it is now is right. */
  readonly leaveContent?: boolean;
}

/** What a stack promises: the records, and who answers there. */
export interface Promised {
  readonly records: readonly PromisedRecord[];
  /** The service as it answered over IPv6 when the plan was made; null where it wasn't recognised. */
  readonly identity: Identity | null;
  /** Where IPv4 must work, whatever the records say: for a target that is an address. */
  readonly address?: string;
  /** A provider's edge answers for the name, so that neither its records nor its keys are the server's. */
  readonly edge?: PromisedEdge;
}

/** One thing that has to hold, and whether it does. */
export interface Check {
  readonly code: 'zone-says' | 'ipv4-answers' | 'same-as-planned' | 'copies';
  /** `waiting`: not now, but time alone may change it. */
  readonly state: 'holds' | 'fails' | 'waiting';
  readonly text: string;
  /** Seconds until a resolver's copy has run out. */
  readonly seconds?: number;
}

/** Seconds until the last known copy has run out. */
export const longestCopy = (checks: readonly Check[]): number =>
  Math.max(0, ...checks.map(({ seconds }) => seconds ?? 0));

/**
 * Holds what is seen now against what the stack promises: the zone's own servers first, then IPv4 from outside, then
 * what resolvers still keep.
 * @param look the page by the edge, where one is promised
 */
export function check(promised: Promised, diagnosis: Diagnosis, look: EdgeLook | null = null): Check[] {
  if (promised.edge !== undefined) return edgeChecks(promised.edge, diagnosis, look);
  const written = promised.records.filter(({ leaveContent }) => !leaveContent);
  const zone = promised.records.map((record) => zoneSays(diagnosis, record));
  return [
    ...zone,
    ipv4Answers(promised, diagnosis),
    ...samePlanned(promised, diagnosis),
    ...copies(
      written.map(({ type, content, beside = [] }) => ({
        type,
        isRight: (address) => address === content || beside.includes(address),
      })),
      diagnosis,
    ),
  ];
}

/** Everything that must hold does. Copies in resolvers run out by themselves. */
export const isAchieved = (checks: readonly Check[]): boolean =>
  checks.every(({ code, state }) => state === 'holds' || code === 'copies');

/** Waiting can still help. */
export const canChange = (checks: readonly Check[]): boolean =>
  checks.every(({ state }) => state !== 'fails');

function zoneSays(
  diagnosis: Diagnosis,
  { type, content, beside = [], leaveContent = false }: PromisedRecord,
): Check {
  const all = [content, ...beside];
  const records = publicRecords(diagnosis, type);
  const code = 'zone-says';
  if (!records.definite || records.source !== 'authority') {
    return { code, state: 'waiting', text: `the zone's own servers couldn't be asked for ${type}` };
  }
  const right = leaveContent ? records.addresses.length > 0 : sameSet(records.addresses, all);
  if (right && !records.partlyMissing) {
    const said = records.addresses.join(', ');
    return {
      code,
      state: 'holds',
      text: `the zone's servers say ${type} ${said} (${records.answers.length} asked)`,
    };
  }
  if (right) return { code, state: 'waiting', text: `some of the zone's servers have no ${type} yet` };
  const said = records.addresses.length === 0 ? `no ${type}` : `${type} ${records.addresses.join(', ')}`;
  return { code, state: 'waiting', text: `the zone's servers say ${said}; the plan says ${all.join(', ')}` };
}

function ipv4Answers({ records, address }: Promised, diagnosis: Diagnosis): Check {
  const code = 'ipv4-answers';
  const planned = records.filter(({ type, leaveContent }) => type === 'A' && leaveContent !== true);
  const addresses =
    planned.length > 0
      ? planned.map(({ content }) => content)
      : address === undefined
        ? clientAddresses(diagnosis, 'ipv4')
        : [address];
  if (addresses.length === 0) return { code, state: 'waiting', text: 'the name has no IPv4 address' };
  const outside = reaches(diagnosis, 'ipv4').filter(
    ({ vantage, facts }) => vantage === 'outside' && addresses.includes(facts.address),
  );
  const places = new Set(outside.map(({ id }) => id.split(':')[1])).size;
  if (addresses.every((each) => answersOutside(diagnosis, each))) {
    const where = places === 1 ? 'one place' : `${places} places`;
    return {
      code,
      state: 'holds',
      text: `${addresses.join(', ')} answers as the same service as IPv6, seen from ${where} outside`,
    };
  }
  if (places === 0) {
    const failed = diagnosis.evidence.find(
      (item) => item.vantage === 'outside' && item.probe === 'reach' && item.status !== 'ok',
    );
    const why =
      failed === undefined || failed.status === 'ok' ? null : (failed.reason.detail ?? failed.reason.code);
    return {
      code,
      state: 'fails',
      text:
        why === null
          ? 'nobody looked from outside: run `reach4 agent` on a machine elsewhere and add --outside http://AGENT:4460'
          : `the outside agent couldn't look: ${why}`,
    };
  }
  return {
    code,
    state: 'waiting',
    text: addresses.some((each) => failsOutside(diagnosis, each))
      ? `${addresses.join(', ')} does not answer as the service, seen from outside`
      : 'whether the same service answers over IPv4 could not be told',
  };
}

/** The service itself may have changed since: that is told, because the promise was about that service. */
function samePlanned({ identity, records }: Promised, diagnosis: Diagnosis): Check[] {
  const contents = records.filter(({ type }) => type === 'A').map(({ content }) => content);
  const seen = reaches(diagnosis, 'ipv4').find(
    ({ facts, vantage }) =>
      vantage === 'outside' && contents.includes(facts.address) && facts.identity !== null,
  );
  if (identity === null || seen?.facts.identity == null) return [];
  if (compareIdentity(identity, seen.facts.identity) !== 'different') return [];
  return [
    {
      code: 'same-as-planned',
      state: answersOutside(diagnosis, seen.facts.address) ? 'holds' : 'waiting',
      text: 'the service has another key than when the plan was made (renewed certificates do that)',
    },
  ];
}
