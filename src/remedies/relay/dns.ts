import type { NameInHostedZone } from '../../model/hosted-zone.ts';
import { type RelayDns, relayDnsSchema } from '../../model/relay-plan.ts';
import { uniqueBy } from '../../model/unique.ts';
import type { NameInZone } from '../../model/zone-records.ts';
import { nameAtCloudflare } from './dns/at-cloudflare.ts';
import { nameAtRoute53 } from './dns/at-route53.ts';
import type { DnsCase, DnsDecision, DnsNote, DnsRefusal, DnsSoFar, OneName } from './dns/outcome.ts';

/**
 * Seconds. A teardown waits for it before the address is given back, and users follow a change within it; the least
 * that Cloudflare takes on every plan (its docs, "Time to Live"). A longer one would spare questions only.
 */
export const RELAY_TTL = 60;

/**
 * Decides where the A records of a relay are written, or says why not. Touches no record but A: the name keeps its
 * AAAA. Changes nothing and asks nobody.
 */
export function planRelayDns(the: DnsCase): DnsDecision {
  const { held } = the;
  switch (held.provider) {
    case 'cloudflare':
      return cloudflare(held.names, the);
    case 'route53':
      return route53(held.names, the);
    case 'manual': {
      const records = held.names.map((name) => ({ name, ttl: RELAY_TTL }));
      return decided({ provider: 'manual', records }, [], the);
    }
  }
}

function cloudflare(names: ReadonlyMap<string, NameInZone | null>, the: DnsCase): DnsDecision {
  const found = inOneZone(names);
  if (!found.ok) return found;
  const { held, zone } = found;
  const parts = held.map(([name, inZone]) => nameAtCloudflare(name, inZone, RELAY_TTL, the));
  const dns: RelayDns = {
    provider: 'cloudflare',
    zone: { id: zone.id, name: zone.name },
    records: recordsOf(parts),
    previous: uniqueBy(
      [...parts.flatMap(({ captured }) => captured), ...the.stack.previous],
      ({ id }) => id,
      // Another remedy's AAAA comes back when the relay takes over, and is nobody's business then.
    ).filter(({ type }) => type === 'A'),
    restore: the.flags.restore,
  };
  return decided(
    dns,
    [...notInUse(zone.name, zone.status === 'active'), ...notesOf(parts)],
    the,
    refusalsOf(parts),
  );
}

function route53(names: ReadonlyMap<string, NameInHostedZone | null>, the: DnsCase): DnsDecision {
  const found = inOneZone(names);
  if (!found.ok) return found;
  const { held, zone } = found;
  const parts = held.map(([name, inZone]) => nameAtRoute53(name, inZone, RELAY_TTL, the));
  const before = the.stack.started && the.stack.dns?.provider === 'route53' ? the.stack.dns : null;
  const dns: RelayDns = {
    provider: 'route53',
    zone: { id: zone.id, name: zone.name },
    records: recordsOf(parts),
    previous: uniqueBy(
      [...(before?.previous ?? []), ...the.stack.previousSets, ...parts.flatMap(({ captured }) => captured)],
      ({ name }) => name,
    ),
    restore: the.flags.restore,
  };
  return decided(
    dns,
    [...notInUse(zone.name, zone.isDelegated !== false), ...notesOf(parts)],
    the,
    refusalsOf(parts),
  );
}

type InOneZone<Held extends { zone: { id: string; name: string } }> =
  | { readonly ok: true; readonly held: readonly (readonly [string, Held])[]; readonly zone: Held['zone'] }
  | Extract<DnsDecision, { ok: false }>;

/** A stack writes in one zone, whose holder puts everything back. */
function inOneZone<Held extends { zone: { id: string; name: string } }>(
  names: ReadonlyMap<string, Held | null>,
): InOneZone<Held> {
  const held: [string, Held][] = [];
  const missing: DnsRefusal[] = [];
  for (const [name, inZone] of names) {
    if (inZone === null) missing.push({ code: 'no-zone', name });
    else held.push([name, inZone]);
  }
  const ids = [...new Set(held.map(([, { zone }]) => zone.id))];
  const zones = ids.map((id) => {
    const of = held.filter(([, inZone]) => inZone.zone.id === id);
    return { zone: of[0]?.[1].zone.name ?? '', names: of.map(([name]) => name) };
  });
  const zone = held[0]?.[1].zone;
  if (missing.length > 0 || zone === undefined) return { ok: false, refusals: missing, notes: [] };
  if (ids.length > 1) return { ok: false, refusals: [{ code: 'several-zones', zones }], notes: [] };
  return { ok: true, held, zone };
}

function decided(
  dns: RelayDns,
  notes: readonly DnsNote[],
  { stack }: DnsCase,
  refusals: readonly DnsRefusal[] = [],
): DnsDecision {
  const all = [...stays(dns, stack), ...refusals];
  if (all.length > 0) return { ok: false, refusals: all, notes };
  return { ok: true, dns: relayDnsSchema.parse(dns), notes };
}

/** While a stack is up, its records stay where they are, and those that it took over stay its own: they have to come back. */
function stays(dns: RelayDns, { started, dns: before, previous, previousSets }: DnsSoFar): DnsRefusal[] {
  if (!started || before === null || before.provider === 'manual') return [];
  if (dns.provider !== before.provider || dns.zone.id !== before.zone.id)
    return [{ code: 'moved', from: before }];
  const now = new Set(dns.records.map(({ name }) => name));
  // Of what was only planned, nothing has to come back.
  const held = before.provider === 'route53' ? [...before.previous, ...previousSets] : previous;
  return held
    .map(({ name }) => name)
    .filter((name, index, all) => !now.has(name) && all.indexOf(name) === index)
    .map((name) => ({ code: 'adopted-name-left', name }));
}

const recordsOf = <Planned>(parts: readonly OneName<Planned, unknown>[]): Planned[] =>
  parts.flatMap(({ record }) => record ?? []);
const refusalsOf = (parts: readonly OneName<unknown, unknown>[]): DnsRefusal[] =>
  parts.flatMap(({ refusals }) => refusals);
const notesOf = (parts: readonly OneName<unknown, unknown>[]): DnsNote[] =>
  parts.flatMap(({ notes }) => notes);

const notInUse = (zone: string, inUse: boolean): DnsNote[] =>
  inUse ? [] : [{ code: 'zone-not-in-use', zone }];
