import { CreateInstancesCommand } from '@aws-sdk/client-lightsail';
import { describe, expect, test } from 'vitest';
import { currentPlan } from '../../../../src/cli/stack/context.ts';
import { down, preview, up } from '../../../../src/cli/stack/provision.ts';
import { stackRemedy } from '../../../../src/cli/stack/remedies.ts';
import { relayPlanSchema } from '../../../../src/model/relay-plan.ts';
import { iamPolicy } from '../../../../src/remedies/relay/iam-policy.ts';
import { nano } from '../../../engine/aws/lightsail-world.ts';
import { NAME } from '../../../support/names.ts';
import { ADDRESS, PORT, type RelayWorld, relayWorld } from './world.ts';

/** ms: each command of the engine takes three to eight seconds on two busy cores. */
const LONG = 240_000;
const LAST = { stack: null };

const rightsOf = (kind: 'lightsail' | 'ec2'): string[] =>
  iamPolicy({
    host: { kind, region: 'eu-central-1' },
    dns: { provider: 'manual', zoneId: null, names: [NAME] },
  }).Statement.flatMap(({ Action }) => [...Action]);
const RIGHTS = rightsOf('lightsail');

/** What only drift needs: rules, routes, tags and attributes that somebody changed. */
const REPAIRS =
  /:(?:Revoke.*|(?:Dis)?[Aa]ssociateVpcCidrBlock|(?:Replace|Delete)Route|Modify\w+|(?:Start|Stop)Instances|DeleteTags|UntagResource)$/u;

const flat = (the: RelayWorld): string => the.printed().replaceAll(/\s+/gu, ' ');

async function planned(the: RelayWorld) {
  const { plan } = await currentPlan(LAST, the.context());
  return relayPlanSchema.parse(plan);
}

describe('a relay from plan to down', { timeout: LONG }, () => {
  test('with no more rights at AWS than the plan says, and no right there that is never used', async () => {
    await using the = await relayWorld(RIGHTS);
    expect(await the.plan()).toBe(0);
    expect(flat(the)).toContain('A host at AWS Lightsail in Frankfurt (eu-central-1), size nano');
    expect(the.exists()).toEqual([]);

    expect(await preview(LAST, the.context())).toBe(0);
    expect(flat(the)).toMatch(
      /It costs \$5 a month, and \$0\.09 for each GB out beyond 1024 GB\..*Next: reach4 up/u,
    );
    expect(the.exists()).toEqual([]);

    expect(await up(LAST, the.context())).toBe(0);
    expect(flat(the)).toContain(`Write the A record of ${NAME} with the address above`);
    expect(the.exists()).toHaveLength(2);

    const { id } = await planned(the);
    const context = the.context({ names: { [NAME]: { A: [ADDRESS], AAAA: ['2a0b:4341:7700::10'] } } });
    const { status, promised } = stackRemedy('relay');
    const plan = await planned(the);
    expect(await promised(plan, 'home-example-org', context)).toMatchObject({
      records: [{ type: 'A', content: ADDRESS }],
      address: ADDRESS,
    });
    const now = await status(plan, await stateOf(the), { agents: [] }, context);
    expect(now.facts).toMatchObject({
      address: ADDRESS,
      services: [{ service: `${PORT} (TCP)`, state: 'forwards' }],
      host: { id: expect.stringContaining(`reach4-${id}-host`) as string, state: 'running' },
      leftovers: [],
    });
    expect(now.next).toEqual([]);

    expect(await down(LAST, the.context())).toBe(0);
    expect(flat(the)).toMatch(
      /IPv4 users no longer get to home\.example\.org, whose A record you delete first.*it takes 60 s.*Done: the host/u,
    );
    expect(the.exists()).toEqual([]);

    const used = [...the.aws.calls.actions].filter((action) => action.startsWith('lightsail:'));
    // Changed by nobody in a life without incidents: ports and tags by hand, one family of addresses only.
    const spare = ['lightsail:SetIpAddressType', 'lightsail:UntagResource'];
    expect(RIGHTS.filter((right) => !used.includes(right) && !spare.includes(right))).toEqual([]);
  });

  test('at EC2 too', async () => {
    await using the = await relayWorld(rightsOf('ec2'));
    expect(await the.plan({ host: 'ec2' })).toBe(0);
    expect(await up(LAST, the.context())).toBe(0);
    const plan = await planned(the);
    const { status } = stackRemedy('relay');
    const now = await status(plan, await stateOf(the), { agents: [] }, the.context());
    expect(now.facts).toMatchObject({
      address: ADDRESS,
      services: [{ state: 'forwards' }],
      host: { kind: 'ec2', id: expect.stringMatching(/^i-/u) as string, state: 'running' },
      leftovers: [],
    });
    expect(await the.plan({ host: 'ec2', rebootAt: '05:00' })).toBe(0);
    expect(await up(LAST, the.context())).toBe(0);
    expect(await down(LAST, the.context())).toBe(0);
    expect(the.exists()).toEqual([]);
    const used = [...the.aws.calls.actions];
    const spare = rightsOf('ec2').filter((right) => !used.includes(right));
    // Each puts right what somebody changed by hand.
    expect(spare.filter((right) => !REPAIRS.test(right))).toEqual([]);
  });

  test('a host that never forwards leaves the old one serving; --rebuild makes it anew', async () => {
    await using the = await relayWorld();
    expect(await the.plan()).toBe(0);
    expect(await up(LAST, the.context())).toBe(0);
    const [host] = hosts(the);
    the.dead.add(2);
    expect(await the.plan({ rebootAt: '05:00' })).toBe(0);
    the.printed();
    expect(await up(LAST, the.context())).toBe(1);
    expect(flat(the)).toMatch(/reach4: up did not finish: .*reach4 up --rebuild/u);
    expect(the.aws.account.region('eu-central-1').lightsail.staticIps[0]?.attachedTo).toBe(host);

    expect(await up({ ...LAST, rebuild: true }, the.context())).toBe(0);
    const [rebuilt] = hosts(the);
    expect(hosts(the)).toHaveLength(1);
    expect(rebuilt).not.toBe(host);

    // Offered where somebody is there to say yes.
    the.dead.add(4);
    expect(await the.plan({ rebootAt: '06:00' })).toBe(0);
    const asked: string[] = [];
    const ask = async (question: string) => asked.push(question) > 0;
    expect(await up(LAST, { ...the.context(), ask })).toBe(0);
    expect(asked).toEqual(['The address stays where it is. Build the new host anew now?']);
    expect(hosts(the)).toHaveLength(1);
    expect(hosts(the)[0]).not.toBe(rebuilt);
    expect(await down(LAST, the.context())).toBe(0);
    expect(the.exists()).toEqual([]);
  });

  test('what was made and never recorded is named by status, and goes with the next up', async () => {
    await using the = await relayWorld();
    expect(await the.plan()).toBe(0);
    expect(await up(LAST, the.context())).toBe(0);
    const plan = await planned(the);
    const lost = `reach4-${plan.id}-host-lost`;
    await the.byHand.lightsail.send(
      new CreateInstancesCommand({
        instanceNames: [lost],
        tags: [{ key: 'reach4:stack', value: plan.id }],
        ...nano,
      }),
    );
    const { status } = stackRemedy('relay');
    const before = await status(plan, await stateOf(the), { agents: [] }, the.context());
    expect(before.facts.leftovers).toMatchObject([{ id: lost }]);
    expect(await up(LAST, the.context())).toBe(0);
    expect(hosts(the)).not.toContain(lost);
    expect(await down(LAST, the.context())).toBe(0);
    expect(the.exists()).toEqual([]);
  });
});

test('before anything is begun: credentials, and --rebuild without a host', { timeout: LONG }, async () => {
  await using the = await relayWorld([
    'lightsail:GetRegions',
    'lightsail:GetBundles',
    'lightsail:GetBlueprints',
  ]);
  expect(await the.plan()).toBe(0);
  await expect(up({ ...LAST, rebuild: true }, the.context())).rejects.toThrow(/this stack has none yet/u);
  const { AWS_ACCESS_KEY_ID: key } = process.env;
  process.env.AWS_ACCESS_KEY_ID = 'AKIATESTNOBODY777777';
  await expect(up(LAST, the.context())).rejects.toThrow(/AWS doesn't know the credentials/u);
  process.env.AWS_ACCESS_KEY_ID = key;
});

const hosts = (the: RelayWorld): string[] =>
  the.aws.exists().flatMap(({ type, id }) => (type === 'instance' ? [id] : []));

async function stateOf(the: RelayWorld): Promise<unknown> {
  const { openStack } = await import('../../../../src/cli/stack/automation.ts');
  const { openSetting } = await import('../../../../src/cli/stack/context.ts');
  const stack = await openStack(await openSetting(the.context()), 'home-example-org', false);
  return stack === null ? null : stack.state();
}
