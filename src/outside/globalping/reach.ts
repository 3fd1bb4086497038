import { z } from 'zod';
import type { LookAnswer } from '../../agent/protocol.ts';
import { familyOf, parseAddress } from '../../model/address.ts';
import type { ReachFacts, Reason, TcpOutcome } from '../../model/evidence.ts';
import type { ServiceHint } from '../../ports/ports.ts';
import type { PlaceResult } from './api.ts';
import { identityOf } from './identity.ts';

type ReachSeen = LookAnswer['otherPorts'][number];
type Result = PlaceResult['result'];

/** s that the connections of one ping may take, all together: the least that the API takes. */
export const PING_S = 5;
/** ms before the end of that time in which an attempt counts as one that waited for it: timers and clocks. */
const SLACK_MS = 400;
export const PING_ATTEMPTS = 3;
/** Characters of an output that are read. */
const OUTPUT_LENGTH = 25_000;

const pingSchema = z.object({
  status: z.literal('finished'),
  resolvedAddress: z.string().max(64),
  rawOutput: z.string().max(OUTPUT_LENGTH),
  timings: z.array(z.object({ rtt: z.number().min(0).max(120_000) })).max(PING_ATTEMPTS),
  stats: z.object({ total: z.int().min(1).max(PING_ATTEMPTS), rcv: z.int().min(0).max(PING_ATTEMPTS) }),
});

const failed = (code: Reason['code'], detail: string) =>
  ({ status: 'failed', reason: { code, detail } }) as const;

/** What one place saw at one address. */
export interface Dial {
  readonly address: string;
  readonly port: number;
  readonly roles: ReachFacts['roles'];
  readonly ping: Result;
  /** The same by HTTP, which says how a connection failed, and who answers; null where it wasn't asked for. */
  readonly http: Result | null;
}

/**
 * A TCP ping is a connection each (globalping-probe, src/command/handlers/ping/tcp-ping.ts). It tells those that were made;
 * of the others only that there was "no reply", be it a refusal or silence. Two things tell these apart: silence lasts until
 * the time is over, while a refusal ends an attempt at once; and a test by HTTP from the same place to the same port gives
 * the system's own word. An early end alone doesn't say whose word it was: it may be that the place has no way there.
 */
export function reachSeen({ address, port, roles, ping, http }: Dial, hint: ServiceHint): ReachSeen {
  const trouble = troubleOf(ping);
  if (trouble !== null) return trouble;
  const parsed = pingSchema.safeParse(ping);
  if (!parsed.success) return failed('malformed', "Globalping's ping can't be read: not measured.");
  const { resolvedAddress, timings, stats, rawOutput } = parsed.data;
  if (parseAddress(resolvedAddress) !== address || timings.length !== stats.rcv || stats.rcv > stats.total) {
    return failed('malformed', "Globalping's ping is about something else than was asked: not measured.");
  }
  const connected = timings.map(({ rtt }): TcpOutcome => ({ outcome: 'connected', ms: rtt }));
  const silent = Array.from({ length: stats.total - stats.rcv }, () =>
    unanswered(elapsedOf(rawOutput), errorOf(http, address, port)),
  );
  const attempts = [...connected, ...silent];
  if (attempts.every(({ outcome }) => outcome === 'error')) {
    return failed(
      'unsupported',
      `Globalping got no reply from ${address} and doesn't tell how: not measured.`,
    );
  }
  const identity = connected.length === 0 || http === null ? null : identityOf(http, address, port, hint);
  return { status: 'ok', facts: { family: familyOf(address), address, port, roles, attempts, identity } };
}

/** No attempt connected, and they ended early: by HTTP it would be told how. */
export function endedEarly(ping: Result): boolean {
  const parsed = pingSchema.safeParse(ping);
  if (!parsed.success || parsed.data.stats.rcv > 0) return false;
  const elapsed = elapsedOf(parsed.data.rawOutput);
  return elapsed !== null && elapsed < PING_S * 1_000 - SLACK_MS;
}

/** Why a test has no result; null where it has one. */
export function troubleOf(result: Result): Extract<ReachSeen, { status: 'failed' | 'skipped' }> | null {
  if (result.status === 'offline') return failed('unreachable', "Globalping's place is gone: not measured.");
  if (result.status === 'in-progress')
    return failed('timed-out', "Globalping's place didn't end in time: not measured.");
  if (result.status === 'failed')
    return failed('unsupported', "Globalping's place couldn't test: not measured.");
  return null;
}

/** ms from the start of the first attempt to the end of the last one; null where the output doesn't tell. */
function elapsedOf(rawOutput: string): number | null {
  const ms =
    /^\d{1,2} packets transmitted, \d{1,2} received, [\d.]{1,8}% packet loss, time (\d{1,6}) ms$/mu.exec(
      rawOutput,
    )?.[1];
  return ms === undefined ? null : Number(ms);
}

function unanswered(elapsed: number | null, error: TcpOutcome | null): TcpOutcome {
  const open: TcpOutcome = { outcome: 'error', code: 'NO_REPLY', ms: elapsed ?? 0 };
  if (elapsed === null) return open;
  const early = elapsed < PING_S * 1_000 - SLACK_MS;
  // Some attempt waited to the end; where another way to ask was refused, it may have been one only.
  if (!early) return error === null ? { outcome: 'timed-out', ms: elapsed } : open;
  return error === null ? open : { ...error, ms: elapsed };
}

/** Node's words for a connection that failed (`connect CODE ADDRESS:PORT`), as a test by HTTP repeats them. */
function errorOf(http: Result | null, address: string, port: number): TcpOutcome | null {
  if (http?.status !== 'failed' || typeof http.rawOutput !== 'string') return null;
  const [, code = '', host = '', at] =
    /^connect (E[A-Z]{2,20}) ([0-9a-f.:]{2,45}):(\d{1,5})(?: - Local \(\S{1,80}\))?$/u.exec(
      http.rawOutput.slice(0, 300),
    ) ?? [];
  const outcome = OUTCOMES[code];
  if (outcome === undefined || parseAddress(host) !== address || Number(at) !== port) return null;
  return { outcome, code, ms: 0 };
}

/** As for a look from here, where it isn't told whether the network or the place itself said it: then the place. */
const OUTCOMES: Readonly<Record<string, TcpOutcome['outcome']>> = {
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'icmp-unreachable',
  ENETUNREACH: 'no-route',
  EADDRNOTAVAIL: 'no-route',
  EAFNOSUPPORT: 'no-route',
  EACCES: 'blocked-locally',
  EPERM: 'blocked-locally',
};
