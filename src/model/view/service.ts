import { type Family, familyOf, isPublic } from '../address.ts';
import { type AddressRole, isHere, type ReachFacts, seen } from '../evidence.ts';
import { compareIdentity, type Identity, isVouched } from '../identity.ts';
import type { Case } from './case.ts';
import { observed4, wanWords } from './line.ts';
import { once } from './once.ts';
import { edgeProvider } from './proxies.ts';
import { type Reach, reachSeen } from './reach-seen.ts';
import { publicRecords } from './records.ts';
import { unanswered } from './silence.ts';

/** What one vantage saw at one address. */
export type AddressState =
  /** It answers as the service that answers over IPv6. */
  | 'answers'
  | 'other-service'
  /** It connects, but nothing tells whether it is the service. */
  | 'unrecognised'
  /** Some tries connect, most don't. */
  | 'flaky'
  | 'dead'
  /** Over UDP nothing came back, and nothing shows that an answer was due. */
  | 'silent'
  /** This machine couldn't try: no route for the family, or blocked by itself. */
  | 'not-tried';

/** The service as it is known to answer: over IPv6, because IPv6 is the control (design rule 2). */
export interface Control {
  readonly identity: Identity;
  readonly evidence: string;
}

/** Failures that tell about this machine, not about the far end. */
const LOCAL_OUTCOMES: readonly string[] = ['no-route', 'blocked-locally'];

/** Most tries must connect: one failure is noise (design rule 6). */
const ENOUGH = 0.5;

/** One failed try alone says nothing. */
const MIN_ATTEMPTS = 2;

/**
 * Whether an observation from here is one from the internet: the vantage is outside, or the far end is.
 * @param atEdge the address belongs to a proxy, so that no hairpin is involved
 */
export const seesAsInternet = (item: Reach, atEdge = false): boolean => item.vantage === 'outside' || atEdge;

/** Looks at the service where its clients would look: not at a neighbour's way in or the server's own, the router's page or another port. */
export function reaches(the: Case, family?: Family): Reach[] {
  return reachSeen(the.evidence).filter(
    ({ facts }) =>
      (family === undefined || facts.family === family) &&
      facts.port === the.target.port &&
      facts.roles.some((role) => !ASIDE.includes(role)),
  );
}

/** Roles of looks that say nothing of what clients on the internet get. */
export const ASIDE: readonly AddressRole[] = ['gateway', 'lan', 'local-name', 'host', 'differential'];

/** The service's identity over IPv6: at the name's AAAA seen from outside, else from here, else at this machine's own address. */
export const control = once((the): Control | null => {
  const six = reaches(the, 'ipv6').filter(
    ({ facts }) => facts.identity !== null && facts.identity.kind !== 'none',
  );
  const named = six
    .filter(({ facts }) => isNamed(facts))
    .sort((one, other) => Number(isHere(one)) - Number(isHere(other)));
  const own = six.filter(({ facts }) => facts.roles.includes('own') && vouchesForItself(the, facts));
  // A wrong AAAA leads to a stranger, whose certificate is for other names.
  const best = named.find(({ facts }) => !isForOtherNames(facts)) ?? own[0] ?? named[0];
  return best?.facts.identity == null ? null : { identity: best.facts.identity, evidence: best.id };
});

const isNamed = ({ roles }: ReachFacts): boolean =>
  roles.includes('aaaa-record') || roles.includes('literal');

const isForOtherNames = ({ identity }: ReachFacts): boolean =>
  identity?.kind === 'tls' && identity.coversName === false;

/** An address of our own counts as the service only where its certificate says so, or we were told to be the server. */
function vouchesForItself(the: Case, { identity }: ReachFacts): boolean {
  return the.vantage === 'server' || (identity?.kind === 'tls' && identity.coversName === true);
}

export function stateOf(the: Case, item: Reach, known: Control | null = control(the)): AddressState {
  const { attempts, identity } = item.facts;
  if (attempts.every(({ outcome }) => LOCAL_OUTCOMES.includes(outcome))) return 'not-tried';
  const connected = attempts.filter(({ outcome }) => outcome === 'connected').length;
  if (attempts.length < MIN_ATTEMPTS && connected === 0) return 'flaky';
  if (connected === 0) return item.udp === undefined ? 'dead' : unanswered(the, item);
  if (connected / attempts.length < ENOUGH) return 'flaky';
  if (identity === null) return 'unrecognised';
  if (item.id === known?.evidence) return 'answers';
  // A provider's edge with a certificate for the name serves the name, whatever key it holds.
  if (isVouched(identity) && edgeProvider(item.facts.address, []) !== null) return 'answers';
  if (known !== null) {
    const name = the.target.hostKind === 'name' ? the.target.host : null;
    return AS_STATE[compareIdentity(known.identity, identity, name)];
  }
  // The user named this very address: what speaks there is what was meant.
  if (item.facts.roles.includes('literal')) return identity.kind === 'none' ? 'unrecognised' : 'answers';
  // Without IPv6 to compare with, only a certificate that a public authority gave for the name proves the service.
  if (identity.kind === 'tls' && identity.coversName === true && identity.trusted) return 'answers';
  return 'unrecognised';
}

const AS_STATE = { same: 'answers', different: 'other-service', unknown: 'unrecognised' } as const;

/** An address at which the service was seen to answer, and the evidence for it. */
export interface WorkingAddress {
  readonly address: string;
  readonly seenFrom: Reach['vantage'];
  readonly evidence: string;
}

/**
 * Public addresses of the family that answer as the service, seen from outside first. One that answers inside but not
 * outside is left out: it would be a promise to visitors that isn't kept.
 */
export function workingAddresses(the: Case, family: Family): WorkingAddress[] {
  const known = control(the);
  const own = ownAddresses(the, family).map(({ address }) => address);
  // Seen from outside before seen from here; then the line's own before any other that answers alike.
  const ownFirst = (address: string): number => (own.includes(address) ? own.indexOf(address) : own.length);
  const rank = (item: Reach): number => (isHere(item) ? own.length + 1 : 0) + ownFirst(item.facts.address);
  return (
    reaches(the, family)
      .filter((item) => stateOf(the, item, known) === 'answers')
      .filter(({ facts }) => isPublic(facts.address) && !failsOutside(the, facts.address))
      // An edge is shared by a provider's customers: its address is never the server's to write down.
      .filter(({ facts }) => edgeProvider(facts.address, []) === null)
      .sort((one, other) => rank(one) - rank(other))
      .map((item) => ({ address: item.facts.address, seenFrom: item.vantage, evidence: item.id }))
  );
}

/** Seen from outside, nothing or another service answers at the address. */
export const failsOutside = (the: Case, address: string): boolean =>
  seenOutside(the, address).some((state) => state === 'dead' || state === 'other-service');

/** Seen from outside, the service answers at the address. */
export const answersOutside = (the: Case, address: string): boolean =>
  seenOutside(the, address).includes('answers') && !failsOutside(the, address);

function seenOutside(the: Case, address: string): AddressState[] {
  const known = control(the);
  return reaches(the)
    .filter((item) => item.facts.address === address && item.vantage === 'outside')
    .map((item) => stateOf(the, item, known));
}

/**
 * The line's own addresses of the family, each with who said so: the router, services on the internet, `--ipv4`, and
 * public ones of this machine when it is the server.
 */
export function ownAddresses(the: Case, family: Family): { address: string; evidence: string }[] {
  // Elsewhere, or where it isn't known, what services see is this machine's line, not the server's.
  const told = seen(the.evidence, 'whoami')
    .filter(({ vantage, facts }) => (vantage === 'server' || vantage === 'lan') && facts.family === family)
    .map(({ id, facts }) => ({ address: facts.address, evidence: id }));
  const given = reaches(the, family)
    .filter(
      ({ vantage, facts }) =>
        facts.roles.includes('given') || (vantage === 'server' && facts.roles.includes('own')),
    )
    .map(({ id, facts }) => ({ address: facts.address, evidence: id }));
  const line = family === 'ipv4' ? [...wanAddresses(the), ...observed4(the)] : [];
  const all = [...line, ...told, ...given].filter(({ address }) => familyOf(address) === family);
  return all.filter(
    (item, index) =>
      all.findIndex(({ evidence, address }) => evidence === item.evidence && address === item.address) ===
      index,
  );
}

/** Public addresses that the router, or a person who read its page, says are its own. */
const wanAddresses = (the: Case): { address: string; evidence: string }[] =>
  wanWords(the).flatMap(({ wan, evidence }) =>
    wan !== null && isPublic(wan) ? [{ address: wan, evidence }] : [],
  );

/**
 * The addresses that clients of the family use: the records', or the target itself; for a target that is an address
 * of the other family, what the user or a service said belongs to the same line.
 */
export function clientAddresses(the: Case, family: Family): readonly string[] {
  if (the.target.hostKind === family) return [the.target.host];
  if (the.target.hostKind !== 'name')
    return [...new Set(ownAddresses(the, family).map(({ address }) => address))];
  return publicRecords(the, family === 'ipv4' ? 'A' : 'AAAA').addresses;
}
