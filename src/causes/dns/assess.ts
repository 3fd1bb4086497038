import { isPublic, scopeOf } from '../../model/address.ts';
import type { Finding } from '../../model/finding.ts';
import type { Case } from '../../model/view/case.ts';
import { edgeProvider } from '../../model/view/proxies.ts';
import type { Reach } from '../../model/view/reach-seen.ts';
import {
  type AddressState,
  control,
  ownAddresses,
  reaches,
  seesAsInternet,
  stateOf,
} from '../../model/view/service.ts';
import { silence } from '../silence.ts';

/** What is known of one address in the A records. */
export interface AssessedAddress {
  readonly address: string;
  /** `right`: leads to the service; `wrong`: nobody gets the service there; `unclear`: the evidence doesn't decide. */
  readonly worth: 'right' | 'wrong' | 'unclear';
  /** It is wrong as a record, whatever lies behind: not public, or seen to belong elsewhere. */
  readonly findings: readonly Finding[];
  readonly evidence: readonly string[];
}

/**
 * Whether an address in an A record leads to the service.
 * @param chain the names that led to it
 */
export function assess(the: Case, address: string, chain: readonly string[]): AssessedAddress {
  if (!isPublic(address)) {
    const finding: Finding = { code: 'a-not-public', args: { address, scope: scopeOf(address) } };
    return { address, worth: 'wrong', findings: [finding], evidence: [] };
  }
  const provider = edgeProvider(address, chain);
  if (provider !== null) {
    return atEdge(the, address, provider);
  }
  const known = control(the);
  const here = reaches(the, 'ipv4').filter(({ facts }) => facts.address === address);
  const told = here.map((item) => ({ item, state: stateOf(the, item, known) }));
  const outside = told.filter(({ item }) => seesAsInternet(item));
  const evidence = told.map(({ item }) => item.id);
  const findings = [...origin(the, address), ...told.flatMap(({ item, state }) => stateFinding(item, state))];
  const answersAnywhere = told.some(({ state }) => state === 'answers');
  // To answer as the service over the router's own hairpin, the address must lead here.
  if (answersAnywhere && !outside.some(({ state }) => isFailure(state))) {
    return { address, worth: 'right', findings, evidence };
  }
  if (answersAnywhere) return { address, worth: 'unclear', findings, evidence };
  const failsOutside = outside.length > 0 && outside.every(({ state }) => isFailure(state));
  const own = ownAddresses(the, 'ipv4').some((mine) => mine.address === address);
  // The line's own address that fails is a matter of what lies behind it, not of the record.
  return { address, worth: failsOutside && !own ? 'wrong' : 'unclear', findings, evidence };
}

/** The edge fetches from the server by its own settings, which DNS doesn't show; what it answers does. */
function atEdge(the: Case, address: string, provider: string): AssessedAddress {
  const finding: Finding = { code: 'a-is-proxy', args: { address, provider } };
  const known = control(the);
  const seenThere = reaches(the, 'ipv4').filter(({ facts }) => facts.address === address);
  const states = seenThere.map((item) => ({ item, state: stateOf(the, item, known) }));
  const evidence = seenThere.map(({ id }) => id);
  // No hairpin is in the way of an edge: what is seen from here counts as well.
  if (states.every(({ state }) => !isFailure(state)))
    return { address, worth: 'right', findings: [finding], evidence };
  const contrary = states
    .filter(({ state }) => isFailure(state))
    .flatMap(({ item, state }) => stateFinding(item, state));
  // The name may have left the provider, or is not set up there; or the edge has a certificate of its own making.
  const worth = states.some(({ item, state }) => item.vantage === 'outside' && state === 'dead')
    ? 'wrong'
    : 'unclear';
  return { address, worth, findings: [...contrary, finding], evidence };
}

const isFailure = (state: AddressState): boolean => state === 'dead' || state === 'other-service';

function origin(the: Case, address: string): Finding[] {
  const own = ownAddresses(the, 'ipv4').map((mine) => mine.address);
  if (own.length === 0) return [];
  return own.includes(address)
    ? [{ code: 'a-is-own', args: { address } }]
    : [{ code: 'a-not-own', args: { address, own: [...new Set(own)] } }];
}

function stateFinding(item: Reach, state: AddressState): Finding[] {
  const { facts, vantage } = item;
  const { address, attempts } = facts;
  const connected = attempts.filter(({ outcome }) => outcome === 'connected').length;
  switch (state) {
    case 'answers':
      return [{ code: 'a-answers', args: { address, vantage } }];
    case 'other-service':
      return [{ code: 'a-other-service', args: { address, vantage } }];
    case 'dead': {
      const outcome = attempts[0]?.outcome ?? 'timed-out';
      return [{ code: 'a-dead', args: { address, vantage, tries: attempts.length, outcome } }];
    }
    case 'flaky':
      return [{ code: 'a-flaky', args: { address, vantage, tries: attempts.length, connected } }];
    case 'unrecognised':
      return [{ code: 'a-unrecognised', args: { address, vantage } }];
    case 'silent':
      return silence(item);
    case 'not-tried':
      return [];
  }
}
