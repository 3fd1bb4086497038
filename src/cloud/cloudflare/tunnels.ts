import { z } from 'zod';
import { UserError } from '../../model/error.ts';
import { type CloudflareClient, type CloudflareWorld, cloudflareClient, unexpected } from './client.ts';
import { type CloudflareSettings, cloudflareSettings } from './settings.ts';

export interface TunnelWorld extends CloudflareWorld {
  readonly env: Readonly<Record<string, string | undefined>>;
}

const idSchema = z.string().regex(/^[0-9A-Za-z_-]{1,64}$/u);

const accountSchema = z.object({ id: idSchema, name: z.string().catch('') });
export type Account = z.infer<typeof accountSchema>;

const tunnelSchema = z.object({
  id: idSchema,
  name: z.string(),
  status: z.string().catch('unknown'),
  deleted_at: z.string().nullish(),
});

/** One cloudflared (Cloudflare's API reference, "List Cloudflare Tunnel connections"). */
const connectorSchema = z.object({
  id: z.string(),
  version: z.string().catch(''),
  conns: z
    .array(z.object({ colo_name: z.string().catch(''), is_pending_reconnect: z.boolean().catch(false) }))
    .nullish(),
});

/** A connector of a tunnel, as Cloudflare sees it. */
export interface Connector {
  readonly id: string;
  /** Of cloudflared; empty where it doesn't say. */
  readonly version: string;
  /** Data centres that it is connected to now, one for each connection. */
  readonly at: readonly string[];
}

export interface TunnelNow {
  /** Somebody deleted it at Cloudflare; the provider doesn't notice that. */
  readonly deleted: boolean;
  /** As Cloudflare says: inactive, healthy, degraded, down. */
  readonly status: string;
  /** Those that are connected now. */
  readonly connectors: readonly Connector[];
}

const NEEDED = 'Account > Cloudflare Tunnel > Edit';

/** What no tunnel is called: to ask for its end shows who may end one, and ends none. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/**
 * Finds the account that a zone is in, and makes sure, before anything is changed, that the token may make tunnels there.
 * @throws UserError with one sentence for whatever is in the way
 */
export async function openTunnels(
  zone: { readonly id: string; readonly name: string },
  world: TunnelWorld,
  signal: AbortSignal,
): Promise<Account> {
  const { client, settings } = open(world, signal);
  const answer = await client.get(`/zones/${zone.id}`);
  if (answer.kind !== 'ok') {
    throw new UserError(
      `The zone ${zone.name} can't be read ("${answer.said}"); expected the right Zone:Read for it.`,
    );
  }
  const { account } = parse(z.object({ account: accountSchema }), answer.result, settings, 'the zone');
  await checkEdit(account, client);
  return account;
}

/** Makes sure that the token can still make and end tunnels. @throws UserError as `openTunnels` does */
export const checkTunnels = (account: Account, world: TunnelWorld, signal: AbortSignal): Promise<void> =>
  checkEdit(account, open(world, signal).client);

async function checkEdit({ id, name }: Account, client: CloudflareClient): Promise<void> {
  const answer = await client.delete(`/accounts/${id}/cfd_tunnel/${NOBODY}`);
  if (answer.kind !== 'denied') return;
  throw new UserError(
    `The token in CLOUDFLARE_API_TOKEN may not make tunnels in the account ${name || id} ("${answer.said}"); expected the right ${NEEDED} beside those for the zone.`,
  );
}

/** How a tunnel is now; null where Cloudflare knows none. @throws UserError where that can't be told */
export async function tunnelNow(
  accountId: string,
  tunnelId: string,
  world: TunnelWorld,
  signal: AbortSignal,
): Promise<TunnelNow | null> {
  const { client, settings } = open(world, signal);
  const path = `/accounts/${accountId}/cfd_tunnel/${tunnelId}`;
  const answer = await client.get(path);
  if (answer.kind === 'refused' && answer.status === 404) return null;
  if (answer.kind !== 'ok') throw unreadable(answer.said);
  const { status, deleted_at: deletedAt } = parse(tunnelSchema, answer.result, settings, 'the tunnel');
  const deleted = typeof deletedAt === 'string';
  if (deleted) return { deleted, status, connectors: [] };
  const connections = await client.get(`${path}/connections`);
  if (connections.kind !== 'ok') throw unreadable(connections.said);
  const found = parse(z.array(connectorSchema), connections.result, settings, 'the list of connections');
  const connectors = found.map(({ id, version, conns }) => ({
    id,
    version,
    // Cloudflare goes on listing one for minutes after it is gone.
    at: (conns ?? []).filter((one) => !one.is_pending_reconnect).map((one) => one.colo_name),
  }));
  return { deleted, status, connectors: connectors.filter(({ at }) => at.length > 0) };
}

/**
 * Makes sure that nobody has the name of a tunnel that is about to be made. The name is the stack's alone, so one that
 * has it was made by an `up` that broke off before that was recorded: it is taken away. Cloudflare refuses a name twice,
 * and the provider would try for minutes.
 * @throws UserError where it can't be taken away, as when a connector is on it
 */
export async function freeTunnelName(
  accountId: string,
  name: string,
  world: TunnelWorld,
  signal: AbortSignal,
): Promise<void> {
  const { client, settings } = open(world, signal);
  const path = `/accounts/${accountId}/cfd_tunnel`;
  const answer = await client.get(`${path}?name=${encodeURIComponent(name)}&is_deleted=false`);
  if (answer.kind !== 'ok') throw unreadable(answer.said);
  const found = parse(z.array(tunnelSchema), answer.result, settings, 'the list of tunnels');
  for (const { id } of found.filter((one) => one.name === name && typeof one.deleted_at !== 'string')) {
    const gone = await client.delete(`${path}/${id}`);
    if (gone.kind === 'ok' || (gone.kind === 'refused' && gone.status === 404)) continue;
    throw new UserError(
      `There is a tunnel ${name} already, which an earlier run made and didn't record, and it can't be taken away ("${gone.said}"); delete it at Cloudflare (Networks > Tunnels), and run this again.`,
    );
  }
}

const unreadable = (said: string): UserError =>
  new UserError(`The tunnels can't be read ("${said}"); expected a token with the right ${NEEDED}.`);

function open(
  world: TunnelWorld,
  signal: AbortSignal,
): { readonly client: CloudflareClient; readonly settings: CloudflareSettings } {
  const settings = cloudflareSettings(world.env);
  return { client: cloudflareClient(settings, world, signal), settings };
}

function parse<T>(schema: z.ZodType<T>, result: unknown, settings: CloudflareSettings, what: string): T {
  const { data } = schema.safeParse(result);
  if (data === undefined) throw unexpected(settings, `${what} has another form`);
  return data;
}
