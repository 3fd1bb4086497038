import { fromAuthority } from '../model/by-hand/dns.ts';
import { canonicalName } from '../model/dns-answer.ts';
import { isWithin } from '../model/dns-name.ts';
import type { Evidence } from '../model/evidence.ts';
import { systemOfPlatform } from '../model/platform.ts';
import { isHostName } from '../model/target.ts';
import type { Ports } from '../ports/ports.ts';
import { evidenceOf, type ProbeContext } from './context.ts';
import { type FoundZone, findZone } from './dns/find-zone.ts';
import { labelCount } from './dns/names.ts';

/** Names on a CNAME chain that are asked for; each is a zone to find. */
const MAX_NAMES = 8;

/**
 * What the responsible servers themselves say about a name, past every resolver, and likewise for the names that it
 * is an alias of in other zones: one piece of `delegation` evidence a name, and one of `authority` a server address.
 */
export async function authority(name: string, ports: Ports, context: ProbeContext): Promise<Evidence[]> {
  const resolvers = await ports.dns.resolvers();
  const system = systemOfPlatform(ports.host.platform);
  const evidence: Evidence[] = [];
  const asked = new Set<string>();
  let next: string | null = name;
  while (next !== null && !asked.has(next) && asked.size < MAX_NAMES) {
    asked.add(next);
    const delegation = evidenceOf('delegation', next, context, ports.clock);
    // A name of any bytes may stand in DNS: nobody can be asked for it, and it must not get into a command.
    if (!isHostName(next)) return [...evidence, delegation.failed(NO_NAME, fromAuthority(system, name))];
    const how = fromAuthority(system, next);
    const found = await findZone(next, resolvers, ports, context);
    // When the caller gives up, open questions end as if nobody had answered: that is no observation.
    if (context.signal.aborted) return [...evidence, delegation.failed({ code: 'interrupted' }, how)];
    if (found === null || !isNamesOwn(found)) {
      return [...evidence, delegation.failed(resolvers.length > 0 ? NOBODY : NO_RESOLVER, how)];
    }
    evidence.push(
      found.delegated
        ? delegation.ok({ name: next, ...delegationOf(found) }, how)
        : delegation.failed(
            { code: 'unreachable', detail: `only a resolver tells of the zone ${found.zone.name}` },
            how,
          ),
      ...found.replies.map((reply) => reply.evidence),
    );
    next = aliasElsewhere(next, found);
  }
  return evidence;
}

const NO_NAME = { code: 'malformed', detail: 'the alias leads to what is no host name' } as const;
const NOBODY = { code: 'unreachable', detail: 'no server of a zone above the name answered' } as const;
const NO_RESOLVER = { code: 'no-network', detail: 'no resolver is configured' } as const;

/** The servers of a top-level domain that said nothing of use are not those that are responsible for the name. */
const isNamesOwn = ({ zone, settled, delegated }: FoundZone): boolean =>
  settled || delegated || labelCount(zone.name) > 1;

const delegationOf = ({ zone }: FoundZone) => ({
  zone: zone.name,
  nameServers: zone.servers.map(({ name, addresses }) => ({ name, addresses: [...addresses] })),
});

/** The name that this one is an alias of, where its own servers can't answer for it. */
function aliasElsewhere(name: string, { zone, replies }: FoundZone): string | null {
  for (const answer of replies.flatMap(({ a, aaaa }) => [a, aaaa])) {
    const canonical = canonicalName(name, answer);
    if (canonical === name) continue;
    return !isWithin(canonical, zone.name) || answer.outcome === 'referral' ? canonical : null;
  }
  return null;
}
