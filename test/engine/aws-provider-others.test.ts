/** The stand-in of the provider `aws`: Route 53, alarms, lookups, the provider's own configuration. */

import { TagResourceCommand } from '@aws-sdk/client-cloudwatch';
import { ReleaseStaticIpCommand } from '@aws-sdk/client-lightsail';
import { ChangeResourceRecordSetsCommand, ListResourceRecordSetsCommand } from '@aws-sdk/client-route-53';
import { MetricAlarm, type MetricAlarmArgs } from '@pulumi/aws/cloudwatch/index.js';
import { getEips, getInstances } from '@pulumi/aws/ec2/index.js';
import { StaticIp } from '@pulumi/aws/lightsail/index.js';
import { Provider } from '@pulumi/aws/provider.js';
import { getRecords, getZone, Record, type RecordArgs } from '@pulumi/aws/route53/index.js';
import type { CustomResourceOptions } from '@pulumi/pulumi/index.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ProviderWorld, startProviderWorld } from './aws/provider-world.ts';
import { ENGINE_TIMEOUT_MS } from './engine.ts';

/** Milliseconds; an update takes one to two seconds here. */
const TEST_TIMEOUT_MS = 120_000;

const HostedZoneId = 'Z0123456789';
const www = { name: 'www.example.org.', type: 'A', ttl: 60, values: ['203.0.113.1'] };

let world: ProviderWorld;
beforeAll(async () => {
  world = await startProviderWorld({
    zones: [
      { name: 'example.org', id: HostedZoneId, records: [www], tags: { of: 'the test' } },
      { name: 'example.net', id: 'ZOTHER' },
    ],
  });
}, ENGINE_TIMEOUT_MS);
afterAll(() => world?.[Symbol.asyncDispose]());

afterEach(async () => {
  await world.clear();
  await change('UPSERT', '203.0.113.1');
}, TEST_TIMEOUT_MS);

async function change(Action: 'UPSERT' | 'DELETE', value: string): Promise<void> {
  const ResourceRecordSet = {
    Name: 'www.example.org.',
    Type: 'A' as const,
    TTL: 60,
    ResourceRecords: [{ Value: value }],
  };
  const Changes = [{ Action, ResourceRecordSet }];
  await world.hand.route53.send(
    new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch: { Changes } }),
  );
}

async function records(): Promise<string[]> {
  const { ResourceRecordSets } = await world.hand.route53.send(
    new ListResourceRecordSetsCommand({ HostedZoneId }),
  );
  return (ResourceRecordSets ?? [])
    .filter(({ Name }) => Name === 'www.example.org.')
    .map(({ Type, TTL, ResourceRecords }) => `${Type} ${TTL} ${ResourceRecords?.map(({ Value }) => Value)}`);
}

const wanted: RecordArgs = {
  zoneId: HostedZoneId,
  name: 'www.example.org',
  type: 'A',
  ttl: 300,
  records: ['203.0.113.7'],
};

function declare(args: RecordArgs, options?: CustomResourceOptions): void {
  world.declare(() => ({ id: new Record('www', args, options).id }));
}

describe('a record of Route 53', { timeout: TEST_TIMEOUT_MS }, () => {
  it('is not made over another one, unless that is allowed, and leaves nothing behind', async () => {
    declare(wanted);
    await expect(world.stack.up()).rejects.toThrow(/InvalidChangeBatch.*it already exists/);
    declare({ ...wanted, allowOverwrite: true });
    expect(await world.up()).toMatchObject({ create: 1 });
    expect(await records()).toEqual(['A 300 203.0.113.7']);
    expect(await world.state('www')).toMatchObject({
      id: 'Z0123456789_www.example.org_A',
      outputs: { fqdn: 'www.example.org' },
    });
    expect(await world.up()).toEqual({ same: 2 });
    expect(await world.refresh()).toEqual({ same: 2 });
    await world.stack.destroy();
    expect(await records()).toEqual([]);
  });

  it('is adopted by an import, and changed in place, also in its type', async () => {
    declare(wanted, { import: 'Z0123456789_www.example.org_A' });
    await world.up();
    expect(await records()).toEqual(['A 300 203.0.113.7']);
    expect(await world.up()).toEqual({ same: 2 });
    declare(
      { ...wanted, type: 'CNAME', records: ['relay.example.net'] },
      { import: 'Z0123456789_www.example.org_A' },
    );
    expect(await world.up()).toMatchObject({ update: 1 });
    expect(await records()).toEqual(['CNAME 300 relay.example.net']);
    declare({ ...wanted, name: 'www' }, { deleteBeforeReplace: true });
    await world.up();
    expect(await records()).toEqual(['A 300 203.0.113.7']);
  });

  it('is repaired after a refresh, whether it was changed or deleted', async () => {
    declare({ ...wanted, allowOverwrite: true });
    await world.up();
    await change('UPSERT', '203.0.113.99');
    expect(await world.refresh()).toEqual({ same: 1, update: 1 });
    expect(await world.up()).toEqual({ same: 1, update: 1 });
    expect(await records()).toEqual(['A 300 203.0.113.7']);
    await change('UPSERT', '203.0.113.99');
    await change('DELETE', '203.0.113.99');
    expect(await world.refresh()).toEqual({ same: 1, delete: 1 });
    expect(await world.up()).toEqual({ same: 1, create: 1 });
  });

  it('that is replaced under its own name by one that is created first is gone', async () => {
    declare({ ...wanted, allowOverwrite: true });
    await world.up();
    world.declare(() => ({
      id: new Record(
        'other',
        { ...wanted, name: 'www', allowOverwrite: true },
        { aliases: [{ name: 'www' }] },
      ).id,
    }));
    expect(await world.up()).toMatchObject({ replace: 1 });
    expect(await records()).toEqual([]);
  });
});

const alarm: MetricAlarmArgs = {
  comparisonOperator: 'GreaterThanThreshold',
  evaluationPeriods: 2,
  metricName: 'StatusCheckFailed_System',
  namespace: 'AWS/EC2',
  period: 60,
  statistic: 'Maximum',
  threshold: 0,
  dimensions: { InstanceId: 'i-0123456789abcdef0' },
  alarmActions: ['arn:aws:automate:eu-central-1:ec2:recover'],
  tags: { 'reach4:stack': '0123456789ab' },
};

describe('an alarm', { timeout: TEST_TIMEOUT_MS }, () => {
  it('is made, stays, is changed in place, is repaired, and goes', async () => {
    const program = (args: MetricAlarmArgs) => () => ({ id: new MetricAlarm('recover', args).id });
    world.declare(program(alarm));
    expect(await world.up()).toEqual({ create: 2 });
    expect(await world.up()).toEqual({ same: 2 });
    expect(await world.refresh()).toEqual({ same: 2 });
    world.writes();
    world.declare(program({ ...alarm, evaluationPeriods: 3, tags: { other: 'x' } }));
    expect(await world.up()).toEqual({ same: 1, update: 1 });
    expect(world.writes()).toEqual(['UntagResource', 'TagResource', 'PutMetricAlarm']);
    const [made] = world.aws.exists().filter(({ type }) => type === 'alarm');
    expect(made).toMatchObject({ tags: { other: 'x' } });
    const { arn } = (await world.state('recover'))?.outputs ?? {};
    const Tags = [{ Key: 'other', Value: 'y' }];
    await world.hand.cloudwatch.send(new TagResourceCommand({ ResourceARN: String(arn), Tags }));
    expect(await world.refresh()).toEqual({ same: 1, update: 1 });
    expect(await world.up()).toEqual({ same: 1, update: 1 });
    await world.stack.destroy();
    expect(world.aws.exists().filter(({ type }) => type === 'alarm')).toEqual([]);
  });

  it('needs a statistic', async () => {
    const { statistic: _, ...without } = alarm;
    world.declare(() => ({ id: new MetricAlarm('recover', without).id }));
    await expect(world.stack.preview()).rejects.toThrow(
      /One of `statistic` or `extended_statistic` must be set/,
    );
  });
});

describe('lookups', { timeout: TEST_TIMEOUT_MS }, () => {
  it('find zones, records, instances and addresses', async () => {
    world.declare(async () => {
      const zone = await getZone({ name: 'example.org.' });
      const { resourceRecordSets } = await getRecords({ zoneId: zone.zoneId, nameRegex: '^www[.]' });
      const values = resourceRecordSets.map(({ resourceRecords }) =>
        resourceRecords.map(({ value }) => value),
      );
      const { ids } = await getInstances({ instanceTags: { 'reach4:stack': '0123456789ab' } });
      const { allocationIds } = await getEips({ tags: { 'reach4:stack': '0123456789ab' } });
      return { zone: [zone.id, zone.name, zone.tags], values, ids, allocationIds };
    });
    const { outputs } = await world.stack.up();
    expect(Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]))).toEqual({
      zone: [HostedZoneId, 'example.org', { of: 'the test' }],
      values: [['203.0.113.1']],
      ids: [],
      allocationIds: [],
    });
  });

  it('say that there is no such zone', async () => {
    world.declare(async () => ({ zone: (await getZone({ name: 'example.com' })).id }));
    await expect(world.stack.preview()).rejects.toThrow(/no matching Route 53 Hosted Zone found/);
  });
});

describe('the provider', { timeout: TEST_TIMEOUT_MS }, () => {
  it('puts its tags on everything that it makes, in its region or another one', async () => {
    const defaultTags = { tags: { 'reach4:stack': '0123456789ab' } };
    const program = (args: Partial<MetricAlarmArgs>) => () => {
      const provider = new Provider('aws', { region: 'eu-west-1', defaultTags });
      const { alarmActions: _, tags: __, ...rest } = { ...alarm, ...args };
      return { id: new MetricAlarm('recover', rest, { provider }).id };
    };
    world.declare(program({}));
    await world.up();
    const [made] = world.aws.exists().filter(({ type }) => type === 'alarm');
    expect(made).toMatchObject({ region: 'eu-west-1', tags: { 'reach4:stack': '0123456789ab' } });
    expect((await world.state('recover'))?.outputs).not.toHaveProperty('tags');
    expect(await world.up()).toEqual({ same: 3 });
    world.declare(program({ region: 'us-east-1' }));
    expect(await world.up()).toMatchObject({ replace: 1 });
    expect(world.aws.exists().find(({ type }) => type === 'alarm')).toMatchObject({ region: 'us-east-1' });
  });

  it('is another one for each configuration in a program', async () => {
    world.declare(() => {
      const provider = new Provider('elsewhere', { region: 'us-east-1' });
      const here = new StaticIp('here');
      const there = new StaticIp('there', {}, { provider });
      return { regions: [here.region, there.region] };
    });
    const { outputs } = await world.stack.up();
    expect(outputs.regions?.value).toEqual(['eu-central-1', 'us-east-1']);
  });

  it('gives up on a call that gets no answer', async () => {
    world.declare(() => ({ ip: new StaticIp('address').ipAddress }));
    world.aws.fail({ kind: 'hang', at: 'after', action: 'lightsail:AllocateStaticIp' });
    await expect(world.stack.up()).rejects.toThrow(/creating Lightsail Static IP: .*(timed out|Timeout)/i);
    const [orphan] = world.aws.exists().filter(({ type }) => type === 'static-ip');
    expect(orphan?.id).toMatch(/^address-[0-9a-f]{7}$/);
    await world.hand.lightsail.send(new ReleaseStaticIpCommand({ staticIpName: orphan?.id }));
  });

  it('refuses what it does not know and credentials that nobody has', async () => {
    const program = (args: object) => () => {
      const provider = new Provider('aws', args);
      return { ip: new StaticIp('address', {}, { provider }).ipAddress };
    };
    world.declare(program({ region: 'eu-central-1', accessKey: 'AKIAUNKNOWN', secretKey: 'x' }));
    await expect(world.stack.up()).rejects.toThrow(
      /retrieving caller identity from STS.*InvalidClientTokenId/,
    );
    world.declare(program({ region: 'eu-central-1', profile: 'somebody' }));
    await expect(world.stack.up()).rejects.toThrow(/Invalid or unknown key.*aws:profile/);
  });
});
