import type { Evidence, Reason } from '../model/evidence.ts';
import type { MappingTrialFacts } from '../model/facts/router.ts';
import type { Ports } from '../ports/ports.ts';
import { evidenceOf, type ProbeContext } from './context.ts';
import {
  type Attempt,
  LEASE_SECONDS,
  type MappingTrialQuestion,
  type Method,
} from './mapping-trial/method.ts';
import { overNatPmp } from './mapping-trial/nat-pmp.ts';
import { overPcp } from './mapping-trial/pcp.ts';
import { overUpnp } from './mapping-trial/upnp.ts';

/** Tries to take the mapping away again; one datagram may be lost. */
const REMOVAL_TRIES = 2;

/** In this order: UPnP can tell what is there already, PCP guards it, NAT-PMP does neither. */
const METHODS: readonly (readonly [MappingTrialFacts['method'], Method])[] = [
  ['upnp', overUpnp],
  ['pcp', overPcp],
  ['nat-pmp', overNatPmp],
];

export interface MappingTrial {
  /** What is known so far; whether the mapping is gone again only after `close`. */
  evidence(): Evidence;
  /**
   * Takes the mapping away; the second call waits for the first. Never rejects, takes 3 s at most, and works after the
   * signal has aborted. It begins by itself when the signal aborts, and after 60 s.
   */
  close(): Promise<void>;
}

/**
 * Opens one TCP mapping on the router for at most 60 s, so that an outside vantage can look through it (`--probe-mapping`).
 * Never changes a mapping that UPnP or PCP know of, and makes none that wouldn't end by itself.
 */
export async function openMapping(
  question: MappingTrialQuestion,
  ports: Ports,
  context: ProbeContext,
): Promise<MappingTrial> {
  const item = evidenceOf('mapping-trial', question.gateway, context, ports.clock);
  const [method, attempt] = await firstThatOpens(question, ports, context.signal);
  const none = { close: async () => {} };
  if (attempt.kind === 'absent') return { evidence: () => item.failed(attempt.reason, attempt.how), ...none };
  const { gateway, client, internalPort, externalPort } = question;
  const facts: MappingTrialFacts = {
    method,
    gateway,
    externalPort,
    client,
    internalPort,
    opened: false,
    external: null,
    refusal: null,
    removed: null,
  };
  if (attempt.kind === 'refused') {
    return { evidence: () => item.ok({ ...facts, refusal: attempt.refusal }, attempt.how), ...none };
  }
  if (attempt.kind === 'opened') {
    Object.assign(facts, { opened: true, externalPort: attempt.externalPort, external: attempt.external });
  }
  const close = closing(attempt.remove, ports, context.signal, (removed) => {
    facts.removed = removed;
  });
  if (attempt.kind === 'in-doubt') await close();
  return { evidence: () => item.ok({ ...facts }, attempt.how), close };
}

/** The first way that opens it, or may have; else the first refusal, else the last way's silence. */
async function firstThatOpens(
  question: MappingTrialQuestion,
  ports: Ports,
  signal: AbortSignal,
): Promise<[MappingTrialFacts['method'], Attempt]> {
  const interrupted: Reason = { code: 'interrupted' };
  let best: [MappingTrialFacts['method'], Attempt] = [
    'upnp',
    { kind: 'absent', reason: interrupted, how: '' },
  ];
  for (const [method, open] of METHODS) {
    if (signal.aborted) break;
    const attempt = await open(question, ports, signal);
    if (attempt.kind === 'opened' || attempt.kind === 'in-doubt') return [method, attempt];
    if (best[1].kind === 'absent') best = [method, attempt];
    if (attempt.kind === 'refused' && attempt.isFinal) break;
  }
  return best;
}

/** What takes the mapping away once, whoever asks first: the caller, the signal, or the end of the lease. */
function closing(
  remove: () => Promise<boolean>,
  ports: Ports,
  signal: AbortSignal,
  tell: (removed: boolean) => void,
): () => Promise<void> {
  const closed = new AbortController();
  let done: Promise<void> | undefined;
  const removal = async () => {
    closed.abort();
    let removed = false;
    for (let tries = 0; tries < REMOVAL_TRIES && !removed; tries += 1) removed = await remove();
    tell(removed);
  };
  const close = () => {
    done ??= removal();
    return done;
  };
  signal.addEventListener('abort', close, { once: true, signal: closed.signal });
  if (signal.aborted) void close();
  ports.clock.sleep(LEASE_SECONDS * 1000, closed.signal).then(close, () => {});
  return close;
}
