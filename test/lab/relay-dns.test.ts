/** The relay follows its origin's AAAA record, and nothing that happens to DNS takes it down or round in a circle. */
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { RelaySettings } from '../../src/model/relay.ts';
import { RELAY_TIMES, type RelayTimes } from '../../src/relay/times.ts';
import type { ZoneLine } from './relay/authority.ts';
import { SERVICES } from './relay/host.ts';
import { type RelayLab, startRelayLab } from './relay/lab.ts';
import { attemptOne, bytes, during, serve } from './relay/origins.ts';
import { RELAY_HOSTS } from './relay/topology.ts';

const RELAY = RELAY_HOSTS.relay[4][0];
const NOW = RELAY_HOSTS.origin[6][0];
const LATER = RELAY_HOSTS.origin[6][3];

/** s; of the record, and what the relay may take beyond it. */
const TTL = 4;
const BEYOND = 10;

/** Minutes become seconds where DNS fails; how often it is asked stays as it is. */
const GONE = 4_000;
const times: RelayTimes = { ...RELAY_TIMES, gone: GONE, negative: 2_000 };

const home = (port: number) => ({ host: 'home.example.org', port });
const settings: RelaySettings = {
  rebootAt: '04:30',
  services: [
    { kind: 'tcp', port: 2001, origin: home(2001), proxyProtocol: false },
    { kind: 'tcp', port: 2002, origin: home(2002), proxyProtocol: false },
    { kind: 'udp', port: 5000, origin: home(5000) },
  ],
};

const A: ZoneLine = { name: 'home', type: 'A', ttl: TTL, value: RELAY };
const aaaa = (value: string): ZoneLine => ({ name: 'home', type: 'AAAA', ttl: TTL, value });

/** A relay that works, with the origin's servers under both prefixes. */
async function relay(test: (lab: RelayLab) => Promise<void>, periods = times): Promise<void> {
  await using lab = await startRelayLab({ settings, times: periods });
  await lab.authority.serve([A, aaaa(NOW)]);
  await serve(
    lab,
    'origin',
    [NOW, LATER].flatMap((address) => [
      { kind: 'head', address, port: 2001 } as const,
      { kind: 'echo', address, port: 2002 } as const,
      { kind: 'datagrams', address, port: 5000 } as const,
    ]),
  );
  for (const service of SERVICES) await lab.host.start(service);
  await until(async () => (await tcp(lab)) === NOW && (await udp(lab)) === NOW);
  await lab.exec('relay', ['nft', '-f', '-'], { input: COUNTING });
  await test(lab);
}

/** Counts what the relay sends to its own addresses, other than what its programs ask its resolver. */
const COUNTING = `table inet counting { chain out { type filter hook output priority -400;
  ip daddr ${RELAY} counter
  ip6 daddr ${RELAY_HOSTS.relay[6][0]} counter
  oifname lo tcp dport { 2001, 2002 } counter
}; }`;

async function sentToItself(lab: RelayLab): Promise<number[]> {
  const { stdout } = await lab.exec('relay', ['nft', 'list', 'table', 'inet', 'counting']);
  return [...stdout.matchAll(/counter packets (\d+)/gu)].map(([, packets]) => Number(packets));
}

/** Which of the origin's addresses a new connection gets to. */
async function tcp(lab: RelayLab): Promise<string | undefined> {
  const send = [bytes('x')];
  const { text } = await attemptOne(lab, 'client', {
    do: 'talk',
    address: RELAY,
    port: 2001,
    send,
    patience: 2_000,
  });
  return text.split(' ')[0];
}

/** Which of the origin's addresses a new flow gets to. */
async function udp(lab: RelayLab, patience = 4_000): Promise<string | undefined> {
  const flow = { do: 'datagrams', address: RELAY, port: 5000, count: 1, patience } as const;
  const { text } = await attemptOne(lab, 'client', flow);
  return text.split(' ')[0];
}

/** @returns ms until it was so. */
async function until(so: () => Promise<boolean>, patience = 30_000): Promise<number> {
  const started = performance.now();
  while (!(await so())) {
    if (performance.now() - started > patience) throw new Error('It never was so.');
    await delay(100);
  }
  return performance.now() - started;
}

describe.concurrent('the origin', () => {
  it('is followed when its AAAA changes, while what is established stays', () =>
    relay(async (lab) => {
      const silence = (TTL + BEYOND + 2) * 1_000;
      const established = during(lab, 'client', { do: 'idle', address: RELAY, port: 2002, silence });
      await established.waitFor(/^silent$/mu);
      await lab.authority.serve([A, aaaa(LATER)]);
      const took = [
        await until(async () => (await tcp(lab)) === LATER),
        await until(async () => (await udp(lab)) === LATER),
      ];
      const [forTcp = 0, more = 0] = took;
      console.log(
        `a new AAAA (TTL ${TTL} s) was used by new TCP connections after ${(forTcp / 1_000).toFixed(1)} s, by new UDP flows after ${((forTcp + more) / 1_000).toFixed(1)} s`,
      );
      expect(forTcp).toBeLessThan((TTL + BEYOND) * 1_000);
      expect(forTcp + more).toBeLessThan((TTL + BEYOND) * 1_000);
      await established.exited;
      expect(established.output()).toMatch(/"outcome":"alive"/u);
    }, RELAY_TIMES));

  it('is tried at its old address for a while when its AAAA is gone, and never by the A', () =>
    relay(async (lab) => {
      await lab.authority.serve([A]);
      await delay(TTL * 1_000 + GONE / 2);
      expect(await tcp(lab)).toBe(NOW);
      await until(async () => (await tcp(lab)) === '', GONE * 3);
      expect(
        (await lab.exec('relay', ['dig', '+short', '-p', '5335', '@127.0.0.1', 'home.example.org', 'A']))
          .stdout,
      ).toBe('');
      for (let n = 0; n < 5; n += 1) expect([await tcp(lab), await udp(lab, 500)]).toEqual(['', '']);
      expect(await sentToItself(lab)).toEqual([0, 0, 0]);
      await lab.authority.serve([A, aaaa(LATER)]);
      const back = await until(async () => (await tcp(lab)) === LATER);
      expect(back).toBeLessThan(BEYOND * 1_000);
      expect(await udp(lab)).toBe(LATER);
    }));

  it.for(['servfail', 'silent'] as const)('stays where it is while its authority is %s', (mood) =>
    relay(async (lab) => {
      await lab.authority.behave(mood);
      const ends = performance.now() + TTL * 1_000 + GONE * 3;
      let tries = 0;
      for (; performance.now() < ends; tries += 1)
        expect([await tcp(lab), await udp(lab)]).toEqual([NOW, NOW]);
      expect(tries).toBeGreaterThan(5);
      await lab.authority.serve([A, aaaa(LATER)]);
      await lab.authority.behave('answers');
      console.log(
        `${mood} for ${(TTL * 1_000 + GONE * 3) / 1_000} s, ${tries} new connections: all went through`,
      );
      await until(async () => (await tcp(lab)) === LATER, 60_000);
    }),
  );

  it('stays where it is when the programs start again while DNS is silent', () =>
    relay(async (lab) => {
      const { host } = lab;
      await lab.authority.behave('silent');
      await delay(TTL * 1_000);
      await host.stop('haproxy');
      await host.start('haproxy');
      expect([await tcp(lab), await udp(lab)]).toEqual([NOW, NOW]);
      // As after a reboot: unbound knows nothing any more.
      await host.stop('haproxy');
      for (const service of ['nginx', 'unbound', 'unbound-filter'] as const) await host.stop(service);
      for (const service of SERVICES) await host.start(service);
      const ends = performance.now() + GONE * 3;
      while (performance.now() < ends) expect(await tcp(lab)).toBe(NOW);
      expect(await udp(lab)).toBe('');
      await lab.authority.behave('answers');
      await until(async () => (await udp(lab)) === NOW, 60_000);
    }));
});
