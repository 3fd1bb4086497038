import { isPublic } from '../../model/address.ts';
import type { Finding } from '../../model/finding.ts';
import type { BoxInFront } from '../../model/view/box-in-front.ts';
import type { Case } from '../../model/view/case.ts';
import { defaultTunnel } from '../../model/view/home.ts';
import type { Line } from '../../model/view/line.ts';
import { wayIn } from '../../model/view/way.ts';
import type { Opinion } from '../cause.ts';
import { lookFromOutside, readBoxInFront } from '../next.ts';
import { hiddenBy, lookFindings, type Sight } from '../sight.ts';

/**
 * The router's own address is private: another NAT is certain, and that it stops the port isn't. A box in front that
 * passes everything on looks the same from inside, and from outside the same as a provider that drops the port before it:
 * only the box's own word, or that of a person who looked at it, decides.
 */
export function judgePrivateWan(
  the: Case,
  sight: Sight,
  { box, wan, words }: Line & { kind: 'private' },
  observed: string[],
  lineEvidence: string[],
): Opinion {
  const sources = [...new Set(words.map(({ source }) => source))];
  const looked = lookFindings(sight);
  const because: Finding[] = [
    ...(box === null ? [] : boxFindings(the, box, wan)),
    { code: 'wan-private', args: { wan, sources, observed } },
    ...looked.because,
  ];
  const evidence = [...lineEvidence, ...looked.evidence];
  if (box?.port === 'stops') return { verdict: 'confirmed', because, evidence, next: null };
  const suspected: Opinion = { verdict: 'suspected', because, evidence, next: readBoxInFront(the) };
  if (!sight.fails) {
    // Through a tunnel, or without a route, nobody learns which address to look at.
    const isBlind = defaultTunnel(the) !== null || sight.replies.state === 'no-route';
    return { ...suspected, next: isBlind ? readBoxInFront(the) : lookFromOutside(the) };
  }
  const passed = wayIn(the, the.target.port);
  return passed?.reachesRouter === true ? passedOn(the, sight, suspected, passed.evidence) : suspected;
}

function boxFindings({ target }: Case, box: BoxInFront, wan: string): Finding[] {
  const told: Finding[] =
    box.source !== 'told'
      ? []
      : box.isProvider
        ? [{ code: 'box-in-front-none', args: {} }]
        : [{ code: 'box-in-front-blocks', args: { port: target.port } }];
  if (box.address === null || box.wan === null) return told;
  const { address: outer, wan: outerWan } = box;
  return [
    ...told,
    isPublic(outerWan)
      ? { code: 'double-nat', args: { wan, outer, outerWan } }
      : { code: 'outer-not-public', args: { outer, outerWan } },
  ];
}

/** The box in front answers for packets that it passes on: to the router, or to somebody else. */
function passedOn(the: Case, sight: Sight, opinion: Opinion, evidence: string): Opinion {
  const hidden = hiddenBy(the, sight, 'host-firewall');
  const first: Finding[] = hidden === null ? [] : [{ code: 'hidden-by', args: { causes: [hidden] } }];
  const router = sight.look?.item.facts.address ?? the.target.host;
  return {
    verdict: hidden === null ? 'suspected' : 'unknown',
    because: [
      ...first,
      ...opinion.because,
      { code: 'reaches-router', args: { port: the.target.port, router } },
    ],
    evidence: [...opinion.evidence, evidence],
    next: hidden === null ? opinion.next : null,
  };
}
