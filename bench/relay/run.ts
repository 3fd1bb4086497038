/**
 * `npm run bench -- relay [--rounds N]`: a web server behind IPv6, reached directly, through the relay's own configuration and
 * through other relays, in the same three namespaces, as ratios to the direct way.
 */
import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { UserError } from '../../src/model/error.ts';
import { guard } from '../../test/lab/guard.ts';
import { claimPlace, type Place, sweepStale } from '../../test/lab/leftovers.ts';
import { ensurePackages } from '../../test/support/packages.ts';
import { type Figures, measure, prepareMeasuring } from './measure.ts';
import { makeNetwork, ORIGIN_IPV6, RELAY_IPV4, run, start } from './network.ts';
import { ours } from './ours.ts';
import { ORIGIN_PORT, originCommand, PEERS } from './peers.ts';
import { type Division, divisions } from './processors.ts';
import { DIRECT, misses, OURS, type Round, table } from './table.ts';

/** Medians of fewer are those of single accidents. */
const ROUNDS = 5;
/** Bytes: a transfer takes longer than the connection's start. */
const LARGE = 64 * 2 ** 20;
const SMALL = 1000;
/** ms */
const READY_TIMEOUT = 10_000;
const POLL = 50;

/** @returns the exit code: 1 where a target is missed */
export async function benchRelay(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { rounds: { type: 'string', default: String(ROUNDS) } } });
  const count = Number(values.rounds);
  if (!(Number.isInteger(count) && count > 0)) {
    throw new UserError(`--rounds "${values.rounds}" is no number of rounds; expected 1 or more.`);
  }
  const missing = await ensurePackages('bench');
  if (missing !== undefined) throw new UserError(missing);
  await sweepStale();
  const missed: string[] = [];
  for (const division of divisions()) missed.push(...(await benchOf(division, count)));
  return missed.length > 0 ? 1 : 0;
}

/** @returns what is missed */
async function benchOf(division: Division, count: number): Promise<string[]> {
  const place = claimPlace();
  const measuring = rounds(place, division, count);
  const stop = guard(place, new AbortController(), measuring);
  try {
    const all = await measuring;
    const load = (loadavg()[0] ?? 0).toFixed(1);
    console.log(
      `\nA relay: ${division.title}; medians of ${count} rounds, load ${load} at the end\n${table(all)}`,
    );
    const missed = misses(all);
    for (const line of missed) console.log(`MISSED: ${line}`);
    return missed;
  } finally {
    await stop();
  }
}

async function rounds(place: Place, { ends, relay: own }: Division, count: number): Promise<Round[]> {
  await makeNetwork(place);
  const www = join(place.dir, 'www');
  await mkdir(www);
  await writeFile(join(www, 'large'), '');
  await truncate(join(www, 'large'), LARGE);
  await writeFile(join(www, 'small'), 'x'.repeat(SMALL));
  start(place, 'origin', [...ends, ...(await originCommand(place.dir))]);
  const ways = new Map([[DIRECT, `[${ORIGIN_IPV6}]:${ORIGIN_PORT}`]]);
  for (const relay of [ours, ...PEERS]) {
    start(place, 'relay', [...own, ...(await relay.prepare(place.dir))]);
    ways.set(relay.name, `${RELAY_IPV4}:${relay.port}`);
  }
  for (const authority of ways.values()) await ready(place, authority);
  await prepareMeasuring(place);
  const all: Round[] = [];
  for (let round = 0; round < count; round += 1) {
    const figures = new Map<string, Figures>();
    for (const [name, authority] of ways) figures.set(name, await measure(place, authority, ends));
    all.push(figures);
    const own = figures.get(OURS);
    console.log(`round ${round + 1}: ${own?.connections.toFixed(0)} new connections a second through ours`);
  }
  return all;
}

async function ready(place: Place, authority: string): Promise<void> {
  const until = performance.now() + READY_TIMEOUT;
  for (;;) {
    try {
      await run(place, 'client', [
        ...['curl', '--globoff', '--silent', '--fail', '--max-time', '2', '--output', '/dev/null'],
        ...['--header', 'Host: bench.example.org', `http://${authority}/small`],
      ]);
      return;
    } catch (error) {
      if (performance.now() > until) throw error;
      await delay(POLL);
    }
  }
}
