import { type CdnPlan, cdnPlanSchema } from '../../model/cdn-plan.ts';
import type { Diagnosis } from '../../model/diagnosis.ts';
import type { HeldName } from '../../model/hosted-name.ts';
import { control, workingAddresses } from '../../model/view/service.ts';
import { isCertificateRefused, isWeb, provenOrigins } from '../cdn.ts';
import { letsAmazonIssue } from './caa.ts';
import type { CdnCase } from './case.ts';
import { losePorts } from './lose-ports.ts';
import type { CdnDecision, CdnNote, CdnRefusal, CdnSoFar } from './outcome.ts';
import { CDN_TRAFFIC } from './prices.ts';
import { takeOver } from './take-over.ts';

/** The origin's name where the stack makes one: beside the visitors' name, in the same zone. */
export const originNameFor = (name: string, zone: string): string =>
  name === zone ? `origin.${zone}` : `origin-${name}`;

/** Turns a diagnosis into the plan of a distribution, or says why not. Changes nothing and asks nobody. */
export function planCdn(the: CdnCase): CdnDecision {
  const { diagnosis, stack, held, flags } = the;
  const earlier = stack.started ? stack.plan : null;
  const { target } = diagnosis;
  const name = earlier?.name ?? target.host;
  if (name !== target.host) {
    return { ok: false, refusals: [{ code: 'other-host', host: target.host, name }], notes: [] };
  }
  const types = flags.ipv4Only ? (['A'] as const) : (['A', 'AAAA'] as const);
  const against = earlier === null ? againstCdn(the) : againstMore(the, name, types);
  if (against.length > 0) return { ok: false, refusals: against, notes: [] };
  if (held === null) return { ok: false, refusals: [{ code: 'no-zone', name }], notes: [] };
  if (earlier !== null && earlier.zone.id !== held.zone.id) {
    return { ok: false, refusals: [{ code: 'moved', from: earlier }], notes: [] };
  }
  const origin = originOf(the, earlier);
  const taking = takeOver(the, types);
  const losing = losePorts(the, earlier);
  const refusals = [
    ...obstacles(held.name, types, stack),
    ...origin.refusals,
    ...taking.refusals,
    ...losing.refusals,
  ];
  const isUsed = held.zone.isDelegated !== false;
  const notes: CdnNote[] = [
    ...(isUsed ? [] : [{ code: 'zone-not-in-use', zone: held.zone.name } as const]),
    ...origin.notes,
    ...taking.notes,
    ...protocolNotes(the, name, earlier),
    ...renewalNotes(the, name, earlier),
  ];
  if (refusals.length > 0) return { ok: false, refusals, notes };
  const plan = cdnPlanSchema.safeParse({
    schema: 'reach4/plan/1',
    remedy: 'cdn',
    provider: 'route53',
    target,
    id: stack.plan?.id ?? the.id,
    zone: { id: held.zone.id, name: held.zone.name },
    name,
    types: [...types],
    origin: { name: origin.name, addresses: origin.addresses === null ? null : [...origin.addresses] },
    proven: [...provenOf(diagnosis, earlier, origin.addresses)],
    protocol: protocolOf(the, earlier),
    lost: [...losing.lost],
    previous: taking.previous,
    restore: flags.restore,
    identity: (earlier === null ? control(diagnosis)?.identity : earlier.identity) ?? null,
    monthlyUSD: 0,
    traffic: CDN_TRAFFIC,
  } satisfies CdnPlan);
  // What the schema demands beyond the types was refused above, but for an alias in the place of an unknown AAAA.
  if (!plan.success) return { ok: false, refusals: [{ code: 'no-aaaa', name }], notes };
  return { ok: true, plan: plan.data, notes };
}

function againstCdn({ diagnosis, caa }: CdnCase): CdnRefusal[] {
  const { host } = diagnosis.target;
  if (!isWeb(diagnosis.target)) return [{ code: 'not-web' }];
  if (isCertificateRefused(diagnosis)) return [{ code: 'certificate', name: host }];
  return [
    ...(provenOrigins(diagnosis).length === 0 ? [{ code: 'unproven', name: host } as const] : []),
    ...(caa === null || letsAmazonIssue(caa) ? [] : [{ code: 'caa', name: host, set: caa } as const]),
  ];
}

/** A distribution that serves is not taken away for what will be wrong at the next renewal. */
const renewalNotes = ({ caa }: CdnCase, name: string, earlier: CdnPlan | null): CdnNote[] =>
  earlier === null || caa === null || letsAmazonIssue(caa) ? [] : [{ code: 'caa', name, set: caa }];

/** Visitors who still get to the server itself aren't led away from it by a stack that can't fetch from it. */
const againstMore = (
  { diagnosis, stack }: CdnCase,
  name: string,
  types: readonly ('A' | 'AAAA')[],
): CdnRefusal[] =>
  types.every((type) => stack.recorded.includes(type)) || !isCertificateRefused(diagnosis)
    ? []
    : [{ code: 'certificate', name }];

/** What is written was seen now, or when an earlier plan that was carried out was made. */
const provenOf = (
  diagnosis: Diagnosis,
  earlier: CdnPlan | null,
  written: readonly string[] | null,
): readonly string[] => {
  const working = workingAddresses(diagnosis, 'ipv6').map(({ address }) => address);
  const known = [...working, ...(earlier?.proven ?? [])];
  return [...new Set(written === null ? known : written.filter((address) => known.includes(address)))];
};

function obstacles(
  { name, cname, delegatedAt, computed }: HeldName,
  types: readonly string[],
  stack: CdnSoFar,
) {
  const foreign = computed.filter(({ type }) => types.includes(type) && !stack.held.includes(type));
  return [
    ...(delegatedAt === null ? [] : [{ code: 'delegated', name, at: delegatedAt } as const]),
    ...(cname === null ? [] : [{ code: 'cname', name, to: cname } as const]),
    ...foreign.map(({ type, how }) => ({ code: 'computed', name, type, how }) as const),
  ];
}

interface Origin {
  readonly name: string;
  readonly addresses: readonly string[] | null;
  readonly refusals: readonly CdnRefusal[];
  readonly notes: readonly CdnNote[];
}

function originOf({ diagnosis, held, givenOrigin, stack }: CdnCase, earlier: CdnPlan | null): Origin {
  const working = workingAddresses(diagnosis, 'ipv6');
  const visitors = earlier?.name ?? diagnosis.target.host;
  if (givenOrigin !== null) {
    const { name, addresses } = givenOrigin;
    const isProven = (address: string): boolean =>
      working.some((each) => each.address === address) ||
      earlier?.origin.addresses?.includes(address) === true;
    const refusals: CdnRefusal[] =
      name === visitors
        ? [{ code: 'origin-itself', name }]
        : addresses.length > 0 && addresses.every(isProven)
          ? []
          : [{ code: 'origin-elsewhere', name, addresses }];
    return { name, addresses: null, refusals, notes: [] };
  }
  if (earlier !== null && earlier.origin.addresses === null) {
    return { name: earlier.origin.name, addresses: null, refusals: [], notes: [] };
  }
  const name = earlier?.origin.name ?? held?.origin.name ?? '';
  const found = addressesFor(diagnosis, earlier);
  const inside = found.addresses.every((address) =>
    working.every((each) => each.address !== address || each.seenFrom !== 'outside'),
  );
  return {
    name,
    addresses: found.addresses,
    refusals: stack.holdsOrigin || held === null ? [] : takenOrigin(held.origin),
    notes: found.kept
      ? [{ code: 'origin-kept', addresses: found.addresses }]
      : inside
        ? [{ code: 'seen-inside-only', addresses: found.addresses }]
        : [],
  };
}

/** While the stack is up, the name leads to CloudFront: what is known of the server is what it shows of itself. */
function addressesFor(diagnosis: Diagnosis, earlier: CdnPlan | null) {
  if (earlier === null) return { addresses: provenOrigins(diagnosis), kept: false };
  const before = earlier.origin.addresses ?? [];
  const working = workingAddresses(diagnosis, 'ipv6').map(({ address }) => address);
  const still = before.filter((address) => working.includes(address));
  if (still.length > 0) return { addresses: still, kept: false };
  return working[0] === undefined
    ? { addresses: before, kept: true }
    : { addresses: [working[0]], kept: false };
}

function takenOrigin({ name, sets, computed, cname }: HeldName): CdnRefusal[] {
  const what = [
    ...sets.map(({ type, values }) => `${type} ${values.join(', ')}`),
    ...computed.map(({ type, how }) => `${type} (${how})`),
    ...(cname === null ? [] : [`CNAME ${cname}`]),
  ];
  return what.length === 0 ? [] : [{ code: 'origin-taken', name, what: what.join(' and ') }];
}

function protocolOf({ diagnosis, http }: CdnCase, earlier: CdnPlan | null): CdnPlan['protocol'] {
  if (earlier !== null) return earlier.protocol;
  if (diagnosis.target.protocol === 'http') return 'http-only';
  return http ? 'match-viewer' : 'https-only';
}

function protocolNotes(the: CdnCase, name: string, earlier: CdnPlan | null): CdnNote[] {
  switch (protocolOf(the, earlier)) {
    case 'https-only':
      return [{ code: 'no-http', name }];
    case 'http-only':
      return [{ code: 'http-only', name }];
    case 'match-viewer':
      return [];
  }
}
