import { z } from 'zod';

/** Characters; one that Cloudflare gives has about 180. */
const MAX_LENGTH = 2_000;

/**
 * What a tunnel's token says of itself (cloudflared, connection/connection.go, TunnelToken): the account, the tunnel,
 * and the secret. The account is 32 hexadecimal digits (Cloudflare's API reference).
 */
const tokenSchema = z.object({
  a: z.string().regex(/^[0-9a-f]{32}$/u),
  t: z.guid().transform((id) => id.toLowerCase()),
  s: z.base64().min(1),
});

/** A tunnel, as its token names it. */
export interface TunnelOfToken {
  readonly accountId: string;
  readonly tunnelId: string;
}

/** Which tunnel a token is for; null where the text is none. It goes nowhere but into a connector's own file. */
export function tunnelOfToken(token: string): TunnelOfToken | null {
  if (token.length > MAX_LENGTH || !z.base64().min(1).safeParse(token).success) return null;
  try {
    const { data } = tokenSchema.safeParse(JSON.parse(Buffer.from(token, 'base64').toString('utf8')));
    return data === undefined ? null : { accountId: data.a, tunnelId: data.t };
  } catch {
    return null;
  }
}
