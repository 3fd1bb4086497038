import { randomInt } from 'node:crypto';
import type { Evidence, Seen } from '../../../model/evidence.ts';
import { reachSeen } from '../../../model/view/reach-seen.ts';
import { stateOf } from '../../../model/view/service.ts';
import type { ProbeContext } from '../../../probes/context.ts';
import { serviceHint } from '../plan-reach.ts';
import { answeringRouters, neighbourOf } from './network.ts';
import { OUTSIDE, type Outside } from './outside.ts';
import { isSettled } from './reach.ts';
import type { Run } from './run.ts';

/** Dynamic ports (RFC 6335, section 6), which no service has by right. */
const HIGH_PORTS = { from: 49_152, to: 65_535 } as const;
/**
 * The external port is somebody else's already: ConflictInMappingEntry (UPnP IGD WANIPConnection, AddPortMapping) and
 * CANNOT_PROVIDE_EXTERNAL (RFC 6887, section 7.4).
 */
const CONFLICTS: readonly number[] = [718, 11];

/** `--probe-mapping`: a mapping that is opened for one look from outside, and removed again whatever happens. */
export function mapping(run: Run, outside: Outside): void {
  const { layers, target } = run.options;
  if (layers?.probeMapping !== true || run.hasBegun('mapping')) return;
  if (serviceHint(target) === null) {
    run.start({ name: 'mapping', where: 'router', what: 'mapping' }, async () =>
      run.item('mapping-trial', 'router').skipped({ code: 'unsupported', detail: 'UDP' }),
    );
    return;
  }
  if (!isSettled(run) || run.isOpen(OUTSIDE) || run.signal.aborted) return;
  const gateway = answeringRouters(run.evidence)[0];
  const client = gateway === undefined ? null : neighbourOf(gateway, run.evidence);
  const why = reasonAgainst(run);
  if (why !== null || gateway === undefined || client === null) {
    const detail = why ?? 'no router answers that could be asked';
    run.start({ name: 'mapping', where: 'router', what: 'mapping' }, async () =>
      run.item('mapping-trial', 'router').skipped({ code: 'not-applicable', detail }),
    );
    return;
  }
  layers.announce(
    `A mapping to port ${target.port} of this machine is opened on the router ${gateway} for at most 60 s, and removed again.`,
  );
  run.start({ name: 'mapping', where: 'router', what: 'mapping', patience: 'patient' }, (context) =>
    attempt(run, outside, { gateway, client }, context),
  );
}

/** Why a mapping would show nothing; null where it would. */
function reasonAgainst(run: Run): string | null {
  if (run.options.outside.length === 0) return 'nobody looks from outside: --outside is needed';
  if (run.vantage !== 'server') return 'this machine is not known to be the server';
  return answersOutside(run) ? 'the service is reached over IPv4' : null;
}

/** Someone outside gets the service over IPv4 already. */
function answersOutside(run: Run): boolean {
  const { target } = run.options;
  const the = { target, vantage: run.vantage, evidence: run.evidence };
  return reachSeen(run.evidence).some(
    (item) =>
      item.vantage === 'outside' &&
      item.facts.family === 'ipv4' &&
      item.facts.port === target.port &&
      stateOf(the, item) === 'answers',
  );
}

async function attempt(
  run: Run,
  outside: Outside,
  router: { readonly gateway: string; readonly client: string },
  context: ProbeContext,
): Promise<Evidence[]> {
  const { port } = run.options.target;
  const first = await openFor(run, outside, { ...router, externalPort: port }, context);
  if (!isConflict(first) || context.signal.aborted) return first;
  const externalPort = randomInt(HIGH_PORTS.from, HIGH_PORTS.to + 1);
  return [...first, ...(await openFor(run, outside, { ...router, externalPort }, context))];
}

/** Opens, has the agents look, and closes. @returns what came of the mapping, and what was seen through it */
async function openFor(
  run: Run,
  outside: Outside,
  asked: { readonly gateway: string; readonly client: string; readonly externalPort: number },
  context: ProbeContext,
): Promise<Evidence[]> {
  const { probes, ports, options } = run;
  const opened = await probes.openMapping({ ...asked, internalPort: options.target.port }, ports, context);
  let looked: Evidence[] = [];
  try {
    const facts = factsOf(opened.evidence());
    if (facts?.opened === true) {
      // A router may give another port than the one asked for.
      looked = await outside.lookAtPort(outside.candidates(), facts.externalPort, context.signal);
    }
  } finally {
    await opened.close();
  }
  return [opened.evidence(), ...looked];
}

const factsOf = (item: Evidence): Seen<'mapping-trial'>['facts'] | null =>
  item.probe === 'mapping-trial' && item.status === 'ok' ? item.facts : null;

const isConflict = (items: readonly Evidence[]): boolean =>
  items.some((item) => CONFLICTS.includes(factsOf(item)?.refusal?.code ?? 0));
