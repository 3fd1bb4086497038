import { z } from 'zod';
import { UserError } from '../../model/error.ts';
import { type CloudflareWorld, cloudflareClient, unexpected } from './client.ts';
import { cloudflareSettings } from './settings.ts';

/**
 * The token with which a connector of a tunnel signs in.
 * @throws UserError where the tunnel is gone, or the API token may not read it
 */
export async function tunnelToken(
  { accountId, tunnelId }: { readonly accountId: string; readonly tunnelId: string },
  world: CloudflareWorld & { readonly env: Readonly<Record<string, string | undefined>> },
  signal: AbortSignal,
): Promise<string> {
  const settings = cloudflareSettings(world.env);
  const client = cloudflareClient(settings, world, signal);
  const answer = await client.get(`/accounts/${accountId}/cfd_tunnel/${tunnelId}/token`);
  if (answer.kind === 'denied') {
    // Reading it needs the right to write (facts of the provider's documentation, 6.22.1).
    throw new UserError(
      `The token in CLOUDFLARE_API_TOKEN may not read the token of the tunnel ${tunnelId} ("${answer.said}"); expected the right Cloudflare Tunnel:Edit for the account.`,
    );
  }
  if (answer.kind === 'refused') {
    throw new UserError(
      `Cloudflare gives no token for the tunnel ${tunnelId} ("${answer.said}"); expected one that is there: \`reach4 down\` and then \`reach4 up\` make another.`,
    );
  }
  const { data } = z.string().min(1).safeParse(answer.result);
  if (data === undefined) throw unexpected(settings, 'the token of the tunnel has another form');
  return data;
}
