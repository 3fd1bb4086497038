import { describe, expect, it } from 'vitest';
import { budget } from '../../src/agent/budget.ts';
import {
  ADDRESSES_PER_HOUR,
  DIALS_AT_ONCE,
  LOOKS_PER_DESTINATION_PER_MINUTE,
  LOOKS_PER_MINUTE,
  PORTS_PER_DESTINATION_PER_HOUR,
} from '../../src/agent/limits.ts';
import { handled, lookAt, V4, V6 } from './support.ts';

const MINUTE_MS = 60_000;

function spending() {
  let time = 0;
  const spent = budget(() => time);
  return {
    /** One look that ends at once; the milliseconds to wait where it is refused. */
    look(addresses: readonly string[], port = 443): number {
      const grant = spent.grant(addresses.map((address) => ({ address, port })));
      if (!grant.ok) return grant.waitMs;
      grant.release();
      return 0;
    },
    grant: spent.grant,
    advance(ms: number): void {
      time += ms;
    },
  };
}

const many = (count: number, of: (index: number) => number): number[] =>
  Array.from({ length: count }, (_, i) => of(i));
const zeros = (count: number): number[] => Array(count).fill(0);

describe('the budget of those who have the token', () => {
  it('stops a port scan of one host, also from address to address in its /64', () => {
    const { look, advance } = spending();
    const ports = many(PORTS_PER_DESTINATION_PER_HOUR, (index) => {
      advance(MINUTE_MS);
      return look([`2a0e::${index + 1}`], 1000 + index);
    });
    expect(ports).toEqual(zeros(PORTS_PER_DESTINATION_PER_HOUR));
    expect(look(['2a0e::ff'], 2000)).toBeGreaterThan(0);
    // A port that was looked at before stays allowed, and so do other hosts.
    expect([look(['2a0e::ff'], 1003), look(['2a0e:1::1'], 2000)]).toEqual([0, 0]);
    // The oldest of them was looked at eleven minutes ago.
    expect(look(['2a0e::1'], 2000)).toBe(49 * MINUTE_MS);
    advance(49 * MINUTE_MS);
    expect(look(['2a0e::1'], 2000)).toBe(0);
  });

  it('stops a sweep of many hosts', () => {
    const { look, advance } = spending();
    const looks = many(ADDRESSES_PER_HOUR / 8, (index) => {
      advance(MINUTE_MS);
      return look(many(8, (host) => host).map((host) => `45.${index}.${host}.1`));
    });
    expect(looks).toEqual(zeros(ADDRESSES_PER_HOUR / 8));
    expect(look(['45.200.0.1'])).toBeGreaterThan(0);
    expect(look(['45.0.0.1'])).toBe(0);
    advance(60 * MINUTE_MS);
    expect(look(['45.200.0.1'])).toBe(0);
  });

  it('stops a flood of one host, and one by many hosts', () => {
    const { look, advance } = spending();
    const one = many(LOOKS_PER_DESTINATION_PER_MINUTE, () => look([V4]));
    expect(one).toEqual(zeros(LOOKS_PER_DESTINATION_PER_MINUTE));
    expect(look([V4])).toBe(MINUTE_MS);
    expect(look([V4, V6])).toBe(MINUTE_MS);
    const others = many(LOOKS_PER_MINUTE - LOOKS_PER_DESTINATION_PER_MINUTE, (index) =>
      look([`45.0.0.${index}`]),
    );
    expect(others).toEqual(zeros(LOOKS_PER_MINUTE - LOOKS_PER_DESTINATION_PER_MINUTE));
    expect(look([V6])).toBe(MINUTE_MS);
    advance(MINUTE_MS);
    expect(look([V4])).toBe(0);
  });

  it('bounds what runs at once', () => {
    const { grant } = spending();
    const eight = many(8, (host) => host).map((host) => `45.0.0.${host}`);
    const dials = (port: number) => eight.map((address) => ({ address, port }));
    const running = many(Math.floor(DIALS_AT_ONCE / 8), (port) => port + 1).map((port) => grant(dials(port)));
    expect(running.every(({ ok }) => ok)).toBe(true);
    expect(grant(dials(443)).ok).toBe(false);
    for (const one of running) if (one.ok) one.release();
    expect(grant(dials(443)).ok).toBe(true);
  });

  it('is what the agent keeps to', async () => {
    const agent = handled();
    for (let port = 1; port <= PORTS_PER_DESTINATION_PER_HOUR; port += 1) {
      expect((await agent.look(lookAt(V4, port))).status).toBe(200);
    }
    const before = agent.dialled.length;
    const reply = await agent.look(lookAt(V4, 443));
    expect(reply.status).toBe(429);
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(3_500);
    expect(agent.dialled).toHaveLength(before);
    // Nothing is spent on addresses that aren't dialled anyway.
    expect((await agent.look(lookAt('10.0.0.1', 443))).status).toBe(200);
  });
});
