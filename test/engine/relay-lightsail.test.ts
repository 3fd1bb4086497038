/** The literal `pulumi` with the compiled program on a relay's plan at Lightsail. */
import {
  DeleteInstanceCommand,
  DetachStaticIpCommand,
  GetInstancePortStatesCommand,
  OpenInstancePublicPortsCommand,
} from '@aws-sdk/client-lightsail';
import { describe, expect, test } from 'vitest';
import { NAME } from '../support/names.ts';
import type { PulumiRun } from './folder.ts';
import { ADDRESS, PORT, type RelayWorld, relayWorld, tcpPlan } from './relay-world.ts';

/** ms: each command of the engine takes three to eight seconds on two busy cores. */
const LONG = 240_000;

const FIRST = [
  'AllocateStaticIp',
  'CreateInstances',
  'PutInstancePublicPorts',
  'proof of 1',
  'AttachStaticIp',
];
const SERVING = [`${NAME} ${ADDRESS}`];

const succeeds = ({ exitCode, output }: PulumiRun): string => {
  expect(exitCode, output).toBe(0);
  return output;
};

/** Another configuration: another text of the user data. */
const changedPlan = (rebootAt: string) => {
  const plan = tcpPlan();
  return { ...plan, settings: { ...plan.settings, rebootAt } };
};

/** Names of what is there, by their type. */
const named = (the: RelayWorld, type: string): string[] =>
  the.aws.exists().flatMap((one) => (one.type === type ? [one.id] : []));
const onlyHost = (the: RelayWorld): string => {
  const hosts = named(the, 'instance');
  expect(hosts).toHaveLength(1);
  return hosts[0] ?? '';
};

async function started(options: Parameters<typeof relayWorld>[0] = {}): Promise<RelayWorld> {
  const the = await relayWorld(options);
  await the.plan(tcpPlan());
  succeeds(await the.up());
  expect(the.timeline()).toEqual([...FIRST, `A ${ADDRESS}`]);
  expect(the.records()).toEqual(SERVING);
  return the;
}

async function endsEmpty(the: RelayWorld): Promise<void> {
  succeeds(await the.destroy());
  expect(the.exists()).toEqual([]);
  expect(the.records()).toEqual([]);
}

describe('a relay at Lightsail', { timeout: LONG }, () => {
  test('comes, stays, and goes in the order that leaves nothing dangling', async () => {
    await using the = await started();
    expect(succeeds(await the.up())).toMatch(/Resources:\s+\d+ unchanged/u);
    expect(the.timeline()).toEqual([]);
    await endsEmpty(the);
    expect(the.timeline()).toEqual(['A gone', 'DetachStaticIp', 'DeleteInstance', 'ReleaseStaticIp']);
  });

  test('has only the services open, and ICMPv6', async () => {
    await using the = await started();
    const { portStates = [] } = await the.hand.lightsail.send(
      new GetInstancePortStatesCommand({ instanceName: onlyHost(the) }),
    );
    expect(
      portStates.map(({ protocol, fromPort, toPort, cidrs, ipv6Cidrs }) => [
        protocol,
        fromPort,
        toPort,
        ...(cidrs ?? []),
        ...(ipv6Cidrs ?? []),
      ]),
    ).toEqual([
      ['tcp', PORT, PORT, '0.0.0.0/0', '::/0'],
      ['icmpv6', -1, -1, '::/0'],
    ]);
    await endsEmpty(the);
  });

  test('a changed configuration: the new host serves before the address moves, then the old one goes', async () => {
    await using the = await started();
    const old = onlyHost(the);
    await the.plan(changedPlan('05:30'));
    succeeds(await the.up());
    expect(the.timeline()).toEqual([
      'CreateInstances',
      'PutInstancePublicPorts',
      'proof of 2',
      'DetachStaticIp',
      'AttachStaticIp',
      'DeleteInstance',
    ]);
    expect(onlyHost(the)).not.toBe(old);
    expect(the.records()).toEqual(SERVING);
    expect(succeeds(await the.up())).toMatch(/Resources:\s+\d+ unchanged/u);
    await endsEmpty(the);
  });

  test('a new host that never forwards: the old one goes on, and up says so and what to type', async () => {
    await using the = await started({ environment: { REACH4_PROOF_SECONDS: '2' } });
    const old = onlyHost(the);
    the.dead.add(2);
    await the.plan(changedPlan('05:30'));
    const failed = await the.up();
    expect(failed.exitCode).toBe(1);
    expect(failed.output).toContain(
      `error: before hook "relay-gate-forwards" failed: ${PORT} (TCP): it takes the connection and closes it: the origin doesn't answer the relay. The new host was not seen to forward, so the address stays where it is. Run up again to look again, or build the host anew: pulumi up --replace 'urn:pulumi:test::reach4::reach4:relay:LightsailHost$aws:lightsail/instance:Instance::reach4-0123456789ab-host' (reach4 up --rebuild)\n`,
    );
    expect(the.timeline()).toEqual(['CreateInstances', 'PutInstancePublicPorts']);
    expect(the.attachedTo()).toBe(old);
    // Again: the same new host, still dead; the old one is still there.
    expect((await the.up()).exitCode).toBe(1);
    expect(the.timeline()).toEqual([]);
    expect(the.attachedTo()).toBe(old);
    expect(named(the, 'instance')).toHaveLength(2);
    // Built anew, as the sentence says.
    const urn = /--replace '([^']+)'/u.exec(failed.output)?.[1] ?? '';
    succeeds(await the.up('--replace', urn));
    const timeline = the.timeline();
    expect(timeline.slice(0, 5)).toEqual([
      'CreateInstances',
      'PutInstancePublicPorts',
      'proof of 3',
      'DetachStaticIp',
      'AttachStaticIp',
    ]);
    expect(new Set(timeline.slice(5))).toEqual(new Set(['DeleteInstance']));
    expect(the.attachedTo()).toBe(onlyHost(the));
    await endsEmpty(the);
  });

  test('a new host that is late: up again looks again, and goes on', async () => {
    await using the = await started({ environment: { REACH4_PROOF_SECONDS: '2' } });
    the.dead.add(2);
    await the.plan(changedPlan('05:30'));
    expect((await the.up()).exitCode).toBe(1);
    the.dead.clear();
    the.timeline();
    succeeds(await the.up());
    expect(the.timeline()).toEqual(['proof of 2', 'DetachStaticIp', 'AttachStaticIp', 'DeleteInstance']);
    await endsEmpty(the);
  });

  test('drift is repaired: a port opened, the address detached, the host gone', async () => {
    await using the = await started();
    const { lightsail } = the.hand;
    const host = onlyHost(the);
    const portInfo = { protocol: 'tcp', fromPort: 22, toPort: 22 } as const;
    await lightsail.send(new OpenInstancePublicPortsCommand({ instanceName: host, portInfo }));
    succeeds(await the.up());
    expect(the.timeline()).toEqual(['PutInstancePublicPorts']);
    expect((await the.openPorts(host)).sort()).toEqual(['icmpv6 -1', `tcp ${PORT}`]);

    await lightsail.send(new DetachStaticIpCommand({ staticIpName: named(the, 'static-ip')[0] }));
    succeeds(await the.up());
    expect(the.timeline()).toEqual(['AttachStaticIp']);

    await lightsail.send(new DeleteInstanceCommand({ instanceName: host }));
    await the.settled();
    succeeds(await the.up());
    expect(the.timeline()).toEqual([
      'CreateInstances',
      'PutInstancePublicPorts',
      'proof of 2',
      'AttachStaticIp',
    ]);
    expect(the.records()).toEqual(SERVING);
    await endsEmpty(the);
  });
});
