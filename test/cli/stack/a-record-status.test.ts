import { describe, expect, test } from 'vitest';
import { aRecordStatus } from '../../../src/cli/stack/a-record/status.ts';
import { isFine } from '../../../src/cli/status/status.ts';
import { type RecordsAtCloudflare, recordsAtCloudflareSchema } from '../../../src/model/plan.ts';
import { parseTarget } from '../../../src/model/target.ts';
import { NAME, OLD4, WAN4, ZONE } from '../../support/names.ts';
import { contextOf } from './relay/planning.ts';

const plan = (leaveContent = false): RecordsAtCloudflare =>
  recordsAtCloudflareSchema.parse({
    schema: 'reach4/plan/1',
    remedy: 'a-record',
    provider: 'cloudflare',
    target: parseTarget(`https://${NAME}`),
    zone: { id: 'zone', name: ZONE },
    records: [
      {
        type: 'A',
        name: NAME,
        content: WAN4,
        ttl: 300,
        proxied: false,
        comment: null,
        tags: [],
        adopt: null,
        leaveContent,
      },
    ],
    proven: [],
    setAside: [],
    previous: [],
    restore: true,
    identity: null,
    monthlyUSD: 0,
  } satisfies RecordsAtCloudflare);

const UP = { resources: [{ type: 'pulumi:pulumi:Stack' }] };

async function look(a: readonly string[], deployment: unknown = UP, left = false) {
  const found = await aRecordStatus(plan(left), deployment, contextOf({ names: { [NAME]: { A: a } } }));
  const lines = found.parts.flatMap((part) => part.lines.map(({ state, text }) => `${state}: ${text}`));
  return { ...found, lines, fine: isFine(found) };
}

describe('the status of records', () => {
  test('as they should be', async () => {
    expect(await look([WAN4])).toMatchObject({
      fine: true,
      lines: ['fine: up', `fine: ${NAME} A ${WAN4}`],
      next: [],
      facts: { up: true, records: [{ name: NAME, type: 'A', expected: WAN4, now: [WAN4] }] },
    });
  });

  test('otherwise than they should be', async () => {
    const { fine, lines, next } = await look([OLD4]);
    expect(lines[1]).toMatch(`wrong: ${NAME} A ${OLD4}; it should be ${WAN4}`);
    expect({ fine, next }).toEqual({ fine: false, next: ['To put the DNS records right:  reach4 up'] });
  });

  test('whatever it is, where something else keeps it', async () => {
    expect((await look([OLD4], UP, true)).fine).toBe(true);
    expect((await look([], UP, true)).fine).toBe(false);
  });

  test('planned, and not up', async () => {
    expect(await look([], null)).toMatchObject({
      fine: false,
      lines: ['wrong: planned, and not up', `note: ${NAME} A none; planned is ${WAN4}`],
      next: ['Next:  reach4 up'],
    });
  });
});
