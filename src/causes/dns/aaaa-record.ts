import { type OwnAddress, seen } from '../../model/evidence.ts';
import type { Finding } from '../../model/finding.ts';
import type { Case } from '../../model/view/case.ts';
import { publicRecords } from '../../model/view/records.ts';
import { control, reaches, stateOf } from '../../model/view/service.ts';
import { stableAddresses } from '../../model/view/stable.ts';
import type { Opinion } from '../cause.ts';
import { lookFromOutside } from '../next.ts';

/**
 * Whether AAAA leads to this server, and stays. Only the server itself can tell, and only by addresses that are its
 * own: an AAAA elsewhere that answers as the service (a relay, a proxy, a container) is no mistake.
 */
export function judgeAaaa(the: Case): Opinion[] {
  const records = publicRecords(the, 'AAAA');
  if (!records.definite) return [];
  if (records.addresses.length === 0) {
    const finding: Finding = { code: 'aaaa-missing', args: { name: records.canonical } };
    return [{ verdict: 'ruled-out', because: [finding], evidence: [...records.evidence], next: null }];
  }
  if (the.vantage !== 'server') return [];
  return records.addresses.flatMap((address) => {
    const own = ownInterface(the, address);
    const opinion = own === undefined ? foreign(the, address) : temporary(the, own);
    return opinion === null ? [] : [{ ...opinion, evidence: [...records.evidence, ...opinion.evidence] }];
  });
}

const ownInterface = (the: Case, address: string): OwnAddress | undefined =>
  seen(the.evidence, 'addresses')
    .flatMap(({ facts }) => facts.addresses)
    .find((own) => own.address === address);

const addressesIds = (the: Case): string[] => seen(the.evidence, 'addresses').map(({ id }) => id);

/** It works today; when the system drops the address, in a day or so, IPv6 stops (RFC 8981). */
function temporary(the: Case, own: OwnAddress): Opinion | null {
  if (own.temporary !== true) return null;
  const finding: Finding = {
    code: 'aaaa-temporary',
    args: { address: own.address, stable: stableAddresses(the).map(({ address }) => address) },
  };
  return { verdict: 'suspected', because: [finding], evidence: addressesIds(the), next: null };
}

function foreign(the: Case, address: string): Opinion | null {
  const there = reaches(the, 'ipv6').filter(({ facts }) => facts.address === address);
  const stable = stableAddresses(the);
  const known = control(the);
  const failsThere =
    there.length > 0 &&
    there.every((item) => item.facts.identity === null || stateOf(the, item, known) === 'other-service') &&
    there.some(({ facts }) => facts.attempts.some(({ outcome }) => outcome !== 'no-route'));
  const local = reaches(the, 'ipv6').filter(
    (item) => stable.some((own) => own.address === item.facts.address) && item.facts.identity !== null,
  );
  if (!failsThere || local.length === 0) return null;
  const finding: Finding = {
    code: 'aaaa-not-this-server',
    args: { address, stable: stable.map((own) => own.address) },
  };
  const evidence = [...addressesIds(the), ...there, ...local].map((item) =>
    typeof item === 'string' ? item : item.id,
  );
  // From here alone, a translator or relay that doesn't turn our own packets around looks the same.
  const certain = there.some(({ vantage }) => vantage === 'outside');
  return {
    verdict: certain ? 'confirmed' : 'suspected',
    because: [finding],
    evidence,
    next: certain ? null : lookFromOutside(the),
  };
}
