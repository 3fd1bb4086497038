import { missingCredentials } from '../../../cloud/aws/credentials.ts';
import { noHostedZoneSentence, openHostedZone } from '../../../cloud/aws/route53.ts';
import { noZoneSentence, openZone } from '../../../cloud/cloudflare.ts';
import type { Diagnosis } from '../../../model/diagnosis.ts';
import { UserError } from '../../../model/error.ts';
import type { RelayDns, RelayPlan } from '../../../model/relay-plan.ts';
import { publicRecords } from '../../../model/view/records.ts';
import type { DnsCase, DnsFlags, Held } from '../../../remedies/relay/dns/outcome.ts';
import { planRelayDns } from '../../../remedies/relay/dns.ts';
import type { PolicyFor } from '../../../remedies/relay/iam-policy.ts';
import type { StackContext } from '../context.ts';
import { dnsSoFar } from './dns-state.ts';
import { commandsFor, noteSentence, refusalSentence } from './dns-text.ts';
import { resolved } from './looks.ts';

/** Any region: Route 53 is one for all of them. */
const REGION = 'us-east-1';

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
  /** `--dns`; null where nothing was said. */
  readonly provider: RelayDns['provider'] | null;
  readonly flags: DnsFlags;
  readonly earlier: RelayPlan | null;
  readonly diagnosis: Diagnosis;
  /** The stack's state as `pulumi stack export` gives it; null where there is none. */
  readonly deployment: unknown;
  readonly stackName: string;
  readonly now: Date;
}

/**
 * Cloudflare where a token is set and its account has the zone; else Route 53 where the AWS account has it; else by hand.
 * @throws UserError for credentials that can't be used, of a provider that was asked for
 */
export async function chooseDns(wish: DnsWish, context: StackContext): Promise<ChosenDns> {
  const { held, notes } = await look(wish, context);
  const the: DnsCase = {
    held,
    flags: wish.flags,
    stack: dnsSoFar(wish.deployment, wish.earlier),
    seen: seenBy(wish.diagnosis),
    stackName: wish.stackName,
    now: wish.now,
  };
  const decision = planRelayDns(the);
  const said = [...notes, ...decision.notes.map(noteSentence)];
  if (decision.ok) return { ok: true, dns: decision.dns, now: await recordsNow(held, context), notes: said };
  const missing = decision.refusals.find(({ code }) => code === 'no-zone');
  const zoneSentence =
    missing?.code === 'no-zone' ? await noZone(missing.name, held.provider, context) : null;
  return {
    ok: false,
    because: [...decision.refusals.map((refusal) => refusalSentence(refusal, zoneSentence)), ...said],
    next: commandsFor(decision.refusals),
  };
}

interface Looked {
  readonly held: Held;
  readonly notes: readonly string[];
}

/** What the zone of each name holds, at the provider that was asked for or that has it. */
async function look(wish: DnsWish, context: StackContext): Promise<Looked> {
  const { names, provider } = wish;
  const manual: Held = { provider: 'manual', names };
  if (names.length === 0) return { held: manual, notes: [addressNote(wish.diagnosis)] };
  switch (provider) {
    case 'manual':
      return { held: manual, notes: [] };
    case 'cloudflare':
      return { held: await atCloudflare(names, context), notes: [] };
    case 'route53':
      return { held: await atRoute53(names, context), notes: [] };
    case null:
      return find(names, context);
  }
}

/** Asks who has the zone. A token that is set is meant: what is wrong with it is said. */
async function find(names: readonly string[], context: StackContext): Promise<Looked> {
  const isSet = (context.env.CLOUDFLARE_API_TOKEN ?? '') !== '';
  if (isSet) {
    const held = await atCloudflare(names, context);
    if (hasAll(held)) return { held, notes: [] };
  }
  const { held, why } = await tryRoute53(names, context);
  if (held !== null) return { held, notes: [] };
  const cloudflare = isSet
    ? `the account of CLOUDFLARE_API_TOKEN has no zone for ${names.join(', ')}`
    : 'CLOUDFLARE_API_TOKEN is not set';
  return {
    held: { provider: 'manual', names },
    notes: [
      `You write the A record by hand, because nothing that reach4 may write in was found: ${cloudflare}; at Route 53: ${why}`,
    ],
  };
}

const hasAll = (held: Held): boolean =>
  held.provider !== 'manual' && [...held.names.values()].every((each) => each !== null);

async function atCloudflare(names: readonly string[], { ports, env, signal }: StackContext): Promise<Held> {
  const world = { net: ports.net, clock: ports.clock, env };
  const found = await inTurn(names, (name) => openZone(name, world, signal));
  return { provider: 'cloudflare', names: found };
}

async function atRoute53(names: readonly string[], { ports, signal }: StackContext): Promise<Held> {
  const found = await inTurn(names, (name) => openHostedZone(name, { dns: ports.dns }, signal));
  return { provider: 'route53', names: found };
}

/** Credentials that are there for the host needn't have rights to DNS. */
async function tryRoute53(
  names: readonly string[],
  context: StackContext,
): Promise<{ readonly held: Held | null; readonly why: string }> {
  if ((await missingCredentials(REGION)) !== null) {
    return { held: null, why: 'there are no credentials for AWS.' };
  }
  try {
    const held = await atRoute53(names, context);
    return hasAll(held)
      ? { held, why: '' }
      : { held: null, why: `the account has no zone for ${names.join(', ')}.` };
  } catch (error) {
    if (error instanceof UserError) return { held: null, why: error.message };
    throw error;
  }
}

/**
 * Whose records the rights are for. They can be asked for before anybody has them, so nothing has to be let in.
 * @param provider as far as it was said or planned
 */
export async function dnsForPolicy(
  names: readonly string[],
  provider: RelayDns['provider'] | null,
  context: StackContext,
): Promise<PolicyFor['dns']> {
  const without = { zoneId: null, names };
  const isSet = (context.env.CLOUDFLARE_API_TOKEN ?? '') !== '';
  const meant = provider ?? (isSet ? 'cloudflare' : null);
  if (names.length === 0 || meant === 'manual' || meant === 'cloudflare') {
    return { provider: meant ?? 'manual', ...without };
  }
  const { held } = await tryRoute53(names, context);
  const [first = null] = held?.provider === 'route53' ? held.names.values() : [];
  if (first !== null) return { provider: 'route53', zoneId: first.zone.id, names };
  return { provider: meant ?? 'manual', ...without };
}

/** One after another: they are few, and APIs count. */
async function inTurn<T>(
  names: readonly string[],
  work: (name: string) => Promise<T>,
): Promise<Map<string, T>> {
  const found = new Map<string, T>();
  for (const name of names) found.set(name, await work(name));
  return found;
}

async function noZone(
  name: string,
  provider: Held['provider'],
  context: StackContext,
): Promise<string | null> {
  const { ports, env, signal } = context;
  if (provider === 'manual') return null;
  return provider === 'cloudflare'
    ? noZoneSentence(name, { net: ports.net, clock: ports.clock, env }, signal)
    : noHostedZoneSentence(name, signal);
}

/** The diagnosis looked at the target's name, and no other. */
function seenBy(diagnosis: Diagnosis): ReadonlyMap<string, readonly string[]> {
  const { host, hostKind } = diagnosis.target;
  return hostKind === 'name' ? new Map([[host, publicRecords(diagnosis, 'A').addresses]]) : new Map();
}

async function recordsNow(held: Held, context: StackContext): Promise<Map<string, readonly string[]>> {
  switch (held.provider) {
    case 'cloudflare':
      return new Map(
        [...held.names].map(([name, inZone]) => [
          name,
          (inZone?.addresses ?? []).flatMap(({ type, content }) => (type === 'A' ? [content] : [])),
        ]),
      );
    case 'route53':
      return new Map([...held.names].map(([name, inZone]) => [name, inZone?.a?.values ?? []]));
    case 'manual':
      return inTurn(held.names, async (name) => (await resolved(name, 'A', context)) ?? []);
  }
}

const addressNote = ({ target }: Diagnosis): string =>
  `The target is ${target.host}, an address, so there is no name to write in DNS: IPv4 users need the relay's address, which reach4 up prints.`;
