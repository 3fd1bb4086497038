import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Place } from '../../test/lab/leftovers.ts';
import { run } from './network.ts';

/** What one way from the client to the origin's web server achieves. */
export interface Figures {
  /** Bytes a second, of large files on four connections. */
  readonly throughput: number;
  /** A second; each carries one small answer and is closed. */
  readonly connections: number;
  /** The 99th percentile, s, of small answers on eight open connections, at a rate that every relay can carry. */
  readonly p99: number;
}

/** s; long enough that a start-up of some milliseconds doesn't show, short enough that the machine stays the same. */
const SECONDS = 4;
/** ms between an answer and the next request where latency is measured. As fast as it goes would measure each relay at another load. */
const PAUSE = 4;

const pacedScript = (place: Place): string => join(place.dir, 'paced.lua');

/** Writes what makes the client pause; once, before anything is measured. */
export const prepareMeasuring = (place: Place): Promise<void> =>
  writeFile(pacedScript(place), `function delay() return ${PAUSE} end\n`);

/**
 * Measures one way.
 * @param authority host and port, as in a URL
 * @param onProcessors the beginning of the client's command, which says where it runs; empty where that is all the same
 */
export async function measure(
  place: Place,
  authority: string,
  onProcessors: readonly string[],
): Promise<Figures> {
  const wrk = (path: string, connections: number, ...more: string[]): Promise<string> =>
    run(place, 'client', [
      ...onProcessors,
      ...['wrk', '-t', '1', '-c', String(connections), '-d', `${SECONDS}s`, '--timeout', '10s'],
      ...['-H', 'Host: bench.example.org'],
      ...more,
      `http://${authority}${path}`,
    ]);
  const large = await wrk('/large', 4);
  const closed = await wrk('/small', 32, '-H', 'Connection: close');
  const open = await wrk('/small', 8, '--latency', '-s', pacedScript(place));
  return {
    throughput: read(large, /Transfer\/sec:\s+([\d.]+)([KMGT]?)B/u, BYTES),
    connections: read(closed, /Requests\/sec:\s+([\d.]+)()/u, {}),
    p99: read(open, /99%\s+([\d.]+)(us|ms|s)/u, TIMES),
  };
}

/** wrk's units (src/units.c): powers of 1024 for bytes. */
const BYTES: Units = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };
const TIMES: Units = { us: 1e-6, ms: 1e-3, s: 1 };
type Units = Readonly<Record<string, number>>;

/** @throws where wrk says something else, or had errors, which would make its figures those of something else */
function read(output: string, pattern: RegExp, units: Units): number {
  const found = pattern.exec(output);
  const errors = /^.*(?:Socket errors|Non-2xx).*$/mu.exec(output);
  if (found === null || errors !== null) throw new Error(`wrk could not measure:\n${output}`);
  return Number(found[1]) * (units[found[2] ?? ''] ?? 1);
}
