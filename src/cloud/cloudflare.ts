import { z } from 'zod';
import { parseAddress } from '../model/address.ts';
import { UserError } from '../model/error.ts';
import { type FoundRecord, type NameInZone, type Zone, zoneRecordSchema } from '../model/zone-records.ts';
import {
  type ApiAnswer,
  type CloudflareClient,
  type CloudflareWorld,
  cloudflareClient,
  unexpected,
} from './cloudflare/client.ts';
import { type CloudflareSettings, cloudflareSettings } from './cloudflare/settings.ts';
import { zonesShown } from './zones-shown.ts';

/** Items a page; 50 is the most that the list of zones takes (Cloudflare's API reference). */
const ZONES_A_PAGE = 50;
const RECORDS_A_PAGE = 100;

const zoneSchema = z.object({
  id: z.string().regex(/^[0-9A-Za-z_-]{1,64}$/u),
  name: z.string(),
  status: z.string(),
});

const foundSchema = zoneRecordSchema
  .extend({
    type: z.string(),
    content: z.string().catch(''),
    comment: z.string().nullish(),
    tags: z.array(z.string()).nullish(),
    proxied: z.boolean().nullish(),
    settings: zoneRecordSchema.shape.settings.nullish(),
    modified_on: z.string().nullish(),
  })
  .transform(({ modified_on, ...record }) => ({ ...record, modifiedOn: modified_on ?? null }));

export interface Preflight extends CloudflareWorld {
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Finds the zone of a name and what it holds for it, and makes sure, before anything is changed, that the token may
 * change its records.
 * @returns null where the account has no zone for the name
 * @throws UserError with one sentence for whatever is in the way: the token, its rights, the API
 */
export async function openZone(
  name: string,
  world: Preflight,
  signal: AbortSignal,
): Promise<NameInZone | null> {
  const settings = cloudflareSettings(world.env);
  const client = cloudflareClient(settings, world, signal);
  const vouched = await checkToken(client, settings);
  const zone = await findZone(name, client, settings, vouched);
  if (zone === null) return null;
  await checkEdit(zone, client, settings);
  return { zone, ...(await recordsOf(name, zone, client, settings)) };
}

/** Makes sure that the token can still change the zone. @throws UserError as `openZone` does */
export async function checkAccess(
  zone: Pick<Zone, 'id' | 'name'>,
  world: Preflight,
  signal: AbortSignal,
): Promise<void> {
  const settings = cloudflareSettings(world.env);
  const client = cloudflareClient(settings, world, signal);
  const vouched = await checkToken(client, settings);
  await checkEdit(zone, client, settings, vouched);
}

/**
 * Asks whether the token is in force. Tokens that belong to an account are unknown here and work nonetheless, so
 * "unknown" only counts once something else refuses too.
 * @returns whether the API vouched for the token
 */
async function checkToken(client: CloudflareClient, settings: CloudflareSettings): Promise<boolean> {
  const answer = await client.get('/user/tokens/verify');
  if (answer.kind !== 'ok') return false;
  const { data } = z.object({ status: z.string() }).safeParse(answer.result);
  if (data === undefined) throw unexpected(settings, 'no status of the token');
  if (data.status !== 'active') {
    throw new UserError(
      `The token in CLOUDFLARE_API_TOKEN is ${data.status}; expected an active one (https://dash.cloudflare.com/profile/api-tokens).`,
    );
  }
  return true;
}

const invalidToken = (said: string): UserError =>
  new UserError(
    `Cloudflare doesn't accept the token in CLOUDFLARE_API_TOKEN ("${said}"): it is mistyped, expired, revoked, or not allowed from this machine's address; expected an active API token.`,
  );

/** From the name up, whole labels only: the closest zone of the account. */
async function findZone(
  name: string,
  client: CloudflareClient,
  settings: CloudflareSettings,
  vouched: boolean,
): Promise<Zone | null> {
  const labels = name.split('.');
  for (let from = 0; from < labels.length - 1; from += 1) {
    const candidate = labels.slice(from).join('.');
    const found = await zones(`/zones?name=${encodeURIComponent(candidate)}`, client, settings, vouched);
    const exact = found.filter((zone) => zone.name === candidate);
    const zone = exact.find(({ status }) => status === 'active') ?? exact[0];
    if (zone !== undefined) return zone;
  }
  const visible = await zones('/zones', client, settings, vouched);
  if (visible.length === 0) {
    throw new UserError(
      'The token in CLOUDFLARE_API_TOKEN sees no zone at all: it lacks the right Zone:Read, or is for other zones only; expected the rights Zone:Read and DNS:Edit for the zone of the name.',
    );
  }
  return null;
}

/** A sentence for a name without a zone, naming those that the token does see. @throws UserError as `openZone` does */
export async function noZoneSentence(name: string, world: Preflight, signal: AbortSignal): Promise<string> {
  const settings = cloudflareSettings(world.env);
  const visible = await zones('/zones', cloudflareClient(settings, world, signal), settings, true);
  const shown = zonesShown(visible.map((zone) => zone.name));
  return `No zone that the token in CLOUDFLARE_API_TOKEN sees holds ${name} (it sees ${shown})`;
}

async function zones(
  path: string,
  client: CloudflareClient,
  settings: CloudflareSettings,
  vouched: boolean,
): Promise<Zone[]> {
  const answer = await client.list(path, ZONES_A_PAGE);
  if (answer.kind === 'ok') return parse(z.array(zoneSchema), answer.result, settings, 'the list of zones');
  if (!vouched) throw invalidToken(answer.said);
  throw new UserError(
    `The token in CLOUDFLARE_API_TOKEN may not look up zones ("${answer.said}"); expected the rights Zone:Read and DNS:Edit.`,
  );
}

/**
 * A create request that can't be valid, without name and content: who may edit gets told what is wrong with it, who
 * may not is turned away first. Nothing is created either way.
 */
async function checkEdit(
  zone: Pick<Zone, 'id' | 'name'>,
  client: CloudflareClient,
  settings: CloudflareSettings,
  vouched = true,
): Promise<void> {
  const answer = await client.post(`/zones/${zone.id}/dns_records`, {
    type: 'A',
    name: '',
    content: '',
    ttl: 1,
  });
  if (answer.kind === 'ok') throw unexpected(settings, 'it accepts a record without name and content');
  if (answer.kind === 'denied') {
    if (!vouched) throw invalidToken(answer.said);
    throw new UserError(
      `The token in CLOUDFLARE_API_TOKEN may not change the DNS records of ${zone.name} ("${answer.said}"); expected the right DNS:Edit for this zone.`,
    );
  }
  if (answer.status === 404) {
    throw new UserError(
      `The zone ${zone.name} is no longer in the account that the token in CLOUDFLARE_API_TOKEN belongs to ("${answer.said}"); expected a token for the account that holds it.`,
    );
  }
}

async function recordsOf(
  name: string,
  zone: Zone,
  client: CloudflareClient,
  settings: CloudflareSettings,
): Promise<Omit<NameInZone, 'zone'>> {
  const at = async (owner: string, type?: string) => {
    const filter = `name.exact=${encodeURIComponent(owner)}${type === undefined ? '' : `&type=${type}`}`;
    const answer = await client.list(`/zones/${zone.id}/dns_records?${filter}`, RECORDS_A_PAGE);
    const records = parse(z.array(foundSchema), okOr(answer, zone), settings, 'the list of records');
    return records.filter((record) => record.name === owner && (type === undefined || record.type === type));
  };
  const own = await at(name);
  const addresses = own.flatMap((record): FoundRecord[] => {
    const content = parseAddress(record.content);
    if ((record.type !== 'A' && record.type !== 'AAAA') || content === null) return [];
    const { comment, tags, proxied, settings: special } = record;
    return [
      {
        ...record,
        type: record.type,
        content,
        comment: comment ?? null,
        tags: tags ?? [],
        proxied: proxied ?? false,
        settings: special ?? {},
      },
    ];
  });
  const cuts: string[] = [];
  for (let owner = name; owner !== zone.name; owner = owner.slice(owner.indexOf('.') + 1)) {
    const delegated =
      owner === name ? own.some(({ type }) => type === 'NS') : (await at(owner, 'NS')).length > 0;
    if (delegated) cuts.push(owner);
  }
  return {
    addresses,
    cname: own.find(({ type }) => type === 'CNAME')?.content ?? null,
    delegatedAt: cuts.at(-1) ?? null,
  };
}

function okOr(answer: ApiAnswer, zone: Zone): unknown {
  if (answer.kind === 'ok') return answer.result;
  throw new UserError(
    `The DNS records of ${zone.name} can't be read ("${answer.said}"); expected the right DNS:Edit for this zone.`,
  );
}

function parse<T>(schema: z.ZodType<T>, result: unknown, settings: CloudflareSettings, what: string): T {
  const { data } = schema.safeParse(result);
  if (data === undefined) throw unexpected(settings, `${what} has another form`);
  return data;
}
