/** The relay leads to what is configured, and to nothing else, whatever a client sends and whatever DNS says. */
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { RelayService } from '../../src/model/relay.ts';
import { INET } from './addresses.ts';
import type { LabProcess } from './processes.ts';
import { ATTEMPTS, type Attempt, BAD_NAMES, HOME, OTHER } from './relay/attempts.ts';
import type { Task } from './relay/client.ts';
import { SERVICES } from './relay/host.ts';
import { type RelayLab, startRelayLab } from './relay/lab.ts';
import type { OriginListener } from './relay/origin.ts';
import { attempt, attemptOne, bytes, certificateFor, serve } from './relay/origins.ts';
import { RELAY_HOSTS, type RelayHost } from './relay/topology.ts';

const RELAY = RELAY_HOSTS.relay[4][0];
const RELAY6 = RELAY_HOSTS.relay[6][0];
const ORIGIN = RELAY_HOSTS.origin[6][0];

/** Where the services with bad names lead: open on every place that they name. */
const BAD_PORT = 9_000;
const OTHER_PORTS = [22, 25, 53, 80, 443, 8_080, BAD_PORT];

const badNames = Object.keys(BAD_NAMES);
const services: RelayService[] = [
  { kind: 'tcp', port: 22, origin: { host: HOME, port: 22 }, proxyProtocol: false },
  { kind: 'tls', port: 443, origin: { host: HOME, port: 443 }, names: [HOME], proxyProtocol: false },
  { kind: 'http', port: 80, origin: { host: HOME, port: 80 }, names: [HOME], proxyProtocol: false },
  ...badNames.flatMap((name, index): RelayService[] => {
    const origin = { host: `${name}.example.org`, port: BAD_PORT };
    return [
      { kind: 'tcp', port: 3_001 + index, origin, proxyProtocol: false },
      { kind: 'udp', port: 3_001 + index, origin },
    ];
  }),
  // Back to the port itself: round and round.
  { kind: 'tcp', port: 4_000, origin: { host: 'self.example.org', port: 4_000 }, proxyProtocol: false },
  { kind: 'udp', port: 4_000, origin: { host: 'self.example.org', port: 4_000 } },
];

/** Places that nobody may get to, with a witness at each. */
const WITNESSES: readonly (readonly [RelayHost | 'inet', readonly string[], readonly number[]])[] = [
  ['elsewhere', [...RELAY_HOSTS.elsewhere[4], ...RELAY_HOSTS.elsewhere[6]], OTHER_PORTS],
  ['relay', ['127.0.0.1', '::1', RELAY, RELAY6], [25, 8_080, BAD_PORT]],
  ['inet', [`${INET.linkLocal}%to-relay`], OTHER_PORTS],
  ['origin', [ORIGIN], [9_999]],
];

/** @returns what they have told since they were last asked. */
async function witnesses(lab: RelayLab): Promise<() => string[]> {
  const processes = await Promise.all(
    WITNESSES.map(([host, addresses, ports]) =>
      serve(
        lab,
        host,
        addresses.flatMap((address) =>
          ports.map((port): OriginListener => ({ kind: 'witness', address, port })),
        ),
      ),
    ),
  );
  const told = new Map<LabProcess, number>();
  return () =>
    processes.flatMap((each) => {
      const lines = each.output().match(/^came .*$/gmu) ?? [];
      const news = lines.slice(told.get(each) ?? 0);
      told.set(each, lines.length);
      return news;
    });
}

/** How often root on the relay's host, whom nothing holds, gets to the places: as often as a witness must tell. */
async function tryWitnesses(lab: RelayLab, came: () => string[]): Promise<number> {
  const tasks = WITNESSES.flatMap(([, addresses]) => addresses).map((address): Task => {
    const there = address.replace('%to-relay', '%eth0');
    return { do: 'talk', address: there, port: address === ORIGIN ? 9_999 : BAD_PORT, send: [] };
  });
  await attempt(lab, 'relay', tasks);
  const arrived = new Set(came());
  expect(arrived.size).toBe(tasks.length);
  return arrived.size;
}

/** Each of the two protections beside the programs' own rules holds alone, but for one thing that unbound can't know. */
const PROTECTIONS = [
  { protection: 'all of it', arrives: [] },
  { protection: 'without the filter of names', arrives: [] },
  { protection: 'without the packet filter', arrives: [`came ${RELAY6} ${BAD_PORT}`] },
];

describe.concurrent('the relay', () => {
  it.for(PROTECTIONS)(
    'leads nowhere else, $protection',
    { timeout: 180_000 },
    async ({ arrives, protection }) => {
      await using lab = await startRelayLab({
        settings: { rebootAt: '04:30', services },
        firewall: protection !== 'without the packet filter',
        nameFilter: protection !== 'without the filter of names',
      });
      await lab.authority.serve([
        { name: 'home', type: 'AAAA', ttl: 60, value: ORIGIN },
        { name: 'other', type: 'AAAA', ttl: 60, value: RELAY_HOSTS.elsewhere[6][0] },
        { name: 'other', type: 'A', ttl: 60, value: RELAY_HOSTS.elsewhere[4][0] },
        ...Object.entries(BAD_NAMES).flatMap(([name, records]) =>
          records.map(([type, value]) => ({ name, type, ttl: 60, value })),
        ),
      ]);
      const tls = await certificateFor(lab, HOME);
      const home = await serve(lab, 'origin', [
        { kind: 'echo', address: ORIGIN, port: 22 },
        { kind: 'page', address: ORIGIN, port: 443, name: HOME, tls },
        { kind: 'page', address: ORIGIN, port: 80, name: HOME },
      ]);
      const came = await witnesses(lab);
      for (const service of SERVICES) await lab.host.start(service);
      const known = await tryWitnesses(lab, came);
      const hello = { do: 'talk', address: RELAY, port: 22, send: [bytes('x')], end: true } as const;
      while ((await attemptOne(lab, 'client', hello)).text !== 'x') await delay(100);

      const results = await sendAll(lab);
      expect(results.filter(({ right }) => !right)).toEqual([]);
      const names = await badNamesReached(lab);
      expect(names).toEqual([]);
      await fromItself(lab);
      expect([...new Set(came())]).toEqual(arrives);
      expect(foreign(home)).toEqual([]);
      const tried = results.length + 2 * badNames.length + 2 + 3;
      console.log(
        `${tried} attempts to get elsewhere, ${protection}: seen by ${arrives.length} of ${known} witnesses`,
      );
    },
  );
});

/** Every attempt of the table, with what came back. */
async function sendAll(lab: RelayLab) {
  const tasks = ATTEMPTS.map(
    ({ port, send }): Task => ({ do: 'talk', address: RELAY, port, send, end: true, patience: 7_000 }),
  );
  const results = await attempt(lab, 'client', tasks, 170_000);
  return ATTEMPTS.map((each, index) => {
    const { outcome = '', text = '' } = results[index] ?? {};
    return { what: each.what, outcome, text: text.slice(0, 300), right: isRight(each, text) };
  });
}

/** HAProxy itself answers what it refuses: with an error where that is HTTP, else with nothing. */
function isRight({ ends, port, send }: Attempt, text: string): boolean {
  const statuses = [...text.matchAll(/^HTTP\/1\.\d (\d+)/gmu)].map(([, status]) => Number(status));
  if (port === 80) {
    const allRefused = statuses.every((status) => status >= 400 && status < 500);
    return ends === 'refused' ? allRefused && !text.includes(`"name":`) : !text.includes('101 Switching');
  }
  if (ends === 'refused') return text === '';
  // An alert (RFC 8446, section 6).
  if (port === 443) return text.startsWith('\x15');
  return text === Buffer.concat(send.map((piece) => Buffer.from(piece, 'base64'))).toString('latin1');
}

/** Services whose origin's name leads where it may not: those that answered anything. */
async function badNamesReached(lab: RelayLab): Promise<string[]> {
  const ports = [...badNames.map((_, index) => 3_001 + index), 4_000];
  const results = await attempt(lab, 'client', [
    ...ports.map((port): Task => ({ do: 'talk', address: RELAY, port, send: [bytes('x')], patience: 3_000 })),
    ...ports.map((port): Task => ({ do: 'datagrams', address: RELAY, port, count: 1, patience: 300 })),
  ]);
  return results.flatMap(({ text }, index) =>
    text === '' ? [] : [`${badNames[index % ports.length]}: ${text}`],
  );
}

/** What comes from the host itself is turned away at its own door. */
async function fromItself(lab: RelayLab): Promise<void> {
  const task = { do: 'talk', port: 22, send: [bytes('x')], end: true } as const;
  const results = await attempt(lab, 'relay', [
    { ...task, address: RELAY },
    { ...task, address: RELAY6 },
    { ...task, address: '127.0.0.1' },
  ]);
  expect(results.map(({ text }) => text)).toEqual(['', '', '']);
}

/** Requests that the origin got and that were for others. */
function foreign(home: LabProcess): string[] {
  const pages = home.output().match(/^(?:page|upgrade) .*$/gmu) ?? [];
  expect(pages.length).toBeGreaterThan(0);
  return pages.filter((line) => /^upgrade h2c|smuggled/u.test(line) || line.includes(` ${OTHER} `));
}
