import type { Evidence, Reason } from '../model/evidence.ts';
import type { Ports } from '../ports/ports.ts';
import type { ProbeContext } from '../probes/context.ts';
import { reach } from '../probes/reach.ts';
import { resolver } from '../probes/resolver.ts';
import { trace } from '../probes/trace.ts';
import { udpReach } from '../probes/udp-reach.ts';
import { asking, dialling, tracing } from './guarded-ports.ts';
import { EVIDENCE_BYTES, LOOK_MS, MAX_HOPS, RESOLVE_MS, RESOLVERS_PER_LOOK } from './limits.ts';
import {
  type AskedTrace,
  type LookAnswer,
  type LookRequest,
  PROTOCOL,
  type ReachSeen,
  type ResolverSeen,
  type TraceSeen,
  type UdpSeen,
} from './protocol.ts';

type Seen = ReachSeen | ResolverSeen | TraceSeen | UdpSeen;
type Failed = Extract<ResolverSeen, { status: 'failed' | 'skipped' }>;
const failed = (reason: Reason): Failed => ({ status: 'failed', reason });

/**
 * Looks at a service from here. Never throws for what the network does; ends after LOOK_MS at the latest.
 *
 * @param refusals why an address isn't dialled, for those that aren't
 */
export async function look(
  request: LookRequest,
  refusals: ReadonlyMap<string, string>,
  ports: Ports,
  signal: AbortSignal,
): Promise<LookAnswer> {
  const ended = new AbortController();
  const stop = AbortSignal.any([signal, ended.signal]);
  const lateAfter = (ms: number): Promise<Failed> =>
    ports.clock.sleep(ms, stop).then(
      () => failed({ code: 'timed-out', detail: `The agent's look took longer than ${ms / 1000} s.` }),
      () => failed({ code: 'interrupted' }),
    );
  const late = lateAfter(LOOK_MS);
  const context: ProbeContext = { vantage: 'outside', where: 'agent', signal: stop };

  /** One dial: refused, or what `see` makes of it within the time. */
  const bounded = async <S extends Seen>(address: string, see: () => Promise<S>): Promise<S | Failed> => {
    const refusal = refusals.get(address);
    if (refusal !== undefined) return failed({ code: 'refused', detail: refusal });
    return small(await Promise.race([see(), late]));
  };
  const seeAddress = ({ address, roles, port }: Dialled): Promise<ReachSeen> =>
    bounded(address, async () => {
      const question = { address, roles, port, hint: request.hint };
      return seenByReach(await reach(question, dialling(ports, { address, port }), context));
    });
  const askAddress = ({ address, roles }: LookRequest['addresses'][number]): Promise<UdpSeen> =>
    bounded(address, async () => {
      const { port, hint, udp } = request;
      const question = { address, roles, port, protocol: udp?.protocol ?? 'none', name: hint.name };
      return seenByUdp(await udpReach(question, asking(ports, { address, port }), context));
    });
  const allAnswer = new AbortController();
  const whileUnanswered = { ...context, signal: AbortSignal.any([stop, allAnswer.signal]) };
  const seeTrace = (asked: AskedTrace): Promise<TraceSeen> =>
    bounded(asked.address, async () => {
      const question = { ...asked, maxHops: MAX_HOPS };
      const seen = seenByTrace(await trace(question, tracing(ports, asked.address), whileUnanswered));
      return seen.status !== 'ok' && allAnswer.signal.aborted ? NEEDLESS : seen;
    });
  const seeName = async (name: string): Promise<ResolverSeen[]> => {
    const seen = resolver(name, dialling(ports, null), context).then((items) => items.map(seenByResolver));
    const all = await Promise.race([seen, lateAfter(RESOLVE_MS).then((one) => [one])]);
    return all.slice(0, RESOLVERS_PER_LOOK).map(small);
  };

  try {
    const { addresses, port, udp, otherPorts, traces, resolve } = request;
    const reaching = Promise.all(
      addresses.map(async (asked) => ({
        address: asked.address,
        seen: await seeAddress({ ...asked, port }),
      })),
    );
    const asked = Promise.all(
      (udp?.addresses ?? []).map(async (each) => ({ address: each.address, seen: await askAddress(each) })),
    );
    const [[reached, answered], resolved, others, ways] = await Promise.all([
      Promise.all([reaching, asked]).then((both) => {
        const all = both.flat();
        // A way shows where packets are lost: where none are, nobody waits for its silent hops.
        if (all.length > 0 && all.every(({ seen }) => answers(seen))) allAnswer.abort();
        return both;
      }),
      resolve === null ? [] : seeName(resolve),
      Promise.all(otherPorts.map((asked) => seeAddress({ ...asked, roles: ['differential'] }))),
      Promise.all(traces.map(seeTrace)),
    ]);
    return {
      protocol: PROTOCOL,
      reach: reached,
      udp: answered,
      resolver: resolved,
      otherPorts: others,
      traces: ways,
    };
  } finally {
    // Calls off what is still under way, be it because of the deadline or of a bug.
    ended.abort();
  }
}

const NEEDLESS: TraceSeen = {
  status: 'skipped',
  reason: { code: 'not-applicable', detail: 'everything that was asked for answers' },
};

/** Every attempt connected, and somebody said who answers. */
const answers = (seen: ReachSeen | UdpSeen): boolean =>
  seen.status === 'ok' &&
  seen.facts.attempts.every(({ outcome }) => outcome === 'connected' || outcome === 'answered') &&
  seen.facts.identity !== null &&
  seen.facts.identity.kind !== 'none';

type Dialled = LookRequest['addresses'][number] & { readonly port: number };

function seenByReach(item: Evidence): ReachSeen {
  if (item.probe !== 'reach') throw new Error(`evidence of ${item.probe} instead of reach`);
  return item.status === 'ok' ? { status: 'ok', facts: item.facts } : failed(item.reason);
}

function seenByUdp(item: Evidence): UdpSeen {
  if (item.probe !== 'udp-reach') throw new Error(`evidence of ${item.probe} instead of udp-reach`);
  return item.status === 'ok' ? { status: 'ok', facts: item.facts } : failed(item.reason);
}

function seenByTrace(item: Evidence): TraceSeen {
  if (item.probe !== 'trace') throw new Error(`evidence of ${item.probe} instead of trace`);
  return item.status === 'ok' ? { status: 'ok', facts: item.facts } : failed(item.reason);
}

function seenByResolver(item: Evidence): ResolverSeen {
  if (item.probe !== 'resolver') throw new Error(`evidence of ${item.probe} instead of resolver`);
  return item.status === 'ok' ? { status: 'ok', facts: item.facts } : failed(item.reason);
}

/** What a server under test says of itself may be huge; it must not crowd out the rest of the answer. */
function small<S extends Seen>(seen: S): S | Failed {
  if (Buffer.byteLength(JSON.stringify(seen)) <= EVIDENCE_BYTES) return seen;
  return failed({ code: 'too-large', detail: `What was seen has more than ${EVIDENCE_BYTES} bytes.` });
}
