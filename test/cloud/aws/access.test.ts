import { describe, expect, test } from 'vitest';
import { checkAws } from '../../../src/cloud/aws/access.ts';
import { awsSentence } from '../../../src/cloud/aws/client.ts';
import { lightsailCatalogue } from '../../../src/cloud/aws/lightsail-catalogue.ts';
import { UserError } from '../../../src/model/error.ts';
import { awsEnvironment, awsWorld, REGION } from './world.ts';

describe('whether AWS lets us in', () => {
  test.each(['lightsail', 'ec2'] as const)('it does: %s', async (kind) => {
    await awsWorld();
    await expect(checkAws(kind, REGION)).resolves.toBeUndefined();
  });

  test.each(['lightsail', 'ec2'] as const)('without credentials, nobody is asked: %s', async (kind) => {
    awsEnvironment({});
    await expect(checkAws(kind, REGION)).rejects.toThrow(/There are no credentials for AWS .*AWS_PROFILE/u);
  });

  test.each(['lightsail', 'ec2'] as const)('credentials that nobody knows: %s', async (kind) => {
    const { aws } = await awsWorld();
    awsEnvironment({
      AWS_ACCESS_KEY_ID: 'AKIATESTNOBODY777777',
      AWS_SECRET_ACCESS_KEY: 'x'.repeat(40),
      AWS_ENDPOINT_URL: aws.url,
    });
    await expect(checkAws(kind, REGION)).rejects.toThrow(/AWS doesn't know the credentials in use/u);
  });

  test('credentials without the right name the right, and what prints it', async () => {
    await awsWorld(['ec2:*']);
    await expect(checkAws('lightsail', REGION)).rejects.toThrow(
      /don't allow lightsail:GetRegions in eu-central-1.*--iam-policy/u,
    );
  });

  test('a region that Lightsail is not in', async () => {
    await awsWorld();
    await expect(checkAws('lightsail', 'sa-east-1')).rejects.toThrow(/isn't to be had in sa-east-1/u);
  });

  test('each trouble is one sentence', () => {
    const named = (name: string) => Object.assign(new Error('as AWS says'), { name });
    const names = ['ExpiredTokenException', 'OptInRequired', 'AccessDenied', 'AuthFailure', 'TimeoutError'];
    for (const name of names) {
      const sentence = awsSentence(named(name), 'ec2:RunInstances', REGION);
      expect(sentence).toMatch(/^[A-Z].*as AWS says.*\.$/u);
    }
    expect(new UserError(awsSentence('text', 'ec2:RunInstances', REGION)).message).toContain('text');
  });
});

describe("Lightsail's catalogue", () => {
  test('has zones, plans with an IPv4 address, and Debian, over all pages', async () => {
    await awsWorld(['*'], { pageSize: 2 });
    const { zones, bundles, debians } = await lightsailCatalogue(REGION);
    expect(zones).toEqual(['eu-central-1a', 'eu-central-1b', 'eu-central-1c']);
    expect(bundles).toEqual([
      { id: 'nano_3_0', size: 'nano', monthlyUSD: 5, includedGB: 1024 },
      { id: 'micro_3_0', size: 'micro', monthlyUSD: 7, includedGB: 2048 },
      { id: 'small_3_0', size: 'small', monthlyUSD: 12, includedGB: 3072 },
    ]);
    expect(debians).toEqual(['debian_12']);
  });

  test('has other plans where there is less traffic for the money', async () => {
    await awsWorld();
    const { bundles } = await lightsailCatalogue('ap-southeast-2');
    expect(bundles[0]).toEqual({ id: 'nano_3_2', size: 'nano', monthlyUSD: 5, includedGB: 512 });
  });
});
