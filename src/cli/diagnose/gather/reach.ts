import { familyOf, inPrefix, isPublic, parseAddress, scopeOf } from '../../../model/address.ts';
import { type Evidence, isHere, seen } from '../../../model/evidence.ts';
import { transportOf } from '../../../model/target.ts';
import { reachSeen } from '../../../model/view/reach-seen.ts';
import { mentionedAddresses } from '../../../model/view/records.ts';
import { ASIDE } from '../../../model/view/service.ts';
import type { ProbeContext } from '../../../probes/context.ts';
import type { Neighbour } from '../../../probes/neighbours/neighbour.ts';
import { neighbours } from '../../../probes/neighbours.ts';
import { admitted, joined, ownTrials, serviceHint, type Trial, trials, udpQuestion } from '../plan-reach.ts';
import { HOST_ADDRESSES, mayBeServer } from './host.ts';
import { NAMES } from './names.ts';
import { answeringRouters, forwards, gateways, localAddresses4 } from './network.ts';
import { ROUTER } from './router.ts';
import type { Run } from './run.ts';
import { SEEN_AS } from './seen-as.ts';

const REACH = 'reach:';
const NEIGHBOURS = 'neighbours';
/** Own addresses on local networks that are tried: a home server has one or two. */
const MAX_OWN = 2;
/** Addresses on the local network that a name is tried at; a server has one or two. */
const MAX_NAMED = 2;
/** Hosts that forwards name which are tried: a port leads to one, and a hostile router could name them all. */
const MAX_FORWARDED = 2;

/** Looks from here: at every address as soon as it is known, at the router's own page, at a neighbour's server. */
export function reach(run: Run): void {
  const { target } = run.options;
  for (const trial of open(run, wanted(run, 'here'), triedHere(run))) lookAt(run, trial, target.port);
  if (run.options.layers === undefined || run.options.from === 'outside') return;
  for (const gateway of routersToTry(run)) {
    lookAt(run, { address: gateway, roles: ['gateway'] }, target.port);
  }
  if (mayBeServer(run)) {
    for (const { address } of localAddresses4(run.evidence).slice(0, MAX_OWN)) {
      lookAt(run, { address, roles: ['host'] }, target.port);
    }
  }
  if (run.vantage === 'lan') lookAtNeighbour(run);
}

/** All that is worth trying from a place. */
export function wanted(run: Run, place: 'here' | 'outside'): Trial[] {
  const { target, ipv4 } = run.options;
  const mentioned = trials(target, ipv4, run.evidence, run.overheard);
  const withOwn = place === 'here' || run.vantage === 'server';
  return withOwn ? joined(mentioned, ownTrials(run.evidence)) : mentioned;
}

/** Nothing more will become known of where the service may be. */
export const isSettled = (run: Run): boolean =>
  !run.isOpen(NAMES, SEEN_AS, HOST_ADDRESSES, ROUTER, 'host:routes');

export const open = (run: Run, all: readonly Trial[], tried: ReadonlySet<string>): readonly Trial[] =>
  admitted(all, tried, isSettled(run));

/** Public addresses that were looked at from here. */
const triedHere = (run: Run): Set<string> =>
  new Set(run.begun(REACH).filter((address) => parseAddress(address) !== null && isPublic(address)));

function lookAt(run: Run, trial: Trial, port: number): void {
  const { address } = trial;
  run.start({ name: `${REACH}${address}`, where: 'here', what: address, patience: 'patient' }, (context) =>
    seeAt(run, trial, port, context),
  );
}

/** A connection, or a question over UDP. */
function seeAt(
  { options, ports, probes }: Run,
  { address, roles }: Trial,
  port: number,
  context: ProbeContext,
): Promise<Evidence> {
  const hint = serviceHint(options.target);
  if (hint !== null) return probes.reach({ address, port, roles, hint }, ports, context);
  const question = udpQuestion(options);
  if (question === null) throw new Error('a target of no transport');
  return probes.udpReach({ address, port, roles, ...question }, ports, context);
}

/** The routers whose own page may answer in the server's place; a guessed one only if something answered there. */
function routersToTry({ evidence }: Run): string[] {
  const known = gateways(evidence);
  const all = known.length > 0 ? known : answeringRouters(evidence);
  return all.filter((address) => familyOf(address) === 'ipv4');
}

/** Beside the server, its address on the local network shows what the router has no part in. */
function lookAtNeighbour(run: Run): void {
  const { target } = run.options;
  const near = (address: string): boolean =>
    localAddresses4(run.evidence).some(
      (own) => own.address !== address && inPrefix(address, `${own.address}/${own.prefixLength}`),
    );
  // Only after it was dialled over IPv6 does the system know the server's hardware address.
  const six = [...mentionedAddresses(run.evidence, 'AAAA'), target.host];
  const dialled = six.filter(
    (address) => run.hasBegun(`${REACH}${address}`) && !run.isOpen(`${REACH}${address}`),
  );
  const isDone = run.hasBegun(NEIGHBOURS) && !run.isOpen(NEIGHBOURS);
  if (isDone) {
    // By the hosts file, or a resolver of the home's own, the name may lead there past the router.
    for (const host of namedHere(run.evidence).filter((each) => near(each) && !wasTried(run, each))) {
      lookAt(run, { address: host, roles: ['local-name'] }, target.port);
    }
  }
  if (dialled.length === 0 || run.isOpen(ROUTER)) return;
  const named = forwards(run.evidence, transportOf(target))
    .filter(({ externalPort, host }) => externalPort === target.port && near(host))
    .map(({ host }) => host);
  const forwarded = [...new Set(named)].slice(0, MAX_FORWARDED);
  run.start(
    { name: NEIGHBOURS, where: 'here', what: 'neighbours', patience: 'patient' },
    async (context): Promise<Evidence[]> => {
      const looks = await Promise.all(
        forwarded.map((host) => seeAt(run, { address: host, roles: ['lan'] }, target.port, context)),
      );
      const found = neighboursLike(dialled, await neighbours(run.ports, context)).filter(near);
      const others = found.filter((host) => !forwarded.includes(host));
      for (const host of others) lookAt(run, { address: host, roles: ['lan'] }, target.port);
      // A forward may lead to another machine: what that one does would be blamed on the server.
      const theirs = new Set(
        reachSeen(looks).flatMap(({ id, facts }) => (found.includes(facts.address) ? [id] : [])),
      );
      return looks.filter(({ id }) => theirs.has(id));
    },
  );
}

const wasTried = ({ evidence }: Run, address: string): boolean =>
  reachSeen(evidence).some((item) => isHere(item) && item.facts.address === address);

/** Private IPv4 addresses that programs on this machine get for the name. */
const namedHere = (evidence: readonly Evidence[]): string[] =>
  seen(evidence, 'os-lookup')
    .filter(isHere)
    .flatMap(({ facts }) => facts.addresses)
    .filter((address) => familyOf(address) === 'ipv4' && scopeOf(address) === 'private')
    .slice(0, MAX_NAMED);

/** Private IPv4 addresses with the same hardware address as one of these. */
function neighboursLike(addresses: readonly string[], all: readonly Neighbour[]): string[] {
  const same = new Set(
    all.filter(({ address }) => addresses.includes(address)).map(({ hardware }) => hardware),
  );
  const found = all.filter(({ address, hardware }) => same.has(hardware) && scopeOf(address) === 'private');
  return [...new Set(found.map(({ address }) => address))].slice(0, 2);
}

/** The same evidence with all the reasons for each look, also those that became known after it had begun. */
export function withAllRoles(evidence: readonly Evidence[], run: Run): Evidence[] {
  const { target, ipv4 } = run.options;
  const known = trials(target, ipv4, run.evidence, run.overheard);
  const own = ownTrials(run.evidence);
  return evidence.map((item) => {
    if ((item.probe !== 'reach' && item.probe !== 'udp-reach') || item.status !== 'ok') return item;
    const { address, port, roles } = item.facts;
    // Looks aside of what clients get stay as they were asked.
    if (port !== target.port || roles.some((role) => ASIDE.includes(role))) return item;
    const before: Trial = { address, roles };
    const mine = isHere(item) || roles.includes('own') || run.vantage === 'server' ? own : [];
    const [all] = joined(
      [before],
      [...known, ...mine].filter((trial) => trial.address === address),
    );
    if (all === undefined) return item;
    return item.probe === 'reach'
      ? { ...item, facts: { ...item.facts, roles: all.roles } }
      : { ...item, facts: { ...item.facts, roles: all.roles } };
  });
}
