/** Where the records of a relay go, as `reach4 plan` finds out: the stand-ins of both providers' APIs, nothing written. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { judge } from '../../../../src/cli/diagnose/judge.ts';
import type { StackContext } from '../../../../src/cli/stack/context.ts';
import { type ChosenDns, chooseDns, type DnsWish } from '../../../../src/cli/stack/relay/dns.ts';
import type { RelayDns } from '../../../../src/model/relay-plan.ts';
import { nodePorts } from '../../../../src/ports/node/node-ports.ts';
import { privateFiles } from '../../../../src/ports/node/private-file.ts';
import { relayPlanOf } from '../../../components/relay-plans.ts';
import { testCredentials } from '../../../engine/aws/api/access.ts';
import type { AwsOptions } from '../../../engine/aws/api/options.ts';
import { startAws } from '../../../engine/aws/api/server.ts';
import { dnsEdit, testToken } from '../../../engine/cloudflare/api/access.ts';
import { startCloudflareApi } from '../../../engine/cloudflare/api/server.ts';
import type { RecordInput } from '../../../engine/cloudflare/record.ts';
import { caseOf, LINE, SIX, zone } from '../../../support/home.ts';
import { NAME, OLD4, STABLE6, VPS4, ZONE } from '../../../support/names.ts';

const TOKEN = testToken('relay-dns');
const credentials = testCredentials('plan');
const NOW = new Date('2026-11-23T22:00:00Z');
const ID = 'Z0123456789';

interface Accounts {
  /** Records of the zone at Cloudflare; null is an account without it, and left out, no token at all. */
  readonly cloudflare?: readonly RecordInput[] | null;
  /** Zones at Route 53; null for credentials without any right there; left out, no credentials. */
  readonly route53?: AwsOptions['zones'] | null;
}

async function accounts({ cloudflare, route53 }: Accounts) {
  const api = await startCloudflareApi({
    zones: [
      cloudflare === null
        ? { name: 'example.com', id: 'other' }
        : {
            name: ZONE,
            id: 'zone-id',
            records: [...(cloudflare ?? [])],
            now: () => new Date('2026-11-01T00:00:00Z'),
          },
    ],
    tokens: { [TOKEN]: dnsEdit },
  });
  const allow = route53 === null ? ['lightsail:*'] : ['route53:*'];
  const aws = await startAws({
    callers: { [credentials.accessKeyId]: { allow } },
    zones: route53 ?? [],
  });
  const known = route53 !== undefined;
  const env = {
    CLOUDFLARE_BASE_URL: api.url,
    AWS_ENDPOINT_URL: aws.url,
    AWS_ACCESS_KEY_ID: known ? credentials.accessKeyId : '',
    AWS_SECRET_ACCESS_KEY: known ? credentials.secretAccessKey : '',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
    AWS_CONFIG_FILE: '/nonexistent',
    ...(cloudflare === undefined ? {} : { CLOUDFLARE_API_TOKEN: TOKEN }),
  };
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const real = nodePorts();
  const context: StackContext = {
    ports: {
      ...real,
      dns: { ...real.dns, resolvers: async () => [], nameServers: async () => null },
    },
    privateFiles,
    io: { out: () => {}, err: () => {}, isTTY: false, page: { width: 80, color: false, drawing: false } },
    folder: '/nowhere',
    env,
    signal: new AbortController().signal,
  };
  return {
    choose: (wish: Partial<DnsWish> = {}): Promise<ChosenDns> =>
      chooseDns(
        {
          names: [NAME],
          provider: null,
          adopt: false,
          ownContent: false,
          restore: true,
          earlier: null,
          diagnosis: judge(caseOf({ evidence: [...LINE, ...SIX, ...zone([OLD4])] }), {
            at: NOW,
            by: '0.0.0',
            complete: true,
          }),
          deployment: null,
          stackName: 'home-example-org',
          now: NOW,
          ...wish,
        },
        context,
      ),
    untouched: () =>
      aws.exists().filter(({ service }) => service === 'route53').length === 0 &&
      (api.zones[0]?.list().length ?? 0) === (cloudflare?.length ?? 0),
    [Symbol.asyncDispose]: async () => {
      await api[Symbol.asyncDispose]();
      await aws.stop();
    },
  };
}
afterEach(() => void vi.unstubAllEnvs());

function chosen(found: ChosenDns): Extract<ChosenDns, { ok: true }> {
  if (!found.ok) throw new Error(found.because.join(' '));
  return found;
}
function refused(found: ChosenDns): Extract<ChosenDns, { ok: false }> {
  if (found.ok) throw new Error('it is planned');
  return found;
}

const A = { type: 'A', name: NAME, content: OLD4, ttl: 1800, comment: 'home' };
const AAAA = { type: 'AAAA', name: NAME, content: STABLE6, ttl: 300 };
const SET = { name: NAME, type: 'A', ttl: 1800, values: [OLD4] };
const SET6 = { name: NAME, type: 'AAAA', ttl: 300, values: [STABLE6] };
const HOSTED = [{ name: ZONE, id: ID, records: [SET, SET6] }];

describe('without a word where', () => {
  test('Cloudflare, where the token’s account holds the zone', async () => {
    await using the = await accounts({ cloudflare: [AAAA], route53: HOSTED });
    expect(chosen(await the.choose())).toMatchObject({
      dns: {
        provider: 'cloudflare',
        zone: { id: 'zone-id', name: ZONE },
        records: [{ name: NAME, ttl: 60 }],
      },
      now: new Map([[NAME, []]]),
      notes: [],
    });
    expect(the.untouched()).toBe(true);
  });

  test('else Route 53, where that does', async () => {
    await using the = await accounts({ cloudflare: null, route53: HOSTED });
    expect(chosen(await the.choose({ adopt: true }))).toMatchObject({
      dns: { provider: 'route53', zone: { id: ID }, records: [{ name: NAME, ttl: 60, adopt: true }] },
      now: new Map([[NAME, [OLD4]]]),
    });
    expect(the.untouched()).toBe(true);
  });

  test('else by hand', async () => {
    await using the = await accounts({ cloudflare: null, route53: [{ name: 'example.com' }] });
    const { dns, notes } = chosen(await the.choose());
    expect(dns.provider).toBe('manual');
    expect(notes.join()).toMatch(
      /by hand, because .*CLOUDFLARE_API_TOKEN has no zone for home\.example\.org/u,
    );
    await using nothing = await accounts({});
    expect(chosen(await nothing.choose()).notes.join()).toMatch(/CLOUDFLARE_API_TOKEN is not set/u);
  });

  test('by hand too where Route 53 may not be looked at, which is told', async () => {
    await using the = await accounts({ route53: null });
    const { dns, notes } = chosen(await the.choose());
    expect(dns.provider).toBe('manual');
    expect(notes.join(' ')).toMatch(/by hand, because .* at Route 53: .*ListHostedZonesByName/u);
    await expect(the.choose({ provider: 'route53' })).rejects.toThrow(/don't allow route53:/u);
  });
});

describe('what is in the way', () => {
  test('a record that is there, and what to type', async () => {
    await using the = await accounts({ cloudflare: [A, AAAA] });
    expect(refused(await the.choose())).toEqual({
      ok: false,
      because: [
        `There is already ${NAME} A ${OLD4} (TTL 1800 s, "home"), which this stack did not make. It is not overwritten unless you say so.`,
      ],
      next: [
        'reach4 plan --remedy relay --adopt   take it over; its old value is kept and comes back when the stack goes',
      ],
    });
  });

  test('one that something else keeps', async () => {
    await using the = await accounts({ cloudflare: [{ ...A, comment: 'ddclient' }, AAAA] });
    const { because, next } = refused(await the.choose({ adopt: true }));
    expect(because[0]).toMatch(/looks kept by something else, .*"ddclient".* turn the record back/u);
    expect(next[0]).toContain('--own-content');
    expect(chosen(await the.choose({ ownContent: true })).dns).toMatchObject({
      records: [{ adopt: { recordId: expect.any(String) } }],
    });
  });

  test.each([
    ['cloudflare', { cloudflare: null }, /No zone that the token .* sees holds home\.example\.org/u],
    [
      'route53',
      { route53: [{ name: 'example.com' }] },
      /No public zone of the AWS account holds .*\(it has example\.com\)/u,
    ],
  ] as const)('no zone at %s, though it was said', async (provider, account, sentence) => {
    await using the = await accounts(account as Accounts);
    const { because, next } = refused(await the.choose({ provider }));
    expect(because[0]).toMatch(sentence);
    expect(next[0]).toContain('--dns manual');
  });

  test('a stack that is up with its records elsewhere', async () => {
    await using the = await accounts({ cloudflare: [AAAA], route53: HOSTED });
    const before: RelayDns = chosen(await the.choose()).dns;
    const deployment = { resources: [{ type: 'pulumi:pulumi:Stack' }] };
    const { because, next } = refused(
      await the.choose({ provider: 'route53', earlier: relayPlanOf(before), deployment }),
    );
    expect(because[0]).toContain(`its records are in the zone ${ZONE} at Cloudflare; they can't move`);
    expect(next).toEqual([]);
  });
});

test('planned again, by what the stack’s state says: the same', async () => {
  await using the = await accounts({ cloudflare: [A, AAAA] });
  const first = chosen(await the.choose({ adopt: true })).dns;
  if (first.provider !== 'cloudflare') throw new Error('elsewhere');
  const deployment = {
    resources: [
      { type: 'pulumi:pulumi:Stack', outputs: { address: VPS4, host: 'h' } },
      {
        type: 'pulumi-nodejs:dynamic/reach4:NameRecords',
        outputs: {
          zoneId: 'zone-id',
          name: NAME,
          types: ['A'],
          records: [{ type: 'A', content: VPS4, recordId: first.records[0]?.adopt?.recordId }],
          previous: first.previous,
          back: first.previous,
          made: [],
        },
      },
    ],
  };
  expect(chosen(await the.choose({ earlier: relayPlanOf(first), deployment })).dns).toEqual(first);
  // The plan in the configuration may have been lost: what the state holds is as good.
  expect(chosen(await the.choose({ provider: 'cloudflare', deployment })).dns).toEqual(first);
});

test('planned again at Route 53, by the state', async () => {
  await using the = await accounts({ route53: HOSTED });
  const first = chosen(await the.choose({ adopt: true })).dns;
  if (first.provider !== 'route53') throw new Error('elsewhere');
  const deployment = {
    resources: [
      { type: 'pulumi:pulumi:Stack', outputs: { address: VPS4, host: 'h' } },
      { type: 'aws:route53/record:Record', importID: `${ID}_${NAME}_A`, outputs: { name: NAME } },
      {
        type: 'pulumi-nodejs:dynamic/reach4:PreviousRecordSets',
        outputs: { zoneId: ID, previous: first.previous },
      },
    ],
  };
  expect(chosen(await the.choose({ provider: 'route53', deployment })).dns).toEqual(first);
});

test('a target that is an address has no name to write', async () => {
  await using the = await accounts({});
  const { dns, notes } = chosen(await the.choose({ names: [] }));
  expect(dns).toEqual({ provider: 'manual', records: [] });
  expect(notes[0]).toContain('an address, so there is no name to write in DNS');
});
