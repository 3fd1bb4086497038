import { describe, expect, test } from 'vitest';
import {
  bundleIdOf,
  CHEAPEST,
  ec2Price,
  isRegion,
  lightsailPrice,
  REGIONS,
  type RegionName,
  SIZES,
} from '../../../src/remedies/relay/prices.ts';

describe('what a relay costs', () => {
  test.each<[RegionName, string, string, number, number, number]>([
    ['eu-central-1', 'nano', 'nano_3_0', 5, 1024, 0.09],
    ['us-east-1', 'micro', 'micro_3_0', 7, 2048, 0.09],
    ['ap-northeast-1', 'small', 'small_3_0', 12, 3072, 0.14],
    // Half of the traffic for the same price.
    ['ap-south-1', 'nano', 'nano_3_1', 5, 512, 0.13],
    ['ap-southeast-2', 'nano', 'nano_3_2', 5, 512, 0.17],
  ])('Lightsail in %s, %s', (region, size, bundle, monthlyUSD, includedGB, perGBUSD) => {
    expect(bundleIdOf(region, size)).toBe(bundle);
    expect(lightsailPrice(region, size)).toEqual({
      monthlyUSD,
      traffic: { includedGB, perGBUSD },
      isExact: true,
    });
  });

  test('EC2: the host, its IPv4 address and its disk for 730 hours', () => {
    // 0.0042 * 730 + 0.005 * 730 + 8 * 0.08
    expect(ec2Price('us-east-1', 't4g.nano')).toEqual({
      monthlyUSD: 7.36,
      traffic: { includedGB: 100, perGBUSD: 0.09 },
      isExact: true,
      architecture: 'arm64',
    });
    expect(ec2Price('eu-central-1', 't3a.nano')).toMatchObject({ isExact: false, architecture: 'amd64' });
  });

  test('nothing else has a price', () => {
    expect(lightsailPrice('eu-central-1', 'toString')).toBeNull();
    expect(ec2Price('eu-central-1', 'm7i.metal-48xl')).toBeNull();
    expect(isRegion('eu-central-9')).toBe(false);
    expect(isRegion('toString')).toBe(false);
  });

  test('the offer names the cheapest of all', () => {
    const all = Object.keys(REGIONS)
      .filter(isRegion)
      .flatMap((region) => [
        ...SIZES.lightsail.map((size) => lightsailPrice(region, size)),
        ...SIZES.ec2.map((size) => ec2Price(region, size)),
      ]);
    expect(Math.min(...all.map((price) => price?.monthlyUSD ?? 0))).toBe(CHEAPEST.monthlyUSD);
    expect(Math.min(...all.map((price) => price?.traffic.perGBUSD ?? 0))).toBe(CHEAPEST.traffic.perGBUSD);
  });
});
