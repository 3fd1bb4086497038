import type { Diagnosis } from '../model/diagnosis.ts';
import { type EdgeProxyPlan, edgeProxyPlanSchema } from '../model/edge-proxy-plan.ts';
import { type LostPorts, notAgreed } from '../model/lost-port.ts';
import { AUTOMATIC_TTL, type WantedRecord } from '../model/name-records.ts';
import { PLAN_SCHEMA_ID } from '../model/plan.ts';
import type { RemedyOffer } from '../model/remedy-offer.ts';
import { uniqueBy } from '../model/unique.ts';
import { publicRecords } from '../model/view/records.ts';
import { control, workingAddresses } from '../model/view/service.ts';
import type { NameInZone, ZoneRecord } from '../model/zone-records.ts';
import { EDGE_PORTS, isCovered } from './dns-records/cloudflare-edge.ts';
import {
  type NameFlags,
  type NameNote,
  type NameRefusal,
  type NameSoFar,
  type NameTakenOver,
  takeOverName,
} from './dns-records/cloudflare-name.ts';
import { commentOf } from './dns-records/comment.ts';
import { lostPorts } from './lost-ports.ts';

/** Why nothing is planned. The sentences are in `cli/stack/edge-proxy/text.ts`. */
export type EdgeRefusal =
  | NameRefusal
  | { readonly code: 'no-offer' }
  | { readonly code: 'no-aaaa'; readonly name: string }
  /** An AAAA leads to an address that was not seen to answer as the service. */
  | {
      readonly code: 'unproven';
      readonly record: ZoneRecord;
      readonly proven: readonly string[];
      /** The stack is up with the proxy: a diagnosis sees Cloudflare's addresses and can prove no other one. */
      readonly isUp: boolean;
    }
  /** The record is set to give visitors one family only. */
  | { readonly code: 'one-family'; readonly record: ZoneRecord }
  | { readonly code: 'loses-ports'; readonly name: string; readonly lost: LostPorts };

/** What a person should know before saying yes. */
export type EdgeNote =
  | NameNote
  /** Cloudflare has no certificate for so deep a name, unless one is bought. */
  | { readonly code: 'deep-name'; readonly name: string; readonly zone: string }
  /** No public authority vouches for the server's certificate. */
  | { readonly code: 'untrusted-origin' }
  | { readonly code: 'seen-inside-only'; readonly addresses: readonly string[] };

export type EdgeDecision =
  | { readonly ok: true; readonly plan: EdgeProxyPlan; readonly notes: readonly EdgeNote[] }
  | { readonly ok: false; readonly refusals: readonly EdgeRefusal[]; readonly notes: readonly EdgeNote[] };

export interface EdgeCase {
  readonly diagnosis: Diagnosis;
  /** What the account holds for the name; null where it has no zone for it. */
  readonly inZone: NameInZone | null;
  readonly flags: NameFlags & { readonly restore: boolean; readonly yesLosePorts: boolean };
  readonly stack: NameSoFar;
  /** The plan in the stack's configuration. */
  readonly earlier: EdgeProxyPlan | null;
  readonly stackName: string;
  readonly now: Date;
}

type EdgeOffer = Extract<RemedyOffer, { remedy: 'edge-proxy' }>;

export const edgeOfferOf = (diagnosis: Diagnosis): EdgeOffer | null =>
  diagnosis.remedies.find((offer) => offer.remedy === 'edge-proxy') ?? null;

/** Turns a diagnosis into a plan, or says why not. Changes nothing and asks nobody. */
export function planEdgeProxy(the: EdgeCase): EdgeDecision {
  const { diagnosis, stack, flags } = the;
  const offer = edgeOfferOf(diagnosis);
  const earlier = stack.started ? the.earlier : null;
  const name = offer?.name ?? earlier?.name;
  if (name === undefined) return { ok: false, refusals: [{ code: 'no-offer' }], notes: [] };
  const outcome = takeOverName({
    name,
    held: the.inZone,
    flags,
    stack,
    seen: { A: seenIn(diagnosis, 'A'), AAAA: seenIn(diagnosis, 'AAAA') },
    // Those stay, proxied; every A record goes.
    canLeave: ({ type }) => type === 'AAAA',
    stackName: the.stackName,
    now: the.now,
  });
  if (!outcome.ok) return outcome;
  const { taken } = outcome;
  const proven = uniqueBy([...provenNow(diagnosis, offer), ...(earlier?.proven ?? [])], (each) => each);
  const lost = lostPorts(diagnosis, EDGE_PORTS);
  const refusals = [
    ...recordRefusals(name, taken, proven, earlier !== null),
    ...portRefusals(name, lost, earlier, flags.yesLosePorts),
  ];
  const notes: EdgeNote[] = [...outcome.notes, ...serviceNotes(the, name, taken, proven)];
  if (refusals.length > 0) return { ok: false, refusals, notes };
  const plan = edgeProxyPlanSchema.parse({
    schema: PLAN_SCHEMA_ID,
    remedy: 'edge-proxy',
    provider: 'cloudflare',
    target: diagnosis.target,
    zone: taken.zone,
    name,
    records: taken.previous
      .filter(({ type }) => type === 'AAAA')
      .map((record) => wanted(record, taken, proven, the.stackName)),
    proven,
    previous: [...taken.previous],
    restore: flags.restore,
    lost: [...lost.ports],
    identity: control(diagnosis)?.identity ?? earlier?.identity ?? null,
    monthlyUSD: 0,
  } satisfies EdgeProxyPlan);
  return { ok: true, plan, notes };
}

/** What the diagnosis saw of a type; null where it could not tell. */
function seenIn(diagnosis: Diagnosis, type: ZoneRecord['type']): readonly string[] | null {
  const records = publicRecords(diagnosis, type);
  return records.definite ? records.addresses : null;
}

/** The offer may have been edited: what it names must be in the evidence as well. */
function provenNow(diagnosis: Diagnosis, offer: EdgeOffer | null): string[] {
  const works = workingAddresses(diagnosis, 'ipv6').map(({ address }) => address);
  return (offer?.origin ?? []).filter((address) => works.includes(address));
}

/** What stands for a record in the zone now: itself, or what the stack made in its place; nothing where it is gone. */
function contentsNow(
  record: ZoneRecord,
  { previous, now }: Pick<NameTakenOver, 'previous' | 'now'>,
): string[] {
  const itself = now.find(({ id }) => id === record.id);
  if (itself !== undefined) return [itself.content];
  const made = now.filter(({ id, type }) => type === record.type && previous.every((each) => each.id !== id));
  return made.map(({ content }) => content);
}

/**
 * The address that a record has now, if it is the server's. Only where it is gone from the zone, the one that it had: an
 * address that somebody wrote meanwhile may be the server's new one, and the old one dead.
 */
function addressOf(
  record: ZoneRecord,
  taken: Pick<NameTakenOver, 'previous' | 'now'>,
  proven: readonly string[],
): string | null {
  const current = contentsNow(record, taken);
  if (!current.every((each) => proven.includes(each))) return null;
  const [first = record.content] = current;
  const content = current.includes(record.content) ? record.content : first;
  return proven.includes(content) ? content : null;
}

function recordRefusals(
  name: string,
  taken: NameTakenOver,
  proven: readonly string[],
  isUp: boolean,
): EdgeRefusal[] {
  const { previous, left } = taken;
  const shown = (record: ZoneRecord): ZoneRecord => ({
    ...record,
    content: contentsNow(record, taken).find((each) => !proven.includes(each)) ?? record.content,
  });
  const six = previous.filter(({ type }) => type === 'AAAA');
  if (six.length === 0) return [{ code: 'no-aaaa', name }];
  return [
    ...six
      .filter((record) => !left.has(record.id) && addressOf(record, taken, proven) === null)
      .map((record) => ({ code: 'unproven', record: shown(record), proven, isUp }) as const),
    // With one of these, Cloudflare answers with addresses of one family only (its API reference, "DNS record settings").
    ...six
      .filter(({ settings }) => settings.ipv6_only === true || settings.ipv4_only === true)
      .map((record) => ({ code: 'one-family', record }) as const),
  ];
}

function portRefusals(
  name: string,
  lost: LostPorts,
  earlier: EdgeProxyPlan | null,
  agreed: boolean,
): EdgeRefusal[] {
  if (agreed) return [];
  // A stack that is up has taken them away already.
  const open = earlier === null ? lost.ports : notAgreed(lost.ports, earlier.lost);
  const unseen = !lost.looked && earlier === null;
  return open.length === 0 && !unseen
    ? []
    : [{ code: 'loses-ports', name, lost: { looked: lost.looked, ports: open } }];
}

const wanted = (
  record: ZoneRecord,
  taken: NameTakenOver,
  proven: readonly string[],
  stackName: string,
): WantedRecord => ({
  type: 'AAAA',
  content: taken.left.has(record.id) ? null : addressOf(record, taken, proven),
  ttl: AUTOMATIC_TTL,
  proxied: true,
  comment: record.comment ?? commentOf(stackName),
  tags: record.tags,
  recordId: record.id,
});

function serviceNotes(
  { diagnosis }: EdgeCase,
  name: string,
  { zone }: NameTakenOver,
  proven: readonly string[],
): EdgeNote[] {
  const isTls = diagnosis.target.protocol === 'tls';
  const identity = control(diagnosis)?.identity;
  const seen = workingAddresses(diagnosis, 'ipv6');
  const outside = seen.filter(({ seenFrom }) => seenFrom === 'outside').map(({ address }) => address);
  const unseen = proven.filter(
    (address) => !outside.includes(address) && seen.some((each) => each.address === address),
  );
  return [
    ...(isTls && !isCovered(name, zone.name) ? [{ code: 'deep-name', name, zone: zone.name } as const] : []),
    ...(isTls && identity?.kind === 'tls' && !(identity.trusted && identity.coversName === true)
      ? [{ code: 'untrusted-origin' } as const]
      : []),
    ...(unseen.length === 0 ? [] : [{ code: 'seen-inside-only', addresses: unseen } as const]),
  ];
}
