import { describe, expect, test } from 'vitest';
import type { LightsailOffer } from '../../../src/model/lightsail-offer.ts';
import type { RelayHost } from '../../../src/model/relay-plan.ts';
import { decideHost, type HostWish } from '../../../src/remedies/relay/host.ts';

const LIVE: LightsailOffer = {
  zones: ['eu-central-1b', 'eu-central-1c'],
  bundles: [
    { id: 'small_4_0', size: 'small', monthlyUSD: 13, includedGB: 3072 },
    { id: 'nano_4_0', size: 'nano', monthlyUSD: 5.5, includedGB: 1024 },
  ],
  debians: ['debian_13', 'debian_12'],
};
const EARLIER: RelayHost = {
  kind: 'lightsail',
  region: 'eu-central-1',
  availabilityZone: 'eu-central-1c',
  bundleId: 'small_4_0',
  blueprintId: 'debian_12',
};

const decide = (wish: Partial<HostWish> = {}) =>
  decideHost({
    kind: 'lightsail',
    region: 'eu-central-1',
    size: null,
    offered: null,
    earlier: null,
    ...wish,
  });

describe('the host at Lightsail', () => {
  test.each<[string, Partial<HostWish>, Partial<Extract<RelayHost, { kind: 'lightsail' }>>, number]>([
    [
      'of the table, where nobody could ask',
      {},
      { availabilityZone: 'eu-central-1a', bundleId: 'nano_3_0', blueprintId: 'debian_12' },
      5,
    ],
    [
      'of the table, in another region',
      { region: 'ap-southeast-2', size: 'micro' },
      { bundleId: 'micro_3_2' },
      7,
    ],
    [
      'the smallest and newest that there is',
      { offered: LIVE },
      { availabilityZone: 'eu-central-1b', bundleId: 'nano_4_0', blueprintId: 'debian_13' },
      5.5,
    ],
    ['of the size that was asked for', { offered: LIVE, size: 'small' }, { bundleId: 'small_4_0' }, 13],
    ['of the bundle that was asked for', { offered: LIVE, size: 'small_4_0' }, { bundleId: 'small_4_0' }, 13],
    [
      'as it was, although there are newer images and other zones',
      { offered: LIVE, earlier: EARLIER },
      { availabilityZone: 'eu-central-1c', bundleId: 'small_4_0', blueprintId: 'debian_12' },
      13,
    ],
    [
      'as it was, where nobody could ask',
      { earlier: { ...EARLIER, bundleId: 'micro_3_0' } },
      { availabilityZone: 'eu-central-1c', bundleId: 'micro_3_0', blueprintId: 'debian_12' },
      7,
    ],
    [
      'another where the image is no longer there',
      { offered: { ...LIVE, debians: ['debian_13'] }, earlier: EARLIER },
      { blueprintId: 'debian_13' },
      13,
    ],
    [
      'another in another region',
      { region: 'eu-west-1', earlier: EARLIER },
      { availabilityZone: 'eu-west-1a', bundleId: 'nano_3_0' },
      5,
    ],
  ])('%s', (_, wish, host, monthlyUSD) => {
    expect(decide(wish)).toMatchObject({ ok: true, host, price: { monthlyUSD }, isExact: true });
  });

  test.each<[string, Partial<HostWish>, object]>([
    ['a region', { region: 'eu-central-9' }, { code: 'unknown-region', region: 'eu-central-9' }],
    ['a size of the table', { size: 'huge' }, { code: 'unknown-size', known: ['nano', 'micro', 'small'] }],
    [
      'a size that there is',
      { size: 'micro', offered: LIVE },
      { code: 'unknown-size', known: ['small', 'nano'] },
    ],
    ['a zone', { offered: { ...LIVE, zones: [] } }, { code: 'no-zone' }],
    ['a Debian', { offered: { ...LIVE, debians: [] } }, { code: 'no-debian' }],
  ])('is refused without %s', (_, wish, refusal) => {
    expect(decide(wish)).toMatchObject({ ok: false, refusal });
  });
});

describe('the host at EC2', () => {
  test('has the architecture of its type, and keeps the type', () => {
    expect(decide({ kind: 'ec2' })).toMatchObject({
      host: { kind: 'ec2', instanceType: 't4g.nano', architecture: 'arm64' },
      isExact: false,
    });
    const earlier = {
      kind: 'ec2',
      region: 'us-east-1',
      instanceType: 't3a.micro',
      architecture: 'amd64',
    } as const;
    expect(decide({ kind: 'ec2', earlier })).toMatchObject({
      host: { instanceType: 't3a.micro', architecture: 'amd64' },
    });
  });

  test('is refused for a type without a price', () => {
    expect(decide({ kind: 'ec2', size: 'nano' })).toMatchObject({
      ok: false,
      refusal: { code: 'unknown-size', size: 'nano' },
    });
  });
});
