import { describe, expect, test } from 'vitest';
import type { TcpOutcome } from '../../src/model/evidence.ts';
import { roundTrip } from '../../src/probes/round-trip.ts';
import { nearestRegion, regionHosts } from '../../src/remedies/relay/region.ts';

const never = new AbortController().signal;

/** A network in which names have addresses, and addresses take these times, one after the other; null: no answer. */
function network(
  names: Readonly<Record<string, readonly string[]>>,
  times: Readonly<Record<string, readonly (number | null)[]>>,
) {
  const made = new Map<string, number>();
  const connected: string[] = [];
  return {
    connected,
    dns: {
      lookup: async (name: string): Promise<string[]> => {
        const found = names[name];
        if (found === undefined) throw new Error(`no answer for ${name}`);
        return [...found];
      },
    },
    net: {
      connect: async (address: string): Promise<TcpOutcome> => {
        connected.push(address);
        const turn = made.get(address) ?? 0;
        made.set(address, turn + 1);
        const ms = times[address]?.[turn] ?? null;
        return ms === null ? { outcome: 'timed-out', ms: 1500 } : { outcome: 'connected', ms };
      },
    },
  };
}

describe('a round trip', () => {
  test('is the shortest of several, over the faster family', async () => {
    const the = network(
      { a: ['2a05::1', '2a05::2'], b: ['52.0.0.1'] },
      { '2a05::1': [40, 22, 31], '52.0.0.1': [25, 24, 26] },
    );
    expect(await roundTrip(['a', 'b'], 443, the, never)).toBe(22);
    expect(the.connected).not.toContain('2a05::2');
  });

  test('needs only one host that can be looked up and answers', async () => {
    const the = network({ b: ['2a05::1', '52.0.0.1'] }, { '52.0.0.1': [25, 24, 26] });
    expect(await roundTrip(['a', 'b'], 443, the, never)).toBe(24);
    // Who doesn't answer once isn't waited for again.
    expect(the.connected.filter((address) => address === '2a05::1')).toHaveLength(1);
  });

  test('is unknown where nobody answers, or there is no name', async () => {
    expect(await roundTrip(['a'], 443, network({ a: ['52.0.0.1'] }, {}), never)).toBeNull();
    expect(await roundTrip(['a'], 443, network({}, {}), never)).toBeNull();
  });
});

describe('the nearest region', () => {
  test('says how near, and what comes next', () => {
    const measured = [
      { region: 'eu-west-3', ms: 17 },
      { region: 'eu-central-1', ms: 9 },
      { region: 'us-east-1', ms: 95 },
    ] as const;
    expect(nearestRegion(measured)).toEqual({
      region: 'eu-central-1',
      choice: { why: 'nearest', ms: 9, next: { region: 'eu-west-3', ms: 17 }, of: 3 },
    });
    expect(nearestRegion([])).toBeNull();
  });

  test('is found by hosts of its own', () => {
    expect(regionHosts('eu-central-1')).toEqual([
      'ec2.eu-central-1.api.aws',
      'ec2.eu-central-1.amazonaws.com',
    ]);
  });
});
