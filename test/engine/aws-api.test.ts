/** What all services of the stand-in share: who may call, the log, and faults. */
import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import {
  AllocateAddressCommand,
  CreateVpcCommand,
  DescribeAddressesCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2';
import {
  AllocateStaticIpCommand,
  CreateInstancesCommand,
  GetStaticIpsCommand,
} from '@aws-sdk/client-lightsail';
import { ListHostedZonesCommand } from '@aws-sdk/client-route-53';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testCredentials } from './aws/api/access.ts';
import { type Aws, startAws } from './aws/api/server.ts';
import { type AwsClients, awsClients, outcome } from './aws/clients.ts';

const full = testCredentials('full');
const hand = testCredentials('hand');
const reader = testCredentials('reader');
let aws: Aws;
let clients: AwsClients;

beforeEach(async () => {
  aws = await startAws({
    callers: {
      [full.accessKeyId]: {},
      [reader.accessKeyId]: { allow: ['ec2:Describe*', 'lightsail:CreateInstances', 'ec2:AllocateAddress'] },
      [hand.accessKeyId]: { behindTheScenes: true },
    },
  });
  clients = awsClients(aws.url, full);
});
afterEach(() => aws.stop());

/** One read of each service. */
const reads = ({
  lightsail,
  ec2,
  cloudwatch,
  route53,
  ssm,
}: AwsClients): Record<string, () => Promise<unknown>> => ({
  lightsail: () => lightsail.send(new GetStaticIpsCommand({})),
  ec2: () => ec2.send(new DescribeAddressesCommand({})),
  cloudwatch: () => cloudwatch.send(new DescribeAlarmsCommand({})),
  route53: () => route53.send(new ListHostedZonesCommand({})),
  ssm: () => ssm.send(new GetParameterCommand({ Name: '/aws/service/debian/release/13/latest/arm64' })),
});
const allocate = (from = clients) => from.ec2.send(new AllocateAddressCommand({}));
const staticIp = (staticIpName: string) =>
  clients.lightsail.send(new AllocateStaticIpCommand({ staticIpName }));
const status = async (call: Promise<unknown>) =>
  await call.then(
    () => 200,
    (error: { $metadata?: { httpStatusCode?: number } }) => error.$metadata?.httpStatusCode,
  );

describe('who may call', () => {
  const stranger = testCredentials('stranger');
  it.each([
    ['lightsail', 'UnrecognizedClientException', 'AccessDeniedException'],
    ['ec2', 'AuthFailure', 'ok'],
    ['cloudwatch', 'InvalidClientTokenId', 'AccessDenied'],
    ['route53', 'InvalidClientTokenId', 'AccessDenied'],
    ['ssm', 'UnrecognizedClientException', 'AccessDeniedException'],
  ])('%s: %s for an unknown key, %s for one without the right', async (service, unknown, denied) => {
    expect(await outcome(reads(awsClients(aws.url, stranger))[service]?.() ?? Promise.resolve())).toBe(
      unknown,
    );
    expect(await outcome(reads(awsClients(aws.url, reader))[service]?.() ?? Promise.resolve())).toBe(denied);
    expect(await outcome(reads(clients)[service]?.() ?? Promise.resolve())).toBe('ok');
  });

  it('EC2 says UnauthorizedOperation, and names user and action', async () => {
    const call = awsClients(aws.url, reader).ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
    expect(await outcome(call)).toBe('UnauthorizedOperation');
    await expect(call).rejects.toThrow(
      'You are not authorized to perform this operation. User: arn:aws:iam::123456789012:user/reach4 is not ' +
        'authorized to perform: ec2:CreateVpc on resource: arn:aws:ec2:eu-central-1:123456789012:* because no ' +
        'identity-based policy allows the ec2:CreateVpc action',
    );
    expect(aws.exists()).toEqual([]);
  });

  it('whoever gives tags must be allowed to tag', async () => {
    const limited = awsClients(aws.url, reader);
    const Tags = [{ Key: 'a', Value: 'b' }];
    expect(await outcome(allocate(limited))).toBe('ok');
    const tagged = new AllocateAddressCommand({ TagSpecifications: [{ ResourceType: 'elastic-ip', Tags }] });
    expect(await outcome(limited.ec2.send(tagged))).toBe('UnauthorizedOperation');
    const instance = new CreateInstancesCommand({
      instanceNames: ['one'],
      availabilityZone: 'eu-central-1a',
      blueprintId: 'debian_12',
      bundleId: 'nano_3_0',
      tags: [{ key: 'a', value: 'b' }],
    });
    expect(await outcome(limited.lightsail.send(instance))).toBe('AccessDeniedException');
    expect(aws.exists().map(({ type }) => type)).toEqual(['elastic-ip']);
    expect([...aws.calls.actions]).toEqual([
      'ec2:AllocateAddress',
      'ec2:CreateTags',
      'lightsail:CreateInstances',
      'lightsail:TagResource',
    ]);
  });

  it('anybody may ask who they are', async () => {
    expect(await outcome(awsClients(aws.url, reader).sts.send(new GetCallerIdentityCommand({})))).toBe('ok');
  });

  it('nobody without a signature', async () => {
    const target = { 'x-amz-target': 'Lightsail_20161128.GetStaticIps' };
    const answer = await fetch(aws.url, { method: 'POST', headers: target, body: '{}' });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ __type: 'MissingAuthenticationTokenException' });
    const body = new URLSearchParams({ Action: 'DescribeVpcs', Version: '2016-11-15' });
    const query = await fetch(aws.url, { method: 'POST', body });
    expect(query.status).toBe(401);
    expect(await query.text()).toContain('<Code>MissingAuthenticationToken</Code>');
  });

  it('a signature for one service is none for another', async () => {
    const scope = `${full.accessKeyId}/20260101/eu-central-1/ec2/aws4_request`;
    const headers = {
      'x-amz-target': 'Lightsail_20161128.GetStaticIps',
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
    };
    const answer = await fetch(aws.url, { method: 'POST', headers, body: '{}' });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ __type: 'SignatureDoesNotMatch' });
  });
});

describe('the log', () => {
  it('has calls in order, with what they were given and what became of them', async () => {
    await staticIp('one');
    await outcome(clients.ec2.send(new DescribeVpcsCommand({ VpcIds: ['vpc-0123456789abcdef0'] })));
    await outcome(staticIp('one'));
    await allocate(awsClients(aws.url, hand));
    expect(
      aws.calls.log.map(({ ordinal, write, action, outcome: became }) => [ordinal, write, action, became]),
    ).toEqual([
      [1, 1, 'lightsail:AllocateStaticIp', 'ok'],
      [2, null, 'ec2:DescribeVpcs', 'InvalidVpcID.NotFound'],
      [3, 2, 'lightsail:AllocateStaticIp', 'InvalidInputException'],
    ]);
    expect(aws.calls.log[1]).toMatchObject({
      region: 'eu-central-1',
      input: { VpcIds: ['vpc-0123456789abcdef0'] },
    });
    // What was done behind the scenes has happened all the same.
    expect(aws.exists().map(({ type }) => type)).toEqual(['static-ip', 'elastic-ip']);
  });
});

describe('faults', () => {
  it.each([
    ['lightsail', 'ServiceException', 500, 'ThrottlingException', 400],
    ['ec2', 'InternalError', 500, 'RequestLimitExceeded', 503],
    ['cloudwatch', 'InternalFailure', 500, 'Throttling', 400],
    ['route53', 'InternalFailure', 500, 'Throttling', 400],
    ['ssm', 'InternalServerError', 500, 'ThrottlingException', 400],
  ])(
    '%s breaks with %s (%i) and throttles with %s (%i)',
    async (service, broken, brokenStatus, throttled, throttledStatus) => {
      const call = () => reads(clients)[service]?.() ?? Promise.resolve();
      aws.fail({ kind: 'server-error', among: 'all' });
      aws.fail({ kind: 'throttle', among: 'all', nth: 3 });
      const first = call();
      expect([await outcome(first), await status(first)]).toEqual([broken, brokenStatus]);
      expect(await outcome(call())).toBe('ok');
      const third = call();
      expect([await outcome(third), await status(third)]).toEqual([throttled, throttledStatus]);
    },
  );

  it.each([
    ['before', []],
    ['after', ['static-ip']],
  ] as const)('%s the cloud has carried the call out', async (at, left) => {
    aws.fail({ kind: 'server-error', at });
    expect(await outcome(staticIp('one'))).toBe('ServiceException');
    expect(aws.exists().map(({ type }) => type)).toEqual(left);
    expect(aws.calls.log[0]).toMatchObject({
      outcome: 'ServiceException',
      fault: { kind: 'server-error', at },
    });
  });

  it('counts only what changes something unless told otherwise, or one action', async () => {
    aws.fail({ kind: 'server-error', nth: 2 });
    expect(await outcome(staticIp('one'))).toBe('ok');
    expect(await outcome(clients.lightsail.send(new GetStaticIpsCommand({})))).toBe('ok');
    expect(await outcome(staticIp('two'))).toBe('ServiceException');
    aws.fail({ kind: 'server-error', action: 'ec2:AllocateAddress', nth: 2 });
    expect([await outcome(staticIp('three')), await outcome(allocate()), await outcome(allocate())]).toEqual([
      'ok',
      'ok',
      'InternalError',
    ]);
  });

  it('hangs without an answer, or hangs up', async () => {
    aws.fail({ kind: 'hang', at: 'after' });
    const timedOut = clients.lightsail.send(new AllocateStaticIpCommand({ staticIpName: 'one' }), {
      abortSignal: AbortSignal.timeout(200),
    });
    expect(await outcome(timedOut)).toBe('AbortError');
    aws.fail({ kind: 'disconnect' });
    expect(await outcome(staticIp('two'))).not.toBe('ok');
    expect(aws.exists().map(({ id }) => id)).toEqual(['one']);
    expect(aws.calls.log.map(({ outcome: became }) => became)).toEqual(['hang', 'disconnect']);
  });

  it('kills the process that it is told to', async () => {
    const victim = execa(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { reject: false });
    await new Promise((resolve) => victim.once('spawn', resolve));
    aws.fail({ kind: 'kill', at: 'after', pid: victim.pid ?? -1 });
    expect(await outcome(staticIp('one'))).not.toBe('ok');
    expect((await victim).signal).toBe('SIGKILL');
    expect(aws.exists()).toHaveLength(1);
    expect(() => aws.fail({ kind: 'kill' })).toThrow('a process to kill');
    expect(() => aws.fail({ kind: 'kill', pid: 0 })).toThrow();
  });

  it('lets a test do something of its own at a call', async () => {
    const seen: number[] = [];
    aws.fail({ kind: 'run', run: () => void seen.push(aws.exists().length) });
    aws.fail({ kind: 'run', at: 'after', nth: 2, run: () => void seen.push(aws.exists().length) });
    expect([await outcome(staticIp('one')), await outcome(staticIp('two'))]).toEqual(['ok', 'ok']);
    expect(seen).toEqual([0, 2]);
  });
});
