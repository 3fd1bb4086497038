import { describe, expect, test } from 'vitest';
import { iamPolicy, type PolicyFor } from '../../../src/remedies/relay/iam-policy.ts';

const policy = (kind: 'lightsail' | 'ec2', dns: Partial<PolicyFor['dns']> = {}) =>
  iamPolicy({
    host: { kind, region: 'eu-central-1' },
    dns: { provider: 'cloudflare', zoneId: null, names: ['home.example.org'], ...dns },
  }).Statement;

const actions = (statements: ReturnType<typeof policy>): string[] =>
  statements.flatMap(({ Action }) => [...Action]);

describe('the policy', () => {
  test.each(['lightsail', 'ec2'] as const)('of %s names each action once, and none by a wildcard', (kind) => {
    const all = actions(policy(kind, { provider: 'route53' }));
    expect(new Set(all).size).toBe(all.length);
    for (const action of all)
      expect(action).toMatch(/^(?:lightsail|ec2|ssm|cloudwatch|route53):[A-Za-z0-9]+$/u);
  });

  test.each(['lightsail', 'ec2'] as const)('of %s is for one region', (kind) => {
    for (const { Sid, Condition, Resource } of policy(kind)) {
      const region = Condition?.StringEquals?.['aws:RequestedRegion'] ?? String(Resource).split(':')[3];
      expect(region, Sid).toBe('eu-central-1');
    }
  });

  test.each(['lightsail', 'ec2'] as const)('of %s deletes only what bears the tag', (kind) => {
    const deleting = policy(kind).filter(({ Action }) =>
      Action.some((action) => /:(?:Delete(?!Alarms|Route$)|Terminate|Release(?!StaticIp))/u.test(action)),
    );
    expect(deleting).not.toEqual([]);
    for (const { Condition } of deleting) {
      expect(Condition?.Null).toEqual({ 'aws:ResourceTag/reach4:stack': 'false' });
    }
  });

  test('has nothing of Route 53 where the records are elsewhere', () => {
    expect(actions(policy('lightsail')).filter((action) => action.startsWith('route53'))).toEqual([]);
    expect(actions(policy('lightsail', { provider: 'manual' })).join()).not.toContain('route53');
  });

  test('writes the A records of the names in the one zone', () => {
    const write = policy('lightsail', { provider: 'route53', zoneId: 'Z0123456789ABC' }).find(
      ({ Sid }) => Sid === 'Route53Write',
    );
    expect(write).toMatchObject({
      Resource: 'arn:aws:route53:::hostedzone/Z0123456789ABC',
      Condition: {
        'ForAllValues:StringEquals': {
          'route53:ChangeResourceRecordSetsNormalizedRecordNames': ['home.example.org'],
          'route53:ChangeResourceRecordSetsRecordTypes': ['A'],
        },
      },
    });
  });

  test('fits what IAM takes for a managed policy, 6,144 characters without white space', () => {
    const names = Array.from({ length: 20 }, (_, index) => `name-${index}.home.example.org`);
    const largest = iamPolicy({
      host: { kind: 'ec2', region: 'ap-southeast-2' },
      dns: { provider: 'route53', zoneId: 'Z0123456789ABCDEFGHIJ', names },
    });
    expect(JSON.stringify(largest).length).toBeLessThan(6_144);
  });
});
