/** Where records are written and what a plan says, by the stand-ins of both providers' APIs; without the engine, nothing written. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { judge } from '../../../../src/cli/diagnose/judge.ts';
import { aRecordStack } from '../../../../src/cli/stack/a-record/stack.ts';
import type { StackContext } from '../../../../src/cli/stack/context.ts';
import { NO_RELAY_OPTIONS, type RelayOptions } from '../../../../src/cli/stack/relay/options.ts';
import type { Planned, Planning } from '../../../../src/cli/stack/remedy.ts';
import { PREVIOUS_RECORD_SETS_TYPE, RECORD_SET_TYPE } from '../../../../src/components/type-names.ts';
import type { ARecordPlan } from '../../../../src/model/plan.ts';
import type { Flags } from '../../../../src/remedies/a-record/outcome.ts';
import { testCredentials } from '../../../engine/aws/api/access.ts';
import { startAws } from '../../../engine/aws/api/server.ts';
import { dnsEdit, testToken } from '../../../engine/cloudflare/api/access.ts';
import { startCloudflareApi } from '../../../engine/cloudflare/api/server.ts';
import { caseOf } from '../../../support/home.ts';
import { NAME, OLD4, OTHER4, STABLE6, WAN4, ZONE } from '../../../support/names.ts';
import { contextOf } from '../relay/planning.ts';
import { NO_FLAGS, wrongA } from '../world.ts';

const TOKEN = testToken('a-record-zones');
const credentials = testCredentials('plan');
const NOW = new Date('2026-11-23T22:00:00Z');
const ID = 'Z0123456789';

const SET = { name: NAME, type: 'A', ttl: 1, values: [OLD4] };
const SET6 = { name: NAME, type: 'AAAA', ttl: 300, values: [STABLE6] };

interface Accounts {
  /** Whether the zone is at Cloudflare; null where there is no token. */
  readonly cloudflare?: boolean | null;
  /** The zone's sets at Route 53; null where there are no credentials, left out where the account has no such zone. */
  readonly route53?: readonly (typeof SET)[] | null;
  readonly allow?: string[];
}

async function accounts({ cloudflare = null, route53, allow = ['route53:*'] }: Accounts) {
  const api = await startCloudflareApi({
    zones: [{ name: cloudflare === true ? ZONE : 'example.com', id: 'zone-id' }],
    tokens: { [TOKEN]: dnsEdit },
  });
  const aws = await startAws({
    callers: { [credentials.accessKeyId]: { allow } },
    zones: route53 == null ? [] : [{ name: ZONE, id: ID, records: [...route53] }],
  });
  const env = {
    CLOUDFLARE_BASE_URL: api.url,
    CLOUDFLARE_API_TOKEN: cloudflare === null ? '' : TOKEN,
    AWS_ENDPOINT_URL: aws.url,
    AWS_ACCESS_KEY_ID: route53 === null ? '' : credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: route53 === null ? '' : credentials.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
    AWS_CONFIG_FILE: '/nonexistent',
  };
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const made = contextOf({ env, realHttp: true, page: { width: 100 } });
  const context: StackContext = {
    ...made,
    ports: { ...made.ports, dns: { ...made.ports.dns, nameServers: async () => null } },
  };
  return {
    context,
    plan: (
      flags: Partial<Flags> = {},
      relay: Partial<RelayOptions> = {},
      more: Partial<Planning> = {},
    ): Promise<Planned<ARecordPlan>> =>
      aRecordStack.plan(
        {
          diagnosis: judge(caseOf({ evidence: wrongA(OLD4) }), { at: NOW, by: '0.0.0', complete: true }),
          staleHours: null,
          stackName: 'home-example-org',
          earlier: null,
          deployment: null,
          options: { ...NO_FLAGS, ...flags, relay: { ...NO_RELAY_OPTIONS, ...relay } },
          now: NOW,
          ...more,
        },
        context,
      ),
    untouched: () => aws.exists().filter(({ service }) => service === 'route53').length === 0,
    [Symbol.asyncDispose]: async () => {
      await api[Symbol.asyncDispose]();
      await aws.stop();
    },
  };
}
afterEach(() => void vi.unstubAllEnvs());

const flat = ({ text }: { readonly text: string }): string => text.replaceAll(/\s+/gu, ' ');

function made(planned: Planned<ARecordPlan>): ARecordPlan {
  if (!planned.ok || planned.plan === null) throw new Error(planned.text);
  return planned.plan;
}

describe('where the records are written', () => {
  test.each<[string, Accounts, Partial<RelayOptions>, string]>([
    ['the account of the token, which has the zone', { cloudflare: true, route53: [SET] }, {}, 'cloudflare'],
    ['the AWS account, where that of the token hasn’t', { cloudflare: false, route53: [SET] }, {}, 'route53'],
    ['the AWS account, without a token', { route53: [SET] }, {}, 'route53'],
    ['where it is said', { cloudflare: true, route53: [SET] }, { dns: 'route53' }, 'route53'],
  ])('%s', async (_, who, relay, provider) => {
    await using the = await accounts(who);
    expect(made(await the.plan({ adopt: true }, relay)).provider).toBe(provider);
    expect(the.untouched()).toBe(true);
  });

  test('nowhere: said with what was looked for', async () => {
    await using none = await accounts({ route53: null });
    await expect(none.plan()).rejects.toThrow(
      `Nothing was found that reach4 may write ${NAME} in: CLOUDFLARE_API_TOKEN is not set; at Route 53: there are no credentials for AWS; expected`,
    );
    await using empty = await accounts({});
    await expect(empty.plan()).rejects.toThrow(
      /at Route 53: the account has no zone for home\.example\.org;/u,
    );
    await using said = await accounts({});
    expect(flat(await said.plan({}, { dns: 'route53' }))).toContain(
      `No public zone of the AWS account holds ${NAME} (it has none); expected credentials for the account`,
    );
    await expect(said.plan({}, { dns: 'manual' })).rejects.toThrow(/--dns manual is for a relay/u);
  });

  test('who may not change them is told so before anything is written', async () => {
    await using the = await accounts({ route53: [SET], allow: ['route53:List*', 'route53:Get*'] });
    await expect(the.plan({ adopt: true }, { dns: 'route53' })).rejects.toThrow(
      /may not change the A record of home\.example\.org in example\.org .*`reach4 plan` prints with --iam-policy/u,
    );
  });
});

describe('what is said', () => {
  test('old and new, what comes back, and that a TTL of 1 is a second there', async () => {
    await using the = await accounts({ route53: [SET, SET6] });
    const refused = flat(await the.plan());
    expect(refused).toContain(`There is already ${NAME} A ${OLD4} (TTL 1 s), which this stack did not make.`);
    expect(refused).toContain('reach4 plan --adopt take it over;');
    const planned = flat(await the.plan({ adopt: true }));
    for (const part of [
      `Writes, in the zone ${ZONE} at Route 53 A ${NAME} ${OLD4} -> ${WAN4} taken over, TTL 1 s`,
      `A ${NAME} ${OLD4} comes back, TTL 1 s`,
      'its TTL is only 1 s. If so, --leave-content leaves its content to it.',
      'Costs nothing: $0 a month.',
    ]) {
      expect(planned).toContain(part);
    }
    expect(planned).not.toContain('automatic');
    const left = flat(await the.plan({ leaveContent: true }));
    expect(left).toContain(`A ${NAME} ${OLD4} (stays) its content is left alone, TTL 1 s`);
    expect(left).toContain(`A ${NAME} ${OLD4} stays`);
  });

  test('the least rights, for the types that are changed, also before anybody has them', async () => {
    await using the = await accounts({ route53: [SET] });
    const policy = await the.plan({}, { iamPolicy: true });
    expect(policy).toMatchObject({ ok: true, plan: null });
    expect(JSON.parse(policy.text).Statement).toContainEqual({
      Sid: 'Route53Write',
      Effect: 'Allow',
      Action: ['route53:ChangeResourceRecordSets'],
      Resource: `arn:aws:route53:::hostedzone/${ID}`,
      Condition: {
        'ForAllValues:StringEquals': {
          'route53:ChangeResourceRecordSetsNormalizedRecordNames': [NAME],
          'route53:ChangeResourceRecordSetsRecordTypes': ['A'],
        },
      },
    });
    await using nobody = await accounts({ route53: null });
    expect((await nobody.plan({}, { iamPolicy: true })).text).toContain('hostedzone/*');
    await expect(nobody.plan({}, { iamPolicy: true, dns: 'cloudflare' })).rejects.toThrow(
      /these records are at Cloudflare/u,
    );
  });
});

describe('while the stack is up', () => {
  const deployment = {
    resources: [
      { type: 'pulumi:pulumi:Stack' },
      {
        type: PREVIOUS_RECORD_SETS_TYPE,
        outputs: {
          zoneId: ID,
          previous: [{ type: 'A', name: NAME, ttl: 1, values: [OLD4] }],
          taken: [{ type: 'A', name: NAME, ttl: 1, from: [OLD4], to: [WAN4] }],
        },
      },
      {
        type: RECORD_SET_TYPE,
        importID: `${ID}_${NAME}_A`,
        outputs: { zoneId: ID, name: NAME, type: 'A', ttl: 1, records: [WAN4] },
      },
    ],
  };

  test('it is planned again from its state, though its configuration was lost', async () => {
    await using the = await accounts({ cloudflare: true, route53: [{ ...SET, values: [WAN4] }] });
    expect(made(await the.plan({}, {}, { deployment }))).toMatchObject({
      provider: 'route53',
      records: [{ values: [WAN4], adopt: { values: [OLD4] } }],
      previous: [{ values: [OLD4], ttl: 1 }],
    });
  });

  test('its records don’t move to another provider', async () => {
    await using the = await accounts({ cloudflare: true, route53: [{ ...SET, values: [WAN4] }] });
    expect(flat(await the.plan({}, { dns: 'cloudflare' }, { deployment }))).toContain(
      `The stack is up, and its records are those of ${NAME} in the zone ${ID} at Route 53; they can't move while it is`,
    );
  });

  test('what is promised is the whole set, and status looks for it', async () => {
    await using the = await accounts({ route53: [{ ...SET, values: [OLD4] }] });
    const plan = made(await the.plan({ adopt: true }));
    if (plan.provider !== 'route53') throw new Error('not at Route 53');
    const records = plan.records.map((record) => ({ ...record, values: [WAN4, OTHER4] }));
    const both = { ...plan, records };
    expect((await aRecordStack.promised(both, '', the.context)).records).toEqual([
      { type: 'A', content: WAN4, beside: [OTHER4], leaveContent: false },
    ]);
    const look = (A: readonly string[]) =>
      aRecordStack.status(both, deployment, { agents: [] }, contextOf({ names: { [NAME]: { A } } }));
    expect((await look([OTHER4, WAN4])).next).toEqual([]);
    const wrong = await look([WAN4]);
    expect(wrong.parts[1]?.lines[0]?.text).toContain(`it should be ${WAN4}, ${OTHER4}`);
    expect(wrong.next).toEqual(['To put the DNS records right:  reach4 up']);
  });
});
