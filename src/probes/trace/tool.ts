import type { Reason } from '../../model/evidence.ts';
import type { TraceFacts } from '../../model/facts/path.ts';
import { plainText } from '../../ports/plain-text.ts';
import type { Exec } from '../../ports/ports.ts';
import { type Hop, parseTracepath, parseTraceroute } from './traceroute.ts';
import type { Range } from './way.ts';

/** s; twice round the world. One look takes that long where the last hops are silent. */
const WAIT = 1;
/** ms for one look: what a loaded machine needs on top. */
const LOOK_TIMEOUT = WAIT * 1000 + 900;
/** ms; tracepath asks hop after hop, and is taken at its word so far. */
const TRACEPATH_TIMEOUT = 3_000;
/** Characters kept of a complaint. */
const DETAIL_LENGTH = 120;

export interface Way {
  readonly address: string;
  readonly port: number | null;
  readonly method: TraceFacts['method'];
}

export type Look = { readonly hops: Hop[] } | { readonly reason: Reason };
type Result = Awaited<ReturnType<Exec['run']>>;

/** A program that traces. */
export interface Tool {
  readonly name: string;
  /** One packet a hop. Null where the program isn't installed or is another. */
  look(range: Range): Promise<Look | null>;
  /** Whether asking once more is worth it. */
  readonly repeats: boolean;
}

/** Debian's: all hops at the same moment. https://traceroute.sourceforge.net */
export const tracerouteArgs = ({ address, port, method }: Way, { first, last }: Range): string[] => [
  ...['-n', '-q', '1', '-w', String(WAIT), '-N', '32', '-f', String(first), '-m', String(last)],
  ...METHOD[method],
  // Without -U, the port of UDP rises with each packet.
  ...(port === null || method === 'icmp'
    ? []
    : method === 'udp'
      ? ['-U', '-p', String(port)]
      : ['-p', String(port)]),
  address,
];

const METHOD = { udp: [], icmp: ['-I'], tcp: ['-T'] } as const;

export function modernTraceroute(way: Way, exec: Exec, signal: AbortSignal): Tool {
  return {
    name: 'traceroute',
    repeats: true,
    async look(range) {
      const result = await exec.run('traceroute', tracerouteArgs(way, range), {
        timeoutMs: LOOK_TIMEOUT,
        signal,
      });
      if (result === null || OTHER.test(result.stderr)) return null;
      return lookOf(result, parseTraceroute(result.stdout, way.address), signal);
    },
  };
}

/** What GNU inetutils and busybox say to options that they don't know. */
const OTHER = /invalid option|unrecognized option|unknown option/u;

/** GNU inetutils and busybox: the options that both have, and a process a hop, because they ask one after another. */
export function smallTraceroute(way: Way, exec: Exec, signal: AbortSignal): Tool {
  const run = (...args: string[]) => exec.run('traceroute', args, { timeoutMs: LOOK_TIMEOUT, signal });
  return {
    name: 'traceroute',
    repeats: true,
    async look({ first, last }) {
      const help = await run('--help');
      if (help === null) return null;
      if (way.method === 'tcp' || (way.method === 'udp' && way.port !== null)) {
        return { reason: { code: 'unsupported', detail: 'this traceroute sends no packets to one port' } };
      }
      // -m is the last distance for busybox, and how many to ask for, numbered from 1, for inetutils 2.4.
      const lastOf = (ttl: number) => (/busybox/iu.test(help.stderr) ? ttl : 1);
      const looks = await Promise.all(
        Array.from({ length: last - first + 1 }, async (_, index): Promise<Look> => {
          const ttl = first + index;
          const at = ['-f', String(ttl), '-m', String(lastOf(ttl))];
          const result = await run('-q', '1', '-w', String(WAIT), ...at, ...METHOD[way.method], way.address);
          if (result === null) return { reason: { code: 'no-tool', detail: 'traceroute' } };
          const [hop] = parseTraceroute(result.stdout, way.address) ?? [];
          // inetutils calls it a failure not to have come to the end.
          return hop === undefined ? { reason: reasonOf(result, signal) } : { hops: [{ ...hop, ttl }] };
        }),
      );
      const failed = looks.find((look) => 'reason' in look);
      return (
        failed ?? {
          hops: upToEnd(
            looks.flatMap((look) => ('hops' in look ? look.hops : [])),
            way,
          ),
        }
      );
    },
  };
}

/** Each hop is asked for by itself: behind the end of the way, the same comes again. */
function upToEnd(hops: readonly Hop[], { address }: Way): Hop[] {
  const end = hops.findIndex((hop) => hop.address === address || hop.note !== null);
  return end === -1 ? [...hops] : hops.slice(0, end + 1);
}

/** iputils: UDP only, needs no privilege, one hop after another. */
export function tracepath(way: Way, exec: Exec, signal: AbortSignal): Tool {
  return {
    name: 'tracepath',
    repeats: false,
    async look({ last }) {
      if (way.method !== 'udp' || way.port !== null) return null;
      const args = ['-n', '-m', String(last), way.address];
      const result = await exec.run('tracepath', args, { timeoutMs: TRACEPATH_TIMEOUT, signal });
      if (result === null) return null;
      const hops = parseTracepath(result.stdout);
      if (signal.aborted) return { reason: { code: 'interrupted' } };
      return hops === null ? lookOf(result, null, signal) : { hops };
    },
  };
}

/** A traceroute that was ended by the time has said less than it would have: that is no evidence of silence. */
export function lookOf(result: NonNullable<Result>, hops: Hop[] | null, signal: AbortSignal): Look {
  const isWhole = result.exitCode === 0 && hops !== null && !signal.aborted;
  return isWhole ? { hops } : { reason: reasonOf(result, signal) };
}

function reasonOf({ exitCode, stderr, stdout }: NonNullable<Result>, signal: AbortSignal): Reason {
  if (signal.aborted) return { code: 'interrupted' };
  const detail = plainText(stderr, DETAIL_LENGTH);
  if (/enough privileges|Operation not permitted|Permission denied|must be root/iu.test(stderr)) {
    return { code: 'no-privilege', detail };
  }
  if (/Network is unreachable|No route to host|Cannot assign requested address/iu.test(stderr)) {
    return { code: 'no-network', detail };
  }
  if (exitCode === 124) return { code: 'timed-out' };
  if (exitCode !== 0) return { code: 'unsupported', detail: detail || `exit code ${exitCode}` };
  return { code: 'malformed', detail: plainText(stdout, DETAIL_LENGTH) };
}
