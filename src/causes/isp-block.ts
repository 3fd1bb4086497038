import type { Next } from '../model/diagnosis.ts';
import type { Finding } from '../model/finding.ts';
import type { Case } from '../model/view/case.ts';
import { toldRouterFirewall } from '../model/view/forward.ts';
import { isOpenInFront } from '../model/view/line.ts';
import { otherPorts, trialLook, wayIn } from '../model/view/way.ts';
import { type Cause, combine, type Opinion } from './cause.ts';
import {
  fixFirst,
  lookFromOutside,
  readBoxInFront,
  readForward,
  readRouterFirewall,
  readWanAddress,
  runOnServer,
} from './next.ts';
import {
  arrives,
  cleared,
  differential,
  explained,
  hasAddress,
  hiddenBy,
  ispBlocks,
  lookFindings,
  notSeen,
  type Sight,
  sightOf,
} from './sight.ts';
import { pastSilence } from './silence.ts';

/** The provider doesn't let connections in over IPv4: for this port, or for any. Its filters for IPv6 are others, or none. */
export const ispBlock: Cause = {
  code: 'isp-block',
  judge(the) {
    return combine('isp-block', [judgeProvider(the, sightOf(the))]);
  },
};

function judgeProvider(the: Case, sight: Sight): Opinion {
  return (
    cleared(the, sight) ?? arrives(sight) ?? passes(the, sight) ?? blocks(the, sight) ?? undecided(the, sight)
  );
}

/** Packets for the port were seen to come as far as the router. */
function passes(the: Case, sight: Sight): Opinion | null {
  const { look, arrival } = sight;
  if (arrival.state === 'at-other-port') {
    const { port, packets, from, evidence } = arrival;
    return {
      verdict: 'ruled-out',
      because: [{ code: 'arrives', args: { family: 'ipv4', port, packets, from } }],
      evidence: [evidence],
      next: null,
    };
  }
  if (look?.state === 'other-service' && hasAddress(sight)) {
    return { verdict: 'ruled-out', ...lookFindings(sight), next: null };
  }
  const trial = trialLook(the);
  if (trial?.state === 'answers' && trial.port === the.target.port) {
    const { port, address, evidence } = trial;
    return {
      verdict: 'ruled-out',
      because: [{ code: 'mapping-trial-answers', args: { externalPort: port, address } }],
      evidence,
      next: null,
    };
  }
  const way = look === null ? null : wayIn(the, the.target.port);
  if (look === null || way?.reachesRouter !== true) return null;
  return {
    verdict: 'ruled-out',
    because: [{ code: 'reaches-router', args: { port: the.target.port, router: look.item.facts.address } }],
    evidence: [way.evidence],
    next: null,
  };
}

function blocks(the: Case, sight: Sight): Opinion | null {
  const opinion = ispBlocks(the, sight);
  if (opinion === null) return null;
  const { because, evidence } = lookFindings(sight);
  return {
    ...opinion,
    because: [...because, ...opinion.because],
    evidence: [...opinion.evidence, ...evidence],
  };
}

function undecided(the: Case, sight: Sight): Opinion {
  const { look, line } = sight;
  const hidden = hiddenBy(the, sight, 'isp-block') ?? hiddenBy(the, sight, 'host-firewall');
  if (hidden !== null && hidden !== 'isp-block') {
    return {
      verdict: 'unknown',
      because: [{ code: 'hidden-by', args: { causes: [hidden] } }],
      evidence: [...line.evidence],
      next: null,
    };
  }
  if (look === null) {
    return {
      verdict: 'unknown',
      because: notSeen(the),
      evidence: [],
      next: sight.atServer ? lookFromOutside(the) : runOnServer(the),
    };
  }
  const looked = lookFindings(sight);
  if (!sight.fails || !sight.atServer) {
    return {
      verdict: 'unknown',
      ...looked,
      next: pastSilence(the, sight) ?? (sight.atServer ? null : runOnServer(the)),
    };
  }
  const excuse = explained(sight);
  if (excuse !== null) return { ...excuse, next: null };
  const others = otherPorts(the);
  const way = wayIn(the, the.target.port);
  return {
    verdict: 'suspected',
    because: [...looked.because, ...signs(the, sight, look.item.facts.address)],
    evidence: [
      ...looked.evidence,
      ...others.map(({ evidence }) => evidence),
      ...(way === null ? [] : [way.evidence]),
    ],
    next: whatTells(the, sight),
  };
}

/** What other ports of the line, and the way of packets for the service's, hint at. */
function signs(the: Case, sight: Sight, address: string): Finding[] {
  const told = differential(the, sight);
  if (told !== null) return told.because;
  const { port } = the.target;
  const others = otherPorts(the);
  const open = others.find(({ answers }) => answers);
  const failing = others.filter(({ answers }) => !answers).map((other) => other.port);
  const way = wayIn(the, port);
  const findings: (Finding | false)[] = [
    open !== undefined && { code: 'other-port-answers', args: { address, port, otherPort: open.port } },
    failing.length > 0 && { code: 'other-ports-fail', args: { address, ports: failing } },
    way !== null && { code: 'stops-before-router', args: { port, lastHop: way.lastHop, otherPort: null } },
  ];
  return findings.filter((each) => each !== false);
}

/** The cheapest thing to read on the router's page that is still unknown; without a VPN the next look shows the rest. */
function whatTells(the: Case, sight: Sight): Next {
  const { forward, line } = sight;
  if (isOpenInFront(line)) return readBoxInFront(the);
  if (!hasAddress(sight) && line.kind !== 'unproven') return readWanAddress(the);
  if (forward.state !== 'right' && forward.state !== 'unclear') return readForward(the);
  return toldRouterFirewall(the) === null ? readRouterFirewall(the) : fixFirst(the);
}
