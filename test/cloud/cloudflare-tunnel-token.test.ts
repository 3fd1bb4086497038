import { expect, test } from 'vitest';
import { tunnelToken } from '../../src/cloud/cloudflare/tunnel-token.ts';
import { nodePorts } from '../../src/ports/node/node-ports.ts';
import type { HttpRequest } from '../../src/ports/ports.ts';
import { testToken } from '../engine/cloudflare/api/access.ts';
import { tunnelTokenText } from '../support/tunnel-tokens.ts';

const ACCOUNT = '0123456789abcdef0123456789abcdef';
const TUNNEL = '6c1a1d5a-04d2-4b59-9a0e-3f6f0f6a2b11';
const TOKEN = testToken('tunnel-token');

/** Asks an API that answers once. */
async function asked(
  status: number,
  body: unknown,
): Promise<{ token: string; request: HttpRequest | undefined }> {
  let request: HttpRequest | undefined;
  const net = {
    http: async (each: HttpRequest) => {
      request = each;
      return { ok: true as const, status, headers: {}, body: JSON.stringify(body), ms: 1 };
    },
  };
  const env = { CLOUDFLARE_API_TOKEN: TOKEN };
  const world = { net, clock: nodePorts().clock, env };
  const token = await tunnelToken(
    { accountId: ACCOUNT, tunnelId: TUNNEL },
    world,
    new AbortController().signal,
  );
  return { token, request };
}

const error = (code: number, message: string) => ({
  success: false,
  errors: [{ code, message }],
  result: null,
});

test('the result is the token, as plain text', async () => {
  const text = tunnelTokenText(TUNNEL, 'x');
  const { token, request } = await asked(200, { success: true, errors: [], result: text });
  expect(token).toBe(text);
  expect(request?.url).toBe(
    `https://api.cloudflare.com/client/v4/accounts/${ACCOUNT}/cfd_tunnel/${TUNNEL}/token`,
  );
  expect(request?.method).toBe('GET');
});

test.each([
  [403, error(10_000, 'Authentication error'), 'expected the right Cloudflare Tunnel:Edit for the account'],
  [
    404,
    error(1_003, 'Tunnel not found'),
    `Cloudflare gives no token for the tunnel ${TUNNEL} ("Tunnel not found (1003)"); expected one that is there: \`reach4 down\` and then \`reach4 up\` make another.`,
  ],
  [200, { success: true, result: { token: 'x' } }, "doesn't speak like Cloudflare's API"],
])('%s %j', async (status, body, sentence) => {
  await expect(asked(status, body)).rejects.toThrow(sentence);
});
