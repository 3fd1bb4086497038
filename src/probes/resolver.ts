import type { Answer } from '../model/dns-answer.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Ports } from '../ports/ports.ts';
import { evidenceOf, type ProbeContext } from './context.ts';

/** Resolvers asked; glibc uses no more (resolv.conf(5), MAXNS). */
const MAX_RESOLVERS = 3;
/** ms; as long as glibc waits for one resolver (resolv.conf(5), RES_TIMEOUT). It has to ask others in turn. */
const RESOLVER_TIMEOUT = 5_000;

/** What each resolver of this machine answers for the name. A stub such as systemd-resolved is one like any other. */
export async function resolver(name: string, ports: Ports, context: ProbeContext): Promise<Evidence[]> {
  const none = evidenceOf('resolver', 'system', context, ports.clock);
  const servers = await ports.dns.resolvers();
  if (servers.length === 0) {
    return [none.failed({ code: 'no-network', detail: 'no resolver is configured' }, 'cat /etc/resolv.conf')];
  }
  return Promise.all(
    servers.slice(0, MAX_RESOLVERS).map((server) => askResolver(server, name, ports, context)),
  );
}

async function askResolver(
  server: string,
  name: string,
  { dns, clock }: Ports,
  context: ProbeContext,
): Promise<Evidence> {
  const item = evidenceOf('resolver', server, context, clock);
  const how = `dig @${server} ${name} A ${name} AAAA`;
  const question = { server, name, recurse: true, timeoutMs: RESOLVER_TIMEOUT };
  const [a, aaaa] = await Promise.all([
    dns.ask({ ...question, type: 'A' }, context.signal),
    dns.ask({ ...question, type: 'AAAA' }, context.signal),
  ]);
  return wasInterrupted([a, aaaa], context)
    ? item.failed({ code: 'interrupted' }, how)
    : item.ok({ server, a, aaaa }, how);
}

/** When the caller gives up, open questions end as if nobody had answered: that is no observation. */
const wasInterrupted = (answers: readonly Answer[], { signal }: ProbeContext): boolean =>
  signal.aborted && answers.some(({ outcome }) => outcome === 'timed-out');
