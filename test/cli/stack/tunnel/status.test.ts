import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tunnelStatus } from '../../../../src/cli/stack/tunnel/status.ts';
import { isFine } from '../../../../src/cli/status/status.ts';
import { testToken, tunnelEdit } from '../../../engine/cloudflare/api/access.ts';
import { type CloudflareApi, startCloudflareApi } from '../../../engine/cloudflare/api/server.ts';
import { NAME, PROXY4, PROXY6, STABLE6 } from '../../../support/names.ts';
import { contextOf } from '../relay/planning.ts';
import { deployed, tunnelPlan } from './plans.ts';

const TOKEN = testToken('status');
const AT_EDGE = { A: [PROXY4], AAAA: [PROXY6] };

let api: CloudflareApi;
let id: string;
beforeEach(async () => {
  api = await startCloudflareApi({ zones: [], tokens: { [TOKEN]: tunnelEdit } });
  id = api.tunnels.create({ name: 'home', config_src: 'cloudflare' }).id;
});
afterEach(() => api[Symbol.asyncDispose]());

async function look(deployment: unknown, dns: { A: string[]; AAAA: string[] }, token = TOKEN) {
  const env = { CLOUDFLARE_API_TOKEN: token, CLOUDFLARE_BASE_URL: api.url };
  const context = contextOf({ names: { [NAME]: dns }, env, realHttp: true });
  const status = await tunnelStatus(tunnelPlan(), deployment, context);
  const lines = status.parts.flatMap((part) => part.lines.map(({ state, text }) => `${state}: ${text}`));
  return { ...status, lines, fine: isFine(status) };
}

describe('the status of a tunnel', () => {
  test('connected, and the name leads there', async () => {
    api.tunnels.connect(api.tunnels.token(id), null);
    expect(await look(deployed(true, id), AT_EDGE)).toMatchObject({
      fine: true,
      lines: [
        'fine: up',
        'fine: cloudflared 2026.4.0, 4 connections (fra06, ams01)',
        `fine: ${NAME} A ${PROXY4} (Cloudflare)`,
        `fine: ${NAME} AAAA ${PROXY6} (Cloudflare)`,
      ],
      facts: { up: true, tunnel: id, connected: true },
      next: [],
    });
  });

  test('never connected: what to do on the server, and then here', async () => {
    const { fine, lines, next } = await look(deployed(false, id), { A: [], AAAA: [STABLE6] });
    expect(fine).toBe(false);
    expect(lines).toContain('wrong: none was ever connected');
    expect(lines.at(-1)).toMatch(/^note: .*leads to the tunnel once a connector was seen/u);
    expect(next).toEqual(['On the server:  reach4 connector install; then here:  reach4 up']);
  });

  test('connected, and the name does not lead there yet', async () => {
    api.tunnels.connect(api.tunnels.token(id), null);
    expect((await look(deployed(false, id), { A: [], AAAA: [STABLE6] })).next).toEqual([
      'To lead the name to the tunnel:  reach4 up',
    ]);
  });

  test('lost: said, with the command that tells why', async () => {
    api.tunnels.lose(api.tunnels.connect(api.tunnels.token(id), null));
    const { lines, next } = await look(deployed(true, id), AT_EDGE);
    expect(lines).toContain('wrong: none is connected (down)');
    expect(next).toEqual(['On the server, to see why:  reach4 connector status']);
  });

  test('deleted by hand', async () => {
    api.tunnels.delete(id, true);
    const { lines, next } = await look(deployed(true, id), AT_EDGE);
    expect(lines[1]).toMatch(/^wrong: the tunnel is gone/u);
    expect(next).toEqual(['To make another tunnel:  reach4 down, and then reach4 up']);
  });

  test('the name leads elsewhere', async () => {
    api.tunnels.connect(api.tunnels.token(id), null);
    const { lines } = await look(deployed(true, id), { A: [], AAAA: [STABLE6] });
    expect(lines.slice(2)).toEqual([
      expect.stringMatching(/^wrong: .* A none; it should be Cloudflare's/u),
      expect.stringMatching(/^wrong: .* AAAA .*; it should be Cloudflare's/u),
    ]);
  });

  test('not up; and nobody may look', async () => {
    expect((await look(null, AT_EDGE)).next).toEqual(['Next:  reach4 up']);
    const { lines, fine } = await look(deployed(true, id), AT_EDGE, testToken('nobody'));
    expect(lines[1]).toMatch(/^unknown: The tunnels can't be read/u);
    expect(fine).toBe(false);
  });
});
