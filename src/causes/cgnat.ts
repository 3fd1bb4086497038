import type { Finding } from '../model/finding.ts';
import type { Case } from '../model/view/case.ts';
import { atHome, defaultTunnel, serverAddresses4 } from '../model/view/home.ts';
import { beyondRouter, type Line, observed4, ownByTrace } from '../model/view/line.ts';
import { portsOf } from '../model/view/port-set.ts';
import { wayIn } from '../model/view/way.ts';
import { type Cause, combine, type Opinion } from './cause.ts';
import { boxInFront } from './cgnat/box-in-front.ts';
import {
  allowPublicServices,
  fixFirst,
  lookFromOutside,
  readForward,
  readWanAddress,
  runOnServer,
} from './next.ts';
import { arrives, cleared, explained, hiddenBy, lookFindings, type Sight, sightOf } from './sight.ts';

/**
 * Another NAT stands between the router and the internet: the provider's (RFC 6598), an AFTR (DS-Lite, RFC 6333), a
 * shared address with a set of ports (MAP-E, RFC 7597), or a second router. IPv6 isn't translated, so it escapes.
 */
export const cgnat: Cause = {
  code: 'cgnat',
  judge(the) {
    const sight = sightOf(the);
    const opinion = judgeLine(the, sight);
    return combine('cgnat', [{ ...opinion, because: [...opinion.because, ...overlay(the)] }]);
  },
};

function judgeLine(the: Case, sight: Sight): Opinion {
  const { line } = sight;
  const open = cleared(the, sight) ?? arrives(sight);
  if (open !== null) return withWan(open, line);
  const observed = [...new Set(observed4(the).map(({ address }) => address))];
  const evidence = [...line.evidence, ...observed4(the).map((each) => each.evidence)];
  const sources = [...new Set(line.words.map(({ source }) => source))];
  const confirmed = (...because: Finding[]): Opinion => ({
    verdict: 'confirmed',
    because: [...because, ...lookFindings(sight).because],
    evidence: [...evidence, ...lookFindings(sight).evidence],
    next: null,
  });
  switch (line.kind) {
    case 'shared':
      return confirmed({ code: 'wan-shared', args: { wan: line.wan, sources, observed } });
    case 'ds-lite':
      return confirmed({ code: 'wan-ds-lite', args: { wan: line.wan, sources, observed } });
    case 'not-public':
      return confirmed({ code: 'wan-not-public', args: { wan: line.wan, sources } });
    case 'private': {
      const box = boxInFront(the, line.wan);
      const privately: Finding = { code: 'wan-private', args: { wan: line.wan, sources, observed } };
      if (box?.passesOn === true) {
        return {
          verdict: 'unknown',
          because: [...box.because, privately],
          evidence: [...evidence, ...box.evidence],
          next: null,
        };
      }
      const opinion = confirmed(...(box?.because ?? []), privately);
      const all = [...opinion.evidence, ...(box?.evidence ?? [])];
      // The box in front may pass everything on, set by hand: only that nothing comes through shows that it doesn't.
      if (!sight.fails) {
        // Through a tunnel, or without a route, nobody learns which address to look at.
        const isBlind = defaultTunnel(the) !== null || sight.replies.state === 'no-route';
        const nextLook = isBlind ? fixFirst(the) : lookFromOutside(the);
        return { ...opinion, verdict: 'suspected', evidence: all, next: nextLook };
      }
      // What stops IPv4 on the server explains the silence as well, whatever the box in front does.
      if (explained(sight) !== null) {
        return { ...opinion, verdict: 'suspected', evidence: all, next: fixFirst(the) };
      }
      const passed = wayIn(the, the.target.port);
      return passed?.reachesRouter === true
        ? passedOn(the, sight, { ...opinion, evidence: [...all, passed.evidence] })
        : { ...opinion, evidence: all };
    }
    case 'port-set': {
      const args = { port: the.target.port, address: line.wan };
      if (line.inside) {
        return { verdict: 'ruled-out', because: [{ code: 'port-inside-set', args }], evidence, next: null };
      }
      return confirmed({
        code: 'port-outside-set',
        args: { ...args, usable: portsOf(line.set, PORTS_NAMED) },
      });
    }
    case 'public':
      return { verdict: 'ruled-out', because: wanFinding(line), evidence, next: null };
    case 'no-nat':
      return {
        verdict: 'ruled-out',
        because: [{ code: 'no-nat', args: { address: line.wan } }],
        evidence,
        next: null,
      };
    default:
      return undecided(the, sight, observed, evidence);
  }
}

/** The box in front answers for packets that it passes on: to the router, or to somebody else. */
function passedOn(the: Case, sight: Sight, opinion: Opinion): Opinion {
  const hidden = hiddenBy(the, sight, 'host-firewall');
  const router = sight.look?.item.facts.address ?? the.target.host;
  const because: Finding[] = [
    ...opinion.because,
    { code: 'reaches-router', args: { port: the.target.port, router } },
  ];
  if (hidden !== null) because.unshift({ code: 'hidden-by', args: { causes: [hidden] } });
  const verdict = hidden === null ? 'suspected' : 'unknown';
  return { ...opinion, verdict, because, next: hidden === null ? readForward(the) : null };
}

/** Ports of a set that are worth naming: a person picks one. */
const PORTS_NAMED = 5;

const wanFinding = (line: Line): Finding[] => {
  if (!('wan' in line)) return [];
  const sources = [...new Set(line.words.map(({ source }) => source))];
  const traced: Finding[] =
    sources.length === 0 ? [{ code: 'observed-is-router', args: { address: line.wan } }] : [];
  return sources.length === 0 ? traced : [{ code: 'wan-public', args: { wan: line.wan, sources } }];
};

const withWan = (open: Opinion, line: Line): Opinion => ({
  ...open,
  because: [...open.because, ...(line.kind === 'public' ? wanFinding(line) : [])],
  evidence: [...open.evidence, ...(line.kind === 'public' ? line.evidence : [])],
});

/** The router told nothing that decides. */
function undecided(the: Case, sight: Sight, observed: string[], evidence: string[]): Opinion {
  const { line } = sight;
  const because: Finding[] = [...openLine(the, line, observed)];
  const beyond = beyondRouter(the);
  const hint = sharedHop(the);
  if (beyond !== null) {
    because.push({ code: 'observed-beyond-router', args: { address: beyond.address, hops: beyond.hops } });
  }
  if (hint !== null) because.push({ code: 'shared-hop', args: { hop: hint.hop } });
  const all = [
    ...evidence,
    ...(beyond === null ? [] : [beyond.evidence]),
    ...(hint === null ? [] : [hint.evidence]),
  ];
  if (!sight.atServer && the.vantage !== 'lan') {
    return { verdict: 'unknown', because, evidence: all, next: runOnServer(the) };
  }
  // A public address that only isn't proven is no sign of a shared one.
  const public4 = line.kind === 'unproven';
  const hidden = hiddenBy(the, sight, 'port-forward') ?? hiddenBy(the, sight, 'host-firewall');
  const excuse = explained(sight);
  const signs = beyond !== null || line.kind === 'told-none';
  const read = line.kind === 'unproven' ? nextUnproven(the, line.tunnel, observed) : readWanAddress(the);
  if (hidden !== null && hidden !== 'cgnat') {
    return {
      verdict: 'unknown',
      because: [{ code: 'hidden-by', args: { causes: [hidden] } }, ...because],
      evidence: all,
      next: read,
    };
  }
  if (!public4 && (signs || (sight.fails && excuse === null))) {
    const { because: looked, evidence: seenIn } = lookFindings(sight);
    return {
      verdict: 'suspected',
      because: [...because, ...looked],
      evidence: [...all, ...seenIn],
      next: read,
    };
  }
  const not: Finding[] = sight.look === null ? [{ code: 'not-seen-outside', args: {} }] : [];
  return {
    verdict: 'unknown',
    because: [...(excuse?.because ?? []), ...because, ...not],
    evidence: [...all, ...(excuse?.evidence ?? [])],
    next: read ?? (sight.look === null ? lookFromOutside(the) : null),
  };
}

function nextUnproven(the: Case, tunnel: string | null, observed: string[]) {
  if (observed.length === 0 && tunnel === null) return allowPublicServices(the);
  return null;
}

function openLine(the: Case, line: Line, observed: string[]): Finding[] {
  const sources = [...new Set(line.words.map(({ source }) => source))];
  switch (line.kind) {
    case 'contradictory':
      return [
        {
          code: 'wan-contradictory',
          args: { told: line.words.flatMap(({ wan, source }) => (wan === null ? [] : [{ wan, source }])) },
        },
      ];
    case 'told-none':
      return [{ code: 'wan-none', args: { sources } }];
    case 'unproven':
      if (line.tunnel !== null)
        return [
          ...wanFinding(line),
          { code: 'observed-through-tunnel', args: { observed, interface: line.tunnel } },
        ];
      return observed.length > 0 && !observed.includes(line.wan)
        ? [{ code: 'wan-not-observed', args: { wan: line.wan, observed } }]
        : wanFinding(line);
    default:
      return ownByTrace(the) === null ? [{ code: 'wan-unknown', args: {} }] : [];
  }
}

/** Behind the router a hop answers from the provider's shared range: a hint only (others use it too). */
function sharedHop(the: Case): { hop: string; evidence: string } | null {
  for (const { id, facts } of atHome(the, 'trace')) {
    const hop = facts.hops.find(
      ({ ttl, address }) => ttl >= 2 && address?.startsWith('100.') === true && isShared(address),
    );
    if (hop?.address != null) return { hop: hop.address, evidence: id };
  }
  return null;
}

const isShared = (address: string): boolean => {
  const second = Number(address.split('.')[1]);
  return second >= 64 && second <= 127;
};

/** Overlay networks (Tailscale) give hosts addresses of the same range: no sign of carrier-grade NAT. */
const overlay = (the: Case): Finding[] =>
  [...serverAddresses4(the), ...onTunnels(the)]
    .filter(({ scope }) => scope === 'shared')
    .map(({ address, interface: name }) => ({ code: 'overlay-address', args: { address, interface: name } }));

const onTunnels = (the: Case) =>
  atHome(the, 'addresses')
    .flatMap(({ facts }) => facts.addresses)
    .filter((own) => !serverAddresses4(the).includes(own));
