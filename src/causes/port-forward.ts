import type { Finding } from '../model/finding.ts';
import type { Case } from '../model/view/case.ts';
import { routerSpeaks, toldRouterFirewall } from '../model/view/forward.ts';
import { serverAddresses4 } from '../model/view/home.ts';
import { listensOn } from '../model/view/host.ts';
import { isThisServer } from '../model/view/own-four.ts';
import { trialLook, wayIn } from '../model/view/way.ts';
import { type Cause, combine, type Opinion } from './cause.ts';
import { lookFromOutside, readForward, readRouterFirewall, readWanAddress, runOnServer } from './next.ts';
import { mappingFindings } from './port-forward/mapping.ts';
import { answersInside, routersPage } from './port-forward/page.ts';
import {
  arrives,
  cleared,
  explained,
  forwardIsWrong,
  hasAddress,
  hiddenBy,
  lookFindings,
  notSeen,
  routerBlocks,
  type Sight,
  sightOf,
} from './sight.ts';
import { pastSilence } from './silence.ts';

/**
 * The router doesn't pass the port on to the server: no mapping, one to another host or port, its own firewall, or its
 * own page in the way. IPv6 needs no mapping: the server's address is its own.
 */
export const portForward: Cause = {
  code: 'port-forward',
  judge(the) {
    return combine('port-forward', [judgeRouter(the, sightOf(the))]);
  },
};

function judgeRouter(the: Case, sight: Sight): Opinion {
  const { line } = sight;
  if (line.kind === 'no-nat') {
    const finding: Finding = { code: 'forward-not-needed', args: { address: line.wan } };
    return { verdict: 'ruled-out', because: [finding], evidence: [...line.evidence], next: null };
  }
  return (
    withMapping(cleared(the, sight), sight) ??
    withMapping(arrives(sight), sight) ??
    arrivesElsewhere(the, sight) ??
    isWrong(sight) ??
    otherAnswers(the, sight) ??
    trialAnswers(the) ??
    blocks(the, sight) ??
    undecided(the, sight)
  );
}

const withMapping = (opinion: Opinion | null, { forward }: Sight): Opinion | null =>
  opinion === null
    ? null
    : {
        ...opinion,
        because: [...opinion.because, ...(forward.state === 'right' ? mappingFindings(forward) : [])],
        evidence: [...opinion.evidence, ...('evidence' in forward ? [forward.evidence] : [])],
      };

/** The router passes packets on, to a port at which the service doesn't listen. */
function arrivesElsewhere(the: Case, { arrival, works }: Sight): Opinion | null {
  if (arrival.state !== 'at-other-port' || works !== null) return null;
  const client = serverAddresses4(the)[0]?.address;
  if (client === undefined) return null;
  const { port, evidence } = arrival;
  const { port: expected } = the.target;
  // The service may have a second port: then it isn't the port that is wrong.
  if (listensOn(the, port)) return null;
  return {
    verdict: 'confirmed',
    because: [
      {
        code: 'mapping-wrong-port',
        args: { source: 'arrival', externalPort: expected, client, port, expected },
      },
    ],
    evidence: [evidence],
    next: null,
  };
}

/** Told by the router or by a person, and seen to be wrong whatever else fails. */
function isWrong(sight: Sight): Opinion | null {
  if (!forwardIsWrong(sight)) return null;
  const { because, evidence } = lookFindings(sight);
  const { forward } = sight;
  return {
    verdict: 'confirmed',
    because: [...mappingFindings(forward, sight), ...because],
    evidence: ['evidence' in forward ? forward.evidence : '', ...evidence].filter((id) => id !== ''),
    next: null,
  };
}

/** Something else takes connections at the line's address: the router's page, or another host of the network. */
function otherAnswers(the: Case, sight: Sight): Opinion | null {
  const { look } = sight;
  if (look?.state !== 'other-service') return null;
  const { address, port } = look.item.facts;
  const own = isThisServer(the, look.item);
  if (own !== null) {
    const evidence = [look.item.id, own.id];
    return {
      verdict: 'ruled-out',
      because: [{ code: 'this-server-answers', args: { address, port } }],
      evidence,
      next: null,
    };
  }
  const page = routersPage(the, look.item);
  const finding: Finding =
    page === null
      ? { code: 'other-service-answers', args: { address, port, vantage: look.item.vantage } }
      : { code: 'router-page-answers', args: { address, port, vantage: look.item.vantage } };
  const certain = hasAddress(sight) || page !== null;
  return {
    verdict: certain ? 'confirmed' : 'suspected',
    because: [finding, ...mappingFindings(sight.forward, sight)],
    evidence: [look.item.id, ...(page === null ? [] : [page])],
    next: certain ? null : readWanAddress(the),
  };
}

/** With a mapping of reach4's own the service answered: nothing else was missing. */
function trialAnswers(the: Case): Opinion | null {
  const trial = trialLook(the);
  if (trial?.state !== 'answers' || trial.port !== the.target.port) return null;
  return {
    verdict: 'confirmed',
    because: [{ code: 'mapping-trial-answers', args: { externalPort: trial.port, address: trial.address } }],
    evidence: trial.evidence,
    next: null,
  };
}

/** The packets come to the router, which has a right mapping, and not to the server. */
function blocks(the: Case, sight: Sight): Opinion | null {
  if (!routerBlocks(the, sight)) return null;
  const told = toldRouterFirewall(the);
  const way = wayIn(the, the.target.port);
  const { because, evidence } = lookFindings(sight);
  return {
    verdict: 'confirmed',
    because: [
      {
        code: 'router-firewall',
        args: { port: the.target.port, source: told?.says === 'blocks' ? 'told' : 'trace' },
      },
      ...mappingFindings(sight.forward, sight),
      ...because,
    ],
    evidence: [
      ...(told === null ? [] : [told.evidence]),
      ...(way === null ? [] : [way.evidence]),
      ...evidence,
    ],
    next: null,
  };
}

function undecided(the: Case, sight: Sight): Opinion {
  const { look, forward, line } = sight;
  const mapping = mappingFindings(forward, sight);
  const told = 'evidence' in forward ? [forward.evidence] : [];
  const inside = answersInside(the, forward);
  const because: Finding[] = [...mapping, ...(inside?.because ?? [])];
  const silent: Finding[] = sight.atServer && !routerSpeaks(the) ? [{ code: 'router-silent', args: {} }] : [];
  const evidence = [...told, ...(inside?.evidence ?? [])];
  const hidden = hiddenBy(the, sight, 'port-forward');
  if (hidden !== null) {
    return {
      verdict: 'unknown',
      because: [{ code: 'hidden-by', args: { causes: [hidden] } }, ...because],
      evidence: [...line.evidence, ...evidence],
      next: null,
    };
  }
  if (look === null) {
    return {
      verdict: 'unknown',
      because: [...because, ...notSeen(the)],
      evidence,
      next: sight.atServer ? lookFromOutside(the) : runOnServer(the),
    };
  }
  const looked = lookFindings(sight);
  const all = [...evidence, ...looked.evidence];
  if (!sight.fails || !sight.atServer) {
    return {
      verdict: 'unknown',
      because: [...because, ...looked.because],
      evidence: all,
      next: pastSilence(the, sight) ?? (sight.atServer ? null : runOnServer(the)),
    };
  }
  const excuse = explained(sight);
  if (excuse !== null) {
    return {
      ...excuse,
      because: [...excuse.because, ...because],
      evidence: [...excuse.evidence, ...all],
      next: null,
    };
  }
  const firewall = toldRouterFirewall(the);
  const open: Finding[] =
    firewall?.says === 'open' ? [{ code: 'router-firewall-open', args: { port: the.target.port } }] : [];
  const known = forward.state === 'right' || forward.state === 'unclear';
  // A connection from inside showed the mapping; its page adds nothing as long as the firewall's is unread.
  const isSeen = known || inside !== null;
  // The mapping is right and the page shows no rule against it: what else a router might do, nobody can read there.
  const isRead = forward.state === 'right' && firewall?.says === 'open';
  return {
    verdict: isRead ? 'unknown' : 'suspected',
    because: [...looked.because, ...because, ...silent, ...open],
    evidence: all,
    next: isSeen && firewall === null ? readRouterFirewall(the) : known ? null : readForward(the),
  };
}
