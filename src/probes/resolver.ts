import * as byHand from '../model/by-hand/dns.ts';
import { type Answer, isDefinite } from '../model/dns-answer.ts';
import type { Evidence } from '../model/evidence.ts';
import { systemOfPlatform } from '../model/platform.ts';
import type { Ports } from '../ports/ports.ts';
import { evidenceOf, type ProbeContext } from './context.ts';

/** Resolvers asked; glibc uses no more (resolv.conf(5), MAXNS). */
const MAX_RESOLVERS = 3;
/**
 * ms; a resolver whose own questions stay unanswered says so (SERVFAIL) only after 10 s (BIND, resolver-query-timeout),
 * and that it does is telling.
 */
const RESOLVER_TIMEOUT = 12_000;
/** ms that the others get once one has answered: a dead one, as many machines have, isn't to delay every diagnosis. */
const PATIENCE = 3_000;

/** What each resolver of this machine answers for the name. A stub such as systemd-resolved is one like any other. */
export async function resolver(name: string, ports: Ports, context: ProbeContext): Promise<Evidence[]> {
  const none = evidenceOf('resolver', 'system', context, ports.clock);
  const servers = await ports.dns.resolvers();
  if (servers.length === 0) {
    return [
      none.failed(
        { code: 'no-network', detail: 'no resolver is configured' },
        byHand.resolvers(systemOfPlatform(ports.host.platform)),
      ),
    ];
  }
  const late = new AbortController();
  const ended = new AbortController();
  const signal = AbortSignal.any([context.signal, late.signal]);
  const hurry = async (answers: readonly Answer[]): Promise<void> => {
    if (!answers.every(isDefinite)) return;
    await ports.clock.sleep(PATIENCE, ended.signal).then(
      () => late.abort(),
      () => {},
    );
  };
  const asked = servers.slice(0, MAX_RESOLVERS).map((server) => {
    const seen = askResolver(server, name, ports, context, signal);
    return seen.then(({ answers, evidence }) => {
      void hurry(answers);
      return evidence;
    });
  });
  try {
    return await Promise.all(asked);
  } finally {
    ended.abort();
  }
}

async function askResolver(
  server: string,
  name: string,
  { dns, clock, host }: Ports,
  context: ProbeContext,
  signal: AbortSignal,
): Promise<{ answers: readonly Answer[]; evidence: Evidence }> {
  const item = evidenceOf('resolver', server, context, clock);
  const question = { server, name, recurse: true, timeoutMs: RESOLVER_TIMEOUT };
  const [a, aaaa] = await Promise.all([
    dns.ask({ ...question, type: 'A' }, signal),
    dns.ask({ ...question, type: 'AAAA' }, signal),
  ]);
  const answers = [a, aaaa];
  const how = byHand.records(systemOfPlatform(host.platform), server, name);
  // When the caller gives up, open questions end as if nobody had answered: that is no observation.
  const interrupted = context.signal.aborted && answers.some(({ outcome }) => outcome === 'timed-out');
  const evidence = interrupted
    ? item.failed({ code: 'interrupted' }, how)
    : item.ok({ server, a, aaaa }, how);
  return { answers, evidence };
}
