import { describe, expect, onTestFinished, test } from 'vitest';
import type { RelayPlan } from '../../../../src/model/relay-plan.ts';
import { awsEnvironment, awsWorld, REGION } from '../../../cloud/aws/world.ts';
import { dnsEdit, testToken } from '../../../engine/cloudflare/api/access.ts';
import { startCloudflareApi } from '../../../engine/cloudflare/api/server.ts';
import type { RecordInput } from '../../../engine/cloudflare/record.ts';
import { LINE, SIX, zone as zoneSays } from '../../../support/home.ts';
import { NAME, OLD4, STABLE6, ZONE } from '../../../support/names.ts';
import { planned, type Wish } from './planning.ts';

const TOKEN = testToken('relay-dns');
const AAAA: RecordInput = { type: 'AAAA', name: NAME, content: STABLE6, ttl: 300 };
const A_OLD: RecordInput = { type: 'A', name: NAME, content: OLD4, ttl: 1800, comment: 'home' };
const OLD = { evidence: [...LINE, ...SIX, ...zoneSays([OLD4])] };

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

  test('at Route 53, where that has it and Cloudflare has not', async () => {
    await route53();
    const found = await look(await cloudflare('example.net'));
    expect(dnsOf(found)).toMatchObject({ provider: 'route53', zone: { id: 'Z0123456789ABCDEFGHIJ' } });
    expect(found.flat).toContain(`in the zone ${ZONE} at Route 53`);
  });

  test('by hand, where nobody has it, and that is said', async () => {
    await awsWorld();
    const found = await look({});
    expect(dnsOf(found)).toMatchObject({ provider: 'manual', records: [{ name: NAME, ttl: 60 }] });
    expect(found.flat).toContain(
      `You write the A record by hand, because nothing that reach4 may write in was found: CLOUDFLARE_API_TOKEN is not set; at Route 53: the account has no zone for ${NAME}.`,
    );
  });

  test('by hand, where the credentials are for hosts only', async () => {
    await awsWorld(['lightsail:*']);
    expect((await look({})).flat).toMatch(/at Route 53: The credentials for AWS don't allow route53:/u);
  });

  test('where the user says', async () => {
    await route53();
    const env = await cloudflare(ZONE, AAAA);
    expect(dnsOf(await look(env, { relay: { dns: 'route53' } })).provider).toBe('route53');
    expect(dnsOf(await look(env, { relay: { dns: 'manual' } })).provider).toBe('manual');
    await expect(look({}, { relay: { dns: 'cloudflare' } })).rejects.toThrow(
      /CLOUDFLARE_API_TOKEN is not set/u,
    );
  });

  test('nowhere, where the zone that was asked for is not there', async () => {
    const found = await look(await cloudflare('example.net'), { relay: { dns: 'cloudflare' } });
    expect(found.ok).toBe(false);
    expect(found.flat).toMatch(/No zone .* holds home\.example\.org \(it sees example\.net\).*--dns manual/u);
  });
});

describe('a record that is there', () => {
  test('at Cloudflare is taken over only when told to, and comes back', async () => {
    awsEnvironment({});
    const env = await cloudflare(ZONE, AAAA, A_OLD);
    const refused = await look(env, { scene: OLD });
    expect(refused.ok).toBe(false);
    expect(refused.flat).toContain(`There is already ${NAME} A ${OLD4} (TTL 1800 s, "home")`);
    expect(refused.flat).toContain('To go on: reach4 plan --remedy relay --adopt');

    const adopted = await look(env, { scene: OLD, flags: { adopt: true } });
    expect(dnsOf(adopted)).toMatchObject({ restore: true, previous: [{ content: OLD4, ttl: 1800 }] });
    expect(adopted.flat).toContain(`A ${NAME} ${OLD4} -> the relay's address taken over, TTL 60 s`);
    expect(adopted.flat).toContain(`first A ${OLD4} comes back`);
    const not = await look(env, { scene: OLD, flags: { adopt: true, restore: false } });
    expect(not.flat).toContain('first the A record is removed');
  });

  test('at Route 53 too', async () => {
    await route53([OLD4]);
    expect((await look({}, { scene: OLD })).flat).toContain(`There is already ${NAME} A ${OLD4} (TTL 900 s)`);
    const adopted = await look({}, { scene: OLD, flags: { adopt: true } });
    expect(dnsOf(adopted)).toMatchObject({ previous: [{ name: NAME, ttl: 900, values: [OLD4] }] });
  });

  test('that something else keeps needs the stronger word', async () => {
    awsEnvironment({});
    const env = await cloudflare(ZONE, AAAA, { ...A_OLD, comment: 'ddclient' });
    const found = await look(env, { scene: OLD, flags: { adopt: true } });
    expect(found.flat).toMatch(/looks kept by something else.*it says "ddclient".*--own-content/u);
    expect((await look(env, { scene: OLD, flags: { ownContent: true } })).ok).toBe(true);
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
