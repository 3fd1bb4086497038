import { isHere } from '../model/evidence.ts';
import type { Finding } from '../model/finding.ts';
import { type LedInside, ledInside, neighbours, observerOf } from '../model/view/at-home.ts';
import type { Case } from '../model/view/case.ts';
import { defaultTunnel } from '../model/view/home.ts';
import { firewallOf } from '../model/view/host.ts';
import { lineAddresses } from '../model/view/line.ts';
import type { Reach } from '../model/view/reach-seen.ts';
import { type AddressState, control, reaches, stateOf } from '../model/view/service.ts';
import { type Cause, combine, type Opinion } from './cause.ts';
import { lookFromOutside, tryFromLan } from './next.ts';
import { hiddenBy, lacksAddress, notSeen, type Sight, sightOf } from './sight.ts';

/**
 * The line's own address doesn't lead back in: it works from the internet and fails at home (RFC 4787, REQ-9), for those
 * whom the name leads there.
 * IPv6 needs no way back: the server has the same address inside and outside.
 */
export const hairpin: Cause = {
  code: 'hairpin',
  judge(the) {
    return combine('hairpin', [judgeWayBack(the, sightOf(the))]);
  },
};

function judgeWayBack(the: Case, sight: Sight): Opinion {
  const { line, works } = sight;
  if (line.kind === 'no-nat') {
    return opinion('ruled-out', { code: 'hairpin-not-needed', args: { address: line.wan } }, [
      ...line.evidence,
    ]);
  }
  const inside = looksInside(the, works?.facts.address);
  const answering = inside.find(({ state }) => state === 'answers');
  if (answering !== undefined) {
    const { item } = answering;
    return opinion(
      'ruled-out',
      { code: 'works-inside', args: { address: item.facts.address, vantage: item.vantage } },
      [item.id],
    );
  }
  const all = inside.filter(({ state }) => state === 'dead' || state === 'other-service');
  // Who is led past the router by the name has no use for a way back.
  const failing = all.find(({ item }) => ledInside(the, observerOf(item.id)) === null) ?? all[0];
  const led = failing === undefined ? null : ledInside(the, observerOf(failing.item.id));
  const past = neighbours(the)
    .flatMap((each) => ledInside(the, each) ?? [])
    .find(({ answers }) => answers);
  if (past !== undefined && (failing === undefined || led !== null)) {
    const { address, by, evidence } = past;
    return opinion('ruled-out', { code: 'led-inside', args: { address, by } }, [...evidence]);
  }
  const near = firewallOf(the, 'ipv4', 'lan');
  if (failing !== undefined && (near.verdict === 'drop' || near.verdict === 'reject')) {
    // What the router leads back comes with its own address, which the server's firewall keeps out.
    return opinion('unknown', { code: 'explained-by', args: { causes: ['host-firewall'] } }, [
      failing.item.id,
      ...near.evidence,
    ]);
  }
  if (works !== null && failing !== undefined) return failsInside(the, failing, led, works);
  if (lacksAddress(sight)) {
    return opinion('unknown', { code: 'hidden-by', args: { causes: ['cgnat'] } }, [...line.evidence]);
  }
  if (failing === undefined) {
    return {
      ...opinion('unknown', { code: 'not-tried-inside', args: {} }, []),
      next: works === null ? null : tryFromLan(the),
    };
  }
  const hidden = hiddenBy(the, sight, 'host-firewall');
  const because: Finding[] = [failure(failing)];
  if (hidden !== null) because.push({ code: 'hidden-by', args: { causes: [hidden] } });
  if (sight.look === null) because.push(...notSeen(the));
  return {
    verdict: 'unknown',
    because,
    evidence: [failing.item.id],
    next: sight.look === null ? lookFromOutside(the) : null,
  };
}

/** It works outside, and not here. @param led where the name leads the one who looked, past the router */
function failsInside(the: Case, failing: Inside, led: LedInside | null, works: Reach): Opinion {
  const { address, port } = works.facts;
  const because: Finding[] = [failure(failing), { code: 'answers-outside', args: { address, port } }];
  const evidence = [failing.item.id, works.id, ...(led?.evidence ?? [])];
  if (led === null) return { verdict: 'confirmed', because, evidence, next: null };
  // A neighbour's programs don't come to the public address at all: that it fails there hinders none of them.
  const beside = failing.item.vantage === 'lan';
  const code = beside ? 'led-inside-fails' : 'led-inside-unseen';
  return {
    verdict: beside ? 'unknown' : 'suspected',
    because: [...because, { code, args: { address: led.address } }],
    evidence,
    next: beside ? null : tryFromLan(the),
  };
}

interface Inside {
  readonly item: Reach;
  readonly state: AddressState;
}

/** Looks from the line itself at its own public address. @param answering the address that works from outside */
function looksInside(the: Case, answering: string | undefined): Inside[] {
  const known = control(the);
  const isAway = defaultTunnel(the) !== null;
  const wanted = answering === undefined ? lineAddresses(the) : [answering];
  return reaches(the, 'ipv4')
    .filter(
      (item) =>
        (item.vantage === 'server' || item.vantage === 'lan') &&
        (isHere(item) || item.vantage === 'lan') &&
        // Through a tunnel, the server looks from its exit.
        (item.vantage === 'lan' || !isAway) &&
        wanted.includes(item.facts.address),
    )
    .map((item) => ({ item, state: stateOf(the, item, known) }));
}

function failure({ item, state }: Inside): Finding {
  const { address, attempts } = item.facts;
  return state === 'other-service'
    ? { code: 'other-service-inside', args: { address, vantage: item.vantage } }
    : {
        code: 'fails-inside',
        args: { address, vantage: item.vantage, outcome: attempts[0]?.outcome ?? 'timed-out' },
      };
}

const opinion = (verdict: Opinion['verdict'], finding: Finding, evidence: string[]): Opinion => ({
  verdict,
  because: [finding],
  evidence,
  next: null,
});
