import { worthAsking } from '../../../causes/dns/caches.ts';
import type { Evidence } from '../../../model/evidence.ts';
import type { Ports } from '../../../ports/ports.ts';
import type { Run } from './run.ts';

/** How long after the first answer a cache must have counted its time to live down, milliseconds: TTLs are whole seconds. */
const CACHE_AGES_MS = 1_200;

/** Tasks that may still tell an address of the name. */
export const NAMES = 'names:';

/** What DNS says of the name; a literal target needs none. */
export function names(run: Run): void {
  const { target } = run.options;
  if (target.hostKind !== 'name') return;
  const ports = overhearing(run);
  const here = { where: 'here' } as const;
  run.start({ ...here, name: `${NAMES}resolvers`, what: 'resolvers' }, (context) =>
    run.probes.resolver(target.host, ports, context),
  );
  run.start({ ...here, name: `${NAMES}authority`, what: "the zone's servers" }, (context) =>
    run.probes.authority(target.host, ports, context),
  );
  run.start({ ...here, name: 'hosts-file', what: 'hosts file' }, (context) =>
    run.probes.osLookup(target.host, ports, context),
  );
  if (!run.isOpen(NAMES)) askAgain(run);
}

/** A dead server delays what its probe tells, but not what the others said: addresses are noted as they come. */
function overhearing(run: Run): Ports {
  const { ports, overheard, options } = run;
  return {
    ...ports,
    dns: {
      ...ports.dns,
      ask: async (question, signal) => {
        const answer = await ports.dns.ask(question, signal);
        // Questions with recursion for other names are for name servers; without, for the end of a CNAME chain.
        if (question.name !== options.target.host && question.recurse) return answer;
        const list = question.type === 'A' ? overheard.a : overheard.aaaa;
        const before = list.size;
        for (const { address } of answer.addresses) list.add(address);
        if (list.size > before) run.changed();
        return answer;
      },
    },
  };
}

/** A cache's copy ages between two looks, an answer made up on the spot doesn't. */
function askAgain(run: Run): void {
  const { target } = run.options;
  const suspects = worthAsking({ target, vantage: run.vantage, evidence: run.evidence });
  if (suspects.length === 0) return;
  run.start(
    { name: 'names-again', where: 'here', what: 'resolvers again', patience: 'patient' },
    async (context) => {
      await run.ports.clock.sleep(CACHE_AGES_MS, context.signal).catch(() => {});
      const all = await run.probes.resolver(target.host, run.ports, context);
      return all.flatMap((item): Evidence[] =>
        item.probe === 'resolver' && item.status === 'ok' && suspects.includes(item.facts.server)
          ? [{ ...item, probe: 'resolver-again', id: item.id.replace(/^resolver:/u, 'resolver-again:') }]
          : [],
      );
    },
  );
}
