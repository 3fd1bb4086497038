import { describe, expect, onTestFinished, test } from 'vitest';
import type { RelayPlan } from '../../../../src/model/relay-plan.ts';
import { awsEnvironment, awsWorld, REGION } from '../../../cloud/aws/world.ts';
import { dnsEdit, testToken } from '../../../engine/cloudflare/api/access.ts';
import { startCloudflareApi } from '../../../engine/cloudflare/api/server.ts';
import type { RecordInput } from '../../../engine/cloudflare/record.ts';
import { NAME, STABLE6, ZONE } from '../../../support/names.ts';
import { planned, type Wish } from './planning.ts';

const TOKEN = testToken('relay-dns');
const AAAA: RecordInput = { type: 'AAAA', name: NAME, content: STABLE6, ttl: 300 };

/** Variables for an account at Cloudflare with this zone. */
async function cloudflare(zoneName: string, ...records: RecordInput[]): Promise<Record<string, string>> {
  const api = await startCloudflareApi({
    zones: [{ name: zoneName, records, now: () => new Date('2026-10-01T00:00:00Z') }],
    tokens: { [TOKEN]: dnsEdit },
  });
  onTestFinished(() => api[Symbol.asyncDispose]());
  return { CLOUDFLARE_API_TOKEN: TOKEN, CLOUDFLARE_BASE_URL: api.url };
}

/** An account at AWS with the zone, and this A record in it. */
const route53 = (values: readonly string[] = []) =>
  awsWorld(['*'], {
    zones: [
      {
        name: ZONE,
        id: 'Z0123456789ABCDEFGHIJ',
        records: [
          { name: NAME, type: 'AAAA', ttl: 300, values: [STABLE6] },
          ...(values.length === 0 ? [] : [{ name: NAME, type: 'A', ttl: 900, values: [...values] }]),
        ],
      },
    ],
  });

async function look(env: Record<string, string>, wish: Wish = {}) {
  const found = await planned({
    ...wish,
    relay: { region: REGION, ...wish.relay },
    around: { ...wish.around, env, realHttp: true },
  });
  return { ...found, flat: found.text.replaceAll(/\s+/gu, ' ') };
}

const dnsOf = (found: Awaited<ReturnType<typeof look>>): RelayPlan['dns'] => {
  if (!found.ok || found.plan === null) throw new Error(found.text);
  return found.plan.dns;
};

describe('where the A record is written', () => {
  test('at Cloudflare, where a token is set and the account has the zone', async () => {
    awsEnvironment({});
    const found = await look(await cloudflare(ZONE, AAAA));
    expect(dnsOf(found)).toMatchObject({ provider: 'cloudflare', zone: { name: ZONE }, previous: [] });
    expect(found.flat).toContain(
      `Writes, in the zone ${ZONE} at Cloudflare A ${NAME} the relay's address new, TTL 60 s`,
    );
    expect(found.flat).toContain('first the A record is removed then waits 60 s');
  });

  test('by hand, where nobody has it, and that is said', async () => {
    await awsWorld();
    const found = await look({});
    expect(dnsOf(found)).toMatchObject({ provider: 'manual', records: [{ name: NAME, ttl: 60 }] });
    expect(found.flat).toContain(
      `You write the A record by hand, because nothing was found that reach4 may write in: CLOUDFLARE_API_TOKEN is not set; at Route 53: the account has no zone for ${NAME}.`,
    );
  });

  test('by hand, where the credentials are for hosts only', async () => {
    await awsWorld(['lightsail:*']);
    expect((await look({})).flat).toMatch(/at Route 53: The credentials for AWS don't allow route53:/u);
  });
});

describe('the rights', () => {
  const policy = async (env: Record<string, string>, dns: 'cloudflare' | 'route53' | null) => {
    const found = await look(env, { relay: { iamPolicy: true, dns } });
    return (JSON.parse(found.text) as { Statement: { Sid: string; Resource: string }[] }).Statement;
  };

  test('are for the zone, where it is known', async () => {
    await route53();
    const statements = await policy({}, null);
    expect(statements.find(({ Sid }) => Sid === 'Route53Write')?.Resource).toBe(
      'arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ',
    );
  });

  test('can be asked for before anybody has any', async () => {
    awsEnvironment({});
    const statements = await policy({}, 'route53');
    expect(statements.find(({ Sid }) => Sid === 'Route53Write')?.Resource).toBe(
      'arn:aws:route53:::hostedzone/*',
    );
    expect((await policy({}, null)).map(({ Sid }) => Sid).join()).not.toContain('Route53');
    expect((await policy({ CLOUDFLARE_API_TOKEN: TOKEN }, null)).map(({ Sid }) => Sid).join()).not.toContain(
      'Route53',
    );
  });
});
