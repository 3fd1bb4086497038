import type { Evidence, Reason } from '../model/evidence.ts';
import type { Net, Ports } from '../ports/ports.ts';
import type { ProbeContext } from '../probes/context.ts';
import { reach } from '../probes/reach.ts';
import { resolver } from '../probes/resolver.ts';
import { EVIDENCE_BYTES, LOOK_MS, RESOLVERS_PER_LOOK } from './limits.ts';
import {
  type LookAnswer,
  type LookRequest,
  PROTOCOL,
  type ReachSeen,
  type ResolverSeen,
} from './protocol.ts';

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
  const late = ports.clock.sleep(LOOK_MS, stop).then(
    () => failed({ code: 'timed-out', detail: `The agent's look took longer than ${LOOK_MS / 1000} s.` }),
    () => failed({ code: 'interrupted' }),
  );
  const allowed = request.addresses.map(({ address }) => address).filter((address) => !refusals.has(address));
  const guarded: Ports = { ...ports, net: onlyTo(new Set(allowed), request.port, ports.net) };
  const context: ProbeContext = { vantage: 'outside', where: 'agent', signal: stop };

  const seeAddress = async (asked: LookRequest['addresses'][number]): Promise<ReachSeen> => {
    const refusal = refusals.get(asked.address);
    if (refusal !== undefined) return failed({ code: 'refused', detail: refusal });
    const question = { ...asked, port: request.port, hint: request.hint };
    return bounded(await Promise.race([reach(question, guarded, context).then(seenByReach), late]));
  };
  const seeName = async (name: string): Promise<ResolverSeen[]> => {
    const seen = resolver(name, guarded, context).then((items) => items.map(seenByResolver));
    const all = await Promise.race([seen, late.then((one) => [one])]);
    return all.slice(0, RESOLVERS_PER_LOOK).map(bounded);
  };

  try {
    const [reached, resolved] = await Promise.all([
      Promise.all(
        request.addresses.map(async (asked) => ({ address: asked.address, seen: await seeAddress(asked) })),
      ),
      request.resolve === null ? [] : seeName(request.resolve),
    ]);
    return { protocol: PROTOCOL, reach: reached, resolver: resolved };
  } finally {
    // Calls off what is still under way, be it because of the deadline or of a bug.
    ended.abort();
  }
}

/** A second lock behind the policy: whatever a probe does, it connects to nothing but what was allowed. */
function onlyTo(addresses: ReadonlySet<string>, allowedPort: number, net: Net): Net {
  const check = (address: string, port: number): void => {
    if (addresses.has(address) && port === allowedPort) return;
    throw new Error(`a probe dials ${address} port ${port}, which nobody asked for`);
  };
  return {
    connect: async (address, port, ...rest) => {
      check(address, port);
      return net.connect(address, port, ...rest);
    },
    identify: async (address, port, ...rest) => {
      check(address, port);
      return net.identify(address, port, ...rest);
    },
    http: async () => {
      throw new Error('a probe of the agent makes an HTTP request, which nobody asked for');
    },
  };
}

function seenByReach(item: Evidence): ReachSeen {
  if (item.probe !== 'reach') throw new Error(`evidence of ${item.probe} instead of reach`);
  return item.status === 'ok' ? { status: 'ok', facts: item.facts } : failed(item.reason);
}

function seenByResolver(item: Evidence): ResolverSeen {
  if (item.probe !== 'resolver') throw new Error(`evidence of ${item.probe} instead of resolver`);
  return item.status === 'ok' ? { status: 'ok', facts: item.facts } : failed(item.reason);
}

/** What a server under test says of itself may be huge; it must not crowd out the rest of the answer. */
function bounded<S extends ReachSeen | ResolverSeen>(seen: S): S | Failed {
  if (Buffer.byteLength(JSON.stringify(seen)) <= EVIDENCE_BYTES) return seen;
  return failed({ code: 'too-large', detail: `What was seen has more than ${EVIDENCE_BYTES} bytes.` });
}
