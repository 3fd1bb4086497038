import { missingCredentials } from '../../../cloud/aws/credentials.ts';
import { noHostedZoneSentence, openHostedZone } from '../../../cloud/aws/route53.ts';
import { noZoneSentence, openZone } from '../../../cloud/cloudflare.ts';
import type { Diagnosis } from '../../../model/diagnosis.ts';
import { UserError } from '../../../model/error.ts';
import type { RelayDns, RelayPlan } from '../../../model/relay-plan.ts';
import { publicRecords } from '../../../model/view/records.ts';
import type { Held } from '../../../remedies/relay/dns/outcome.ts';
import { planRelayDns } from '../../../remedies/relay/dns.ts';
import type { PolicyFor } from '../../../remedies/relay/iam-policy.ts';
import type { StackContext } from '../context.ts';
import type { Planning } from '../remedy.ts';
import { dnsSoFar } from './dns-state.ts';
import { dnsNextCommands, dnsNoteText, dnsRefusalText } from './dns-text.ts';
import { resolved } from './looks.ts';

/** Route 53 is one for all regions. */
const ROUTE53_REGION = 'us-east-1';

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
      return { held: await atRoute53(wish, context), notes: [] };
    case 'manual':
      return { held: byHand(wish), notes: [] };
    case null:
      return find(wish, context);
  }
}

async function find(wish: DnsWish, context: StackContext): Promise<Looked> {
  const isSet = isTokenSet(context);
  if (isSet) {
    const held = await atCloudflare(wish, context);
    if (hasZone(held)) return { held, notes: [] };
  }
  const { held, why } = await tryRoute53(wish, context);
  if (held !== null) return { held, notes: [] };
  const cloudflare = isSet
    ? `the account of CLOUDFLARE_API_TOKEN has no zone for ${wish.names.join(', ')}`
    : 'CLOUDFLARE_API_TOKEN is not set';
  const note = `You write the A record by hand, because nothing was found that reach4 may write in: ${cloudflare}; at Route 53: ${why}`;
  return { held: byHand(wish), notes: [note] };
}

const isTokenSet = ({ env }: StackContext): boolean => (env.CLOUDFLARE_API_TOKEN ?? '') !== '';

const hasZone = ({ names }: At<'cloudflare' | 'route53'>): boolean =>
  [...names.values()].some((inZone) => inZone !== null);

/** Credentials that are there for the host needn't have rights to Route 53, and the zone may well be kept elsewhere. */
async function tryRoute53(
  wish: Pick<DnsWish, 'names'>,
  context: StackContext,
): Promise<{ readonly held: At<'route53'> | null; readonly why: string }> {
  if ((await missingCredentials(ROUTE53_REGION)) !== null) {
    return { held: null, why: 'there are no credentials for AWS.' };
  }
  try {
    const held = await atRoute53(wish, context);
    return hasZone(held)
      ? { held, why: '' }
      : { held: null, why: `the account has no zone for ${wish.names.join(', ')}.` };
  } catch (error) {
    if (error instanceof UserError) return { held: null, why: error.message };
    throw error;
  }
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
    const { held } = await tryRoute53({ names }, context);
    const found = [...(held?.names.values() ?? [])].find((inZone) => inZone !== null);
    if (found !== undefined && found !== null) return { provider: 'route53', zoneId: found.zone.id, names };
  }
  return { provider: meant ?? 'manual', zoneId: null, names };
}

type At<Provider extends Held['provider']> = Extract<Held, { provider: Provider }>;

async function atCloudflare(
  { names }: Pick<DnsWish, 'names'>,
  { ports, env, signal }: StackContext,
): Promise<At<'cloudflare'>> {
  const world = { net: ports.net, clock: ports.clock, env };
  return { provider: 'cloudflare', names: await eachOf(names, (name) => openZone(name, world, signal)) };
}

async function atRoute53(
  { names }: Pick<DnsWish, 'names'>,
  { ports, signal }: StackContext,
): Promise<At<'route53'>> {
  return { provider: 'route53', names: await eachOf(names, (name) => openHostedZone(name, ports, signal)) };
}

/** One after the other: providers count requests. */
async function eachOf<T>(
  names: readonly string[],
  ask: (name: string) => Promise<T>,
): Promise<ReadonlyMap<string, T>> {
  const answers = new Map<string, T>();
  for (const name of names) answers.set(name, await ask(name));
  return answers;
}

/** What the diagnosis saw of the target's name; of others it knows nothing. */
function seenIn(diagnosis: Diagnosis): ReadonlyMap<string, readonly string[]> {
  const records = publicRecords(diagnosis, 'A');
  return new Map(records.definite ? [[diagnosis.target.host, records.addresses]] : []);
}

async function noZoneSentences(
  names: readonly string[],
  provider: Held['provider'],
  { ports, env, signal }: StackContext,
): Promise<ReadonlyMap<string, string>> {
  const world = { net: ports.net, clock: ports.clock, env };
  return eachOf(provider === 'manual' ? [] : names, (name) =>
    provider === 'cloudflare' ? noZoneSentence(name, world, signal) : noHostedZoneSentence(name, signal),
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
