import { createServer } from 'node:net';
import { AllocateStaticIpCommand, CreateInstancesCommand } from '@aws-sdk/client-lightsail';
import { describe, expect, test } from 'vitest';
import { relayStatus } from '../../../../src/cli/stack/relay/status.ts';
import { isFine } from '../../../../src/cli/status/status.ts';
import { statusText } from '../../../../src/cli/status/text.ts';
import type { RelayPlan } from '../../../../src/model/relay-plan.ts';
import { awsEnvironment, awsWorld, REGION } from '../../../cloud/aws/world.ts';
import { nano } from '../../../engine/aws/lightsail-world.ts';
import { listen } from '../../../ports/node/loopback.ts';
import { NAME } from '../../../support/names.ts';
import { contextOf, planned, type Surroundings } from './planning.ts';

const ADDRESS = '127.0.0.1';

/** A relay of one TCP service at this machine's loopback, as its stack's state would have it. */
async function relay(port: number): Promise<RelayPlan> {
  const made = await planned({ relay: { region: REGION, services: [`tcp:${port}`] } });
  if (!made.ok || made.plan === null) throw new Error(made.text);
  return made.plan;
}

const stateOf = ({ id }: RelayPlan, ...more: object[]) => ({
  resources: [
    { type: 'pulumi:pulumi:Stack', outputs: { address: ADDRESS, host: `reach4-${id}-host-1` } },
    { type: 'aws:lightsail/instance:Instance', urn: 'urn:host', id: `reach4-${id}-host-1` },
    { type: 'aws:lightsail/staticIp:StaticIp', urn: 'urn:address', id: `reach4-${id}-address-1` },
    ...more,
  ],
});

const LEADS: Surroundings = { names: { [NAME]: { A: [ADDRESS], AAAA: ['2a0b:4341:7700::10'] } } };

async function look(plan: RelayPlan, deployment: unknown, around: Surroundings = LEADS) {
  const context = contextOf({ ...around, realNet: true });
  const status = await relayStatus(plan, deployment, { agents: [] }, context);
  return { ...status, fine: isFine(status), text: statusText('a relay', status, context.io.page) };
}

/** Hosts and addresses of the plan at the stand-in, and what else bears its mark. */
async function atCloud(
  { id }: RelayPlan,
  forgotten: readonly string[] = [],
): Promise<Awaited<ReturnType<typeof awsWorld>>> {
  const world = await awsWorld();
  const { lightsail } = world.byHand;
  const tags = [{ key: 'reach4:stack', value: id }];
  for (const name of [`reach4-${id}-host-1`, ...forgotten]) {
    await lightsail.send(new CreateInstancesCommand({ instanceNames: [name], tags, ...nano }));
  }
  await lightsail.send(new AllocateStaticIpCommand({ staticIpName: `reach4-${id}-address-1` }));
  return world;
}

describe('a relay that serves', () => {
  test('says so, with its host, its traffic and DNS', async () => {
    const port = await listen(createServer((socket) => socket.end('220 ready\r\n')));
    const plan = await relay(port);
    const { aws } = await atCloud(plan);
    aws.account.region(REGION).sent.set(`reach4-${plan.id}-host-1`, [{ at: new Date(), bytes: 3.2e9 }]);
    const { text, fine, facts, next } = await look(plan, stateOf(plan));
    expect(text.replaceAll(/\s+/gu, ' ')).toContain(`ok: ${port} (TCP): forwards, seen from here`);
    expect(text.replaceAll(/\s+/gu, ' ')).toMatch(
      /ok: Lightsail nano_3_0 in Frankfurt \(eu-central-1\): reach4-\S+, running, \d+ s old/u,
    );
    expect(text.replaceAll(/\s+/gu, ' ')).toContain(
      '0.00 GB in, 3.20 GB out, of this host alone; 1024 GB in and out are included',
    );
    expect(text).toContain(`ok: ${NAME} A ${ADDRESS}`);
    expect({ fine, next }).toEqual({ fine: true, next: [] });
    expect(facts).toMatchObject({
      address: ADDRESS,
      services: [{ state: 'forwards', by: 'from here' }],
      host: { kind: 'lightsail', region: REGION, state: 'running' },
      traffic: { outBytes: 3.2e9, includedGB: 1024 },
      records: [{ name: NAME, type: 'A', expected: ADDRESS, now: [ADDRESS] }],
      leftovers: [],
    });
  });

  test.each([80, 40])('fits %s columns', async (width) => {
    const plan = await relay(await listen(createServer((socket) => socket.end('220 ready\r\n'))));
    await atCloud(plan);
    const { text } = await look(plan, stateOf(plan), { ...LEADS, page: { width } });
    const tooLong = text.split('\n').filter((each) => each.length > width && !/\S{30}/u.test(each));
    expect(tooLong).toEqual([]);
  });
});

describe('what is not right', () => {
  test('a service that nobody gets to, and DNS that leads elsewhere', async () => {
    const plan = await relay(1);
    await atCloud(plan);
    const { text, fine, next } = await look(plan, stateOf(plan), {
      names: { [NAME]: { A: ['81.2.99.77'] } },
    });
    const flat = text.replaceAll(/\s+/gu, ' ');
    expect(flat).toContain('no: 1 (TCP): the connection is refused, seen from here');
    expect(flat).toContain(`no: ${NAME} A 81.2.99.77; it should be ${ADDRESS}`);
    expect(fine).toBe(false);
    expect(next.join()).toMatch(/reach4 up --rebuild.*reach4 up/u);
  });

  test('a host that is gone', async () => {
    const plan = await relay(1);
    await awsWorld();
    const { text } = await look(plan, stateOf(plan));
    expect(text.replaceAll(/\s+/gu, ' ')).toContain("isn't there any more; reach4 up makes it anew");
  });

  test('what bears the mark and is in no state, each with the command that removes it', async () => {
    const plan = await relay(1);
    const lost = `reach4-${plan.id}-host-lost`;
    await atCloud(plan, [lost]);
    const { text, facts, next } = await look(plan, stateOf(plan));
    expect(text.replaceAll(/\s+/gu, ' ')).toContain(
      `no: Lightsail instance ${lost}; it goes with: aws lightsail delete-instance --region eu-central-1 --instance-name ${lost} --force-delete-add-ons`,
    );
    expect(facts.leftovers).toMatchObject([{ id: lost }]);
    expect(next.join()).toContain('What was left behind goes with');
  });

  test('nothing is known of the cloud without credentials, and that is no "fine"', async () => {
    const plan = await relay(1);
    awsEnvironment({});
    const { text, fine, facts } = await look(plan, stateOf(plan));
    expect(text.replaceAll(/\s+/gu, ' ')).toContain(
      'not known: AWS could not be asked. There are no credentials',
    );
    expect(fine).toBe(false);
    expect(facts).toMatchObject({ leftovers: null, traffic: null });
  });
});

test('planned, and not up: nothing is looked at but what may have been left behind', async () => {
  const plan = await relay(1);
  await awsWorld();
  const { text, next, facts } = await look(plan, null);
  expect(text).toContain('no: none: the relay is planned, and not up');
  expect(text).not.toContain('Services');
  expect(next).toEqual(['Next:  reach4 up']);
  expect(facts).toMatchObject({ address: null, services: [], leftovers: [] });
});
