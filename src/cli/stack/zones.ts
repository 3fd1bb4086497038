import { missingCredentials } from '../../cloud/aws/credentials.ts';
import { openHostedZone } from '../../cloud/aws/route53.ts';
import { openZone } from '../../cloud/cloudflare.ts';
import { UserError } from '../../model/error.ts';
import type { AddressType } from '../../model/record-set.ts';
import type { Held } from '../../remedies/relay/dns/outcome.ts';
import { cloudflareWorld } from './cloudflare-world.ts';
import type { StackContext } from './context.ts';

/** Route 53 is one for all regions. */
const ROUTE53_REGION = 'us-east-1';

type At<Provider extends Held['provider']> = Extract<Held, { provider: Provider }>;

/** Names whose zones are looked for, and the types of their records that are to be changed. */
export interface ZonesWanted {
  readonly names: readonly string[];
  readonly types: readonly AddressType[];
}

/** Who holds the zones of some names, as far as accounts here can tell. */
interface Found {
  /** Null where no account holds any of them. */
  readonly held: At<'cloudflare' | 'route53'> | null;
  /** Why it isn't Cloudflare; empty where it is. */
  readonly cloudflare: string;
  /** Why it isn't Route 53; empty where it wasn't asked. */
  readonly route53: string;
}

/** Cloudflare where a token is set and its account holds the zone; else Route 53 where that does. */
export async function findZones(wanted: ZonesWanted, context: StackContext): Promise<Found> {
  const isSet = isTokenSet(context);
  if (isSet) {
    const held = await atCloudflare(wanted, context);
    if (hasZone(held)) return { held, cloudflare: '', route53: '' };
  }
  const { held, why } = await tryRoute53(wanted, context);
  const cloudflare = isSet
    ? `the account of CLOUDFLARE_API_TOKEN has no zone for ${wanted.names.join(', ')}`
    : 'CLOUDFLARE_API_TOKEN is not set';
  return { held, cloudflare, route53: why };
}

export const isTokenSet = ({ env }: Pick<StackContext, 'env'>): boolean =>
  (env.CLOUDFLARE_API_TOKEN ?? '') !== '';

const hasZone = ({ names }: At<'cloudflare' | 'route53'>): boolean =>
  [...names.values()].some((inZone) => inZone !== null);

/** Credentials that are there for something else needn't have rights to Route 53, and the zone may well be kept elsewhere. */
export async function tryRoute53(
  wanted: ZonesWanted,
  context: StackContext,
): Promise<{ readonly held: At<'route53'> | null; readonly why: string }> {
  if ((await missingCredentials(ROUTE53_REGION)) !== null) {
    return { held: null, why: 'there are no credentials for AWS.' };
  }
  try {
    const held = await atRoute53(wanted, context);
    return hasZone(held)
      ? { held, why: '' }
      : { held: null, why: `the account has no zone for ${wanted.names.join(', ')}.` };
  } catch (error) {
    if (error instanceof UserError) return { held: null, why: error.message };
    throw error;
  }
}

export async function atCloudflare(
  { names }: Pick<ZonesWanted, 'names'>,
  context: StackContext,
): Promise<At<'cloudflare'>> {
  const ask = (name: string) => openZone(name, cloudflareWorld(context), context.signal);
  return { provider: 'cloudflare', names: await eachOf(names, ask) };
}

export async function atRoute53(
  { names, types }: ZonesWanted,
  { ports, signal }: StackContext,
): Promise<At<'route53'>> {
  return {
    provider: 'route53',
    names: await eachOf(names, (name) => openHostedZone(name, ports, signal, types)),
  };
}

/** One after the other: providers count requests. */
export async function eachOf<T>(
  names: readonly string[],
  ask: (name: string) => Promise<T>,
): Promise<ReadonlyMap<string, T>> {
  const answers = new Map<string, T>();
  for (const name of names) answers.set(name, await ask(name));
  return answers;
}
