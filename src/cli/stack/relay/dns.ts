import { noHostedZoneSentence } from '../../../cloud/aws/route53.ts';
import { noZoneSentence } from '../../../cloud/cloudflare.ts';
import type { Diagnosis } from '../../../model/diagnosis.ts';
import type { RelayDns, RelayPlan } from '../../../model/relay-plan.ts';
import { publicRecords } from '../../../model/view/records.ts';
import type { Held } from '../../../remedies/relay/dns/outcome.ts';
import { planRelayDns } from '../../../remedies/relay/dns.ts';
import type { PolicyFor } from '../../../remedies/relay/iam-policy.ts';
import { cloudflareWorld } from '../cloudflare-world.ts';
import type { StackContext } from '../context.ts';
import type { Planning } from '../remedy.ts';
import { atCloudflare, atRoute53, eachOf, findZones, isTokenSet, tryRoute53 } from '../zones.ts';
import { dnsSoFar } from './dns-state.ts';
import { dnsNextCommands, dnsNoteText, dnsRefusalText } from './dns-text.ts';
import { resolved } from './looks.ts';

/** What is written of each name. */
const TYPES = ['A'] as const;

/** Where the A records are written, or why they can't be. */
export type ChosenDns =
  | {
      readonly ok: true;
      readonly dns: RelayDns;
      /** The A records that each name has now. */
      readonly now: ReadonlyMap<string, readonly string[]>;
      readonly notes: readonly string[];
    }
  | {
      readonly ok: false;
      /** What is in the way, a sentence each. */
      readonly because: readonly string[];
      /** What to type to go on. */
      readonly next: readonly string[];
    };

export interface DnsWish {
  /** Names that lead to the relay. */
  readonly names: readonly string[];
  readonly provider: RelayDns['provider'] | null;
  readonly adopt: boolean;
  readonly ownContent: boolean;
  readonly restore: boolean;
  readonly earlier: RelayPlan | null;
  readonly diagnosis: Diagnosis;
  readonly deployment: Planning['deployment'];
  readonly stackName: string;
  readonly now: Date;
}

interface Looked {
  readonly held: Held;
  readonly notes: readonly string[];
}

/** Cloudflare where a token is set and its account holds the zone; else Route 53 where that does; else by hand. */
export async function chooseDns(wish: DnsWish, context: StackContext): Promise<ChosenDns> {
  const { names, diagnosis } = wish;
  const { held, notes } =
    names.length === 0 ? { held: byHand(wish), notes: [addressOnly(diagnosis)] } : await look(wish, context);
  const decision = planRelayDns({
    held,
    flags: wish,
    stack: dnsSoFar(wish.deployment, wish.earlier?.dns ?? null),
    seen: seenIn(diagnosis),
    stackName: wish.stackName,
    now: wish.now,
  });
  const { provider } = held;
  if (!decision.ok) {
    const { refusals } = decision;
    const missing = refusals.flatMap((refusal) => (refusal.code === 'no-zone' ? [refusal.name] : []));
    const noZone = await noZoneSentences(missing, provider, context);
    return {
      ok: false,
      because: refusals.map((refusal) => dnsRefusalText(refusal, provider, noZone)),
      next: dnsNextCommands(refusals),
    };
  }
  return {
    ok: true,
    dns: decision.dns,
    now: await recordsNow(held, context),
    notes: [...notes, ...decision.notes.map((note) => dnsNoteText(note, provider))],
  };
}

const byHand = ({ names }: DnsWish): Held => ({ provider: 'manual', names });

const addressOnly = ({ target }: Diagnosis): string =>
  `The target is ${target.host}, an address, so there is no name to write in DNS: IPv4 users need the relay's address, which reach4 up prints.`;

/** What is held for the names, where they were said to be kept; else where they are found. */
async function look(wish: DnsWish, context: StackContext): Promise<Looked> {
  switch (wish.provider) {
    case 'cloudflare':
      return { held: await atCloudflare(wish, context), notes: [] };
    case 'route53':
      return { held: await atRoute53({ names: wish.names, types: TYPES }, context), notes: [] };
    case 'manual':
      return { held: byHand(wish), notes: [] };
    case null:
      return find(wish, context);
  }
}

async function find(wish: DnsWish, context: StackContext): Promise<Looked> {
  const { held, cloudflare, route53 } = await findZones({ names: wish.names, types: TYPES }, context);
  if (held !== null) return { held, notes: [] };
  const note = `You write the A record by hand, because nothing was found that reach4 may write in: ${cloudflare}; at Route 53: ${route53}`;
  return { held: byHand(wish), notes: [note] };
}

/**
 * Whose records the rights are for. They can be asked for before anybody has them, so nobody has to be let in.
 * @param provider as far as it was said or planned
 */
export async function dnsForPolicy(
  names: readonly string[],
  provider: RelayDns['provider'] | null,
  context: StackContext,
): Promise<PolicyFor['dns']> {
  const meant = provider ?? (isTokenSet(context) ? 'cloudflare' : null);
  if (names.length > 0 && (meant === null || meant === 'route53')) {
    const { held } = await tryRoute53({ names, types: TYPES }, context);
    const found = [...(held?.names.values() ?? [])].find((inZone) => inZone !== null);
    if (found !== undefined && found !== null) return { provider: 'route53', zoneId: found.zone.id, names };
  }
  return { provider: meant ?? 'manual', zoneId: null, names };
}

/** What the diagnosis saw of the target's name; of others it knows nothing. */
function seenIn(diagnosis: Diagnosis): ReadonlyMap<string, readonly string[]> {
  const records = publicRecords(diagnosis, 'A');
  return new Map(records.definite ? [[diagnosis.target.host, records.addresses]] : []);
}

async function noZoneSentences(
  names: readonly string[],
  provider: Held['provider'],
  context: StackContext,
): Promise<ReadonlyMap<string, string>> {
  const { signal } = context;
  return eachOf(provider === 'manual' ? [] : names, (name) =>
    provider === 'cloudflare'
      ? noZoneSentence(name, cloudflareWorld(context), signal)
      : noHostedZoneSentence(name, signal),
  );
}

/** By what the provider said; by hand, as the system's resolvers know them. */
async function recordsNow(
  held: Held,
  context: StackContext,
): Promise<ReadonlyMap<string, readonly string[]>> {
  switch (held.provider) {
    case 'cloudflare':
      return new Map(
        [...held.names].map(([name, inZone]) => [
          name,
          (inZone?.addresses ?? []).filter(({ type }) => type === 'A').map(({ content }) => content),
        ]),
      );
    case 'route53':
      return new Map([...held.names].map(([name, inZone]) => [name, inZone?.a?.values ?? []]));
    case 'manual':
      return eachOf(held.names, async (name) => (await resolved(name, 'A', context)) ?? []);
  }
}
