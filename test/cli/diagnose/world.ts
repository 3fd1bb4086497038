import { gather } from '../../../src/cli/diagnose/gather.ts';
import type { DiagnoseOptions } from '../../../src/cli/diagnose/options.ts';
import type { Answer } from '../../../src/model/dns-answer.ts';
import { type Evidence, evidenceSchema } from '../../../src/model/evidence.ts';
import { parseTarget } from '../../../src/model/target.ts';
import { clock } from '../../../src/ports/node/clock.ts';
import type { HttpRequest, HttpResult, Ports } from '../../../src/ports/ports.ts';
import { fakePorts } from '../../probes/fake-ports.ts';
import { LAN4, NAME, SERVICE, STABLE6, WAN4 } from '../../support/names.ts';

const RESOLVERS = ['192.0.2.53', '192.0.2.54'];

const answer = (addresses: readonly string[], outcome: Answer['outcome'] = 'answer'): Answer => ({
  outcome,
  rcode: outcome === 'timed-out' ? null : 'NOERROR',
  authoritative: false,
  recursionAvailable: outcome !== 'timed-out',
  chain: [],
  addresses: addresses.map((address) => ({ address, ttl: 60 })),
  soa: null,
  ms: 1,
});

/** What waits for nothing, for these milliseconds, or for the signal alone. */
type Pace = 'at-once' | number | 'never';

interface World {
  readonly a?: readonly string[];
  readonly aaaa?: readonly string[];
  readonly own?: readonly string[];
  /** How whoami services see this machine; an agent's URL is answered by `agent`. */
  readonly seen4?: string;
  readonly agent?: (request: HttpRequest) => HttpResult;
  readonly pace?: { readonly dns?: Pace; readonly http?: Pace; readonly tcp?: Pace; readonly lookup?: Pace };
}

/** A machine that dials nothing: every address that would have been is in `dialled`. As the real ports do, each call ends when its signal aborts. */
export function world({ a = [WAN4], aaaa = [STABLE6], own = [LAN4], seen4 = WAN4, agent, pace = {} }: World) {
  const dialled: string[] = [];
  const paced = async <T>(how: Pace = 'at-once', signal: AbortSignal, result: T, aborted: T): Promise<T> => {
    if (how === 'at-once') return signal.aborted ? aborted : result;
    const time = how === 'never' ? 2 ** 30 : how;
    return clock.sleep(time, signal).then(
      () => result,
      () => aborted,
    );
  };
  const http = (request: HttpRequest): HttpResult => {
    if (request.method === 'POST') {
      const unreachable: HttpResult = { ok: false, reason: { code: 'unreachable' }, ms: 1 };
      return agent?.(request) ?? unreachable;
    }
    const body = request.family === 'ipv4' ? seen4 : STABLE6;
    return { ok: true, status: 200, headers: {}, body, ms: 1 };
  };
  const ports: Ports = fakePorts({
    clock,
    files: { read: async () => '' },
    exec: { run: async () => null, watch: async () => null },
    host: {
      interfaces: () => own.map((address) => ({ interface: 'eth0', address, prefixLength: 24 })),
    },
    dns: {
      resolvers: async () => RESOLVERS,
      ask: ({ type }, signal) =>
        paced(pace.dns, signal, answer(type === 'A' ? a : aaaa), answer([], 'timed-out')),
      nameServers: (_, signal) => paced(pace.dns, signal, null, null),
      caa: (_, signal) => paced(pace.dns, signal, null, null),
      // The system's own look-up can't be told to stop.
      lookup: () => paced(pace.lookup, new AbortController().signal, [...a], []),
    },
    net: {
      udp: async () => ({ ok: false, reason: { code: 'timed-out' }, ms: 1 }),
      connect: (address, _, __, signal) => {
        dialled.push(address);
        return paced(
          pace.tcp,
          signal,
          { outcome: 'connected', ms: 1 },
          { outcome: 'error', code: 'ABORT_ERR', ms: 1 },
        );
      },
      identify: (_, __, ___, ____, signal) =>
        paced(pace.tcp, signal, SERVICE, { kind: 'none', why: 'timed-out' }),
      http: (request, signal) =>
        paced<HttpResult>(pace.http, signal, http(request), {
          ok: false,
          reason: { code: 'interrupted' },
          ms: 1,
        }),
    },
  });
  return { ports, dialled };
}

const OPTIONS: DiagnoseOptions = {
  target: parseTarget(`https://${NAME}`),
  from: null,
  ipv4: null,
  whoami: ['https://one.example.net', 'https://two.example.net'],
  whoamiSkipped: null,
  outside: [],
};

/** Gathers in such a world, and checks what holds for all evidence: it is valid, and each piece has an id of its own. */
export async function gathered(
  { ports }: Pick<ReturnType<typeof world>, 'ports'>,
  more: Partial<DiagnoseOptions> = {},
  signal: AbortSignal = new AbortController().signal,
) {
  const open: string[] = [];
  const result = await gather(
    { ...OPTIONS, ...more },
    ports,
    {
      begin: (where, what) => void open.push(`${where} ${what}`),
      end: (where, what) => void open.splice(open.indexOf(`${where} ${what}`), 1),
      clear: () => {},
    },
    signal,
  );
  const evidence = result.evidence.map((item) => evidenceSchema.parse(item));
  return { evidence, vantage: result.vantage, ids: evidence.map(({ id }) => id).sort(), open };
}

/** What became of each piece: `ok`, or the reason's code. */
export const outcomes = (evidence: readonly Evidence[]): Record<string, string> =>
  Object.fromEntries(evidence.map((item) => [item.id, item.status === 'ok' ? 'ok' : item.reason.code]));
