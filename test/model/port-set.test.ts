import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arePortsFree, isInSet, portSetOf, portsOf } from '../../src/model/view/port-set.ts';

const ADDRESS = '81.2.99.2';
/** Ports of a set with offset 4 and a PSID of 8 bits, as Japanese providers give. */
const inSet = (psid: number, block: number, index: number) => (block << 12) | (psid << 4) | index;
const samples = (ports: readonly number[], local = (index: number) => 40_000 + index * 613) =>
  ports.map((port, index) => ({ localPort: local(index), address: ADDRESS, port }));

describe('the set that mapped ports reveal', () => {
  test('ports of one customer, from several blocks', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 255 }), fc.infiniteStream(fc.nat()), (psid, numbers) => {
        const blocks = [1, 3, 5, 7, 9, 11, 13, 15];
        const ports = blocks.map((block) => inSet(psid, block, (numbers.next().value ?? 0) % 16));
        const set = portSetOf(samples(ports));
        expect(set).not.toBeNull();
        if (set === null) return;
        expect(ports.every((port) => isInSet(port, set))).toBe(true);
        expect(isInSet(443, set)).toBe(false);
        expect(portsOf(set, 3).every((port) => isInSet(port, set))).toBe(true);
        expect(arePortsFree(samples(ports))).toBe(false);
      }),
    );
  });

  test('one block is neither a set nor freedom: a NAT that counts upwards looks alike', () => {
    const ports = [0, 1, 2, 3, 4, 5, 6, 7].map((index) => inSet(0x2a, 3, index));
    expect(portSetOf(samples(ports))).toBeNull();
    expect(arePortsFree(samples(ports))).toBe(false);
  });

  test('ports that this machine chose are free', () => {
    const ports = [33_001, 41_777, 52_123, 60_001, 35_999, 47_111, 55_555, 38_383];
    expect(portSetOf(samples(ports, (index) => ports[index] ?? 1))).toBeNull();
    expect(arePortsFree(samples(ports, (index) => ports[index] ?? 1))).toBe(true);
  });

  test('ports at random are free, and no set', () => {
    const ports = [1_025, 9_999, 17_321, 25_555, 33_333, 41_414, 50_505, 61_616];
    expect(portSetOf(samples(ports))).toBeNull();
    expect(arePortsFree(samples(ports))).toBe(true);
  });
});
