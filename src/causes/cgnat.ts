import type { OwnAddress } from '../model/evidence.ts';
import type { Finding } from '../model/finding.ts';
import type { Case } from '../model/view/case.ts';
import { atHome, serverAddresses4 } from '../model/view/home.ts';
import { beyondRouter, type Line, observed4, ownByTrace } from '../model/view/line.ts';
import { portsOf } from '../model/view/port-set.ts';
import { type Cause, combine, type Opinion } from './cause.ts';
import { judgePrivateWan } from './cgnat/private-wan.ts';
import { allowPublicServices, fixFirst, lookFromOutside, readWanAddress, runOnServer } from './next.ts';
import {
  arrives,
  cleared,
  explained,
  hiddenBy,
  lookFindings,
  notSeen,
  type Sight,
  sightOf,
} from './sight.ts';

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
  if (open !== null) return withWan(the, open, line);
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
    case 'no-address':
      return confirmed({ code: 'wan-ds-lite', args: { wan: null, sources, observed } });
    case 'not-public':
      return confirmed({ code: 'wan-not-public', args: { wan: line.wan, sources } });
    case 'private':
      return judgePrivateWan(the, sight, line, observed, evidence);
    case 'port-set': {
      const args = { port: the.target.port, address: line.wan };
      if (line.inside) {
        const because: Finding[] = [{ code: 'port-inside-set', args }, ...boxFinding(the, line)];
        return { verdict: 'ruled-out', because, evidence, next: null };
      }
      return confirmed({
        code: 'port-outside-set',
        args: { ...args, usable: portsOf(line.set, PORTS_NAMED) },
      });
    }
    case 'public':
      return { verdict: 'ruled-out', because: wanFinding(the, line), evidence, next: null };
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

/** Ports of a set that are worth naming: a person picks one. */
const PORTS_NAMED = 5;

const boxFinding = ({ target }: Case, { box }: Line): Finding[] =>
  box?.port === 'passes' && box.wan !== null
    ? [
        {
          code: 'box-in-front-passes',
          args: { port: target.port, outerWan: box.wan, source: box.source },
        },
      ]
    : [];

const wanFinding = (the: Case, line: Line): Finding[] => {
  if (!('wan' in line)) return [];
  // The router's own words are of its address behind the box.
  if (line.box?.port === 'passes') return boxFinding(the, line);
  const sources = [...new Set(line.words.map(({ source }) => source))];
  const traced: Finding[] =
    sources.length === 0 ? [{ code: 'observed-is-router', args: { address: line.wan } }] : [];
  return sources.length === 0 ? traced : [{ code: 'wan-public', args: { wan: line.wan, sources } }];
};

const withWan = (the: Case, open: Opinion, line: Line): Opinion => ({
  ...open,
  because: [...open.because, ...(line.kind === 'public' ? wanFinding(the, line) : [])],
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
  // Read already, and there is none: whether services see one without a tunnel decides.
  const isRead = line.words.some(({ source }) => source === 'told');
  const whatNext = isRead ? fixFirst(the) : readWanAddress(the);
  const read = line.kind === 'unproven' ? nextUnproven(the, sight, line.tunnel, observed) : whatNext;
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
  const not = sight.look === null ? notSeen(the) : [];
  return {
    verdict: 'unknown',
    because: [...(excuse?.because ?? []), ...because, ...not],
    evidence: [...all, ...(excuse?.evidence ?? [])],
    next: read ?? (sight.look === null ? lookFromOutside(the) : null),
  };
}

function nextUnproven(the: Case, { replies }: Sight, tunnel: string | null, observed: string[]) {
  if (observed.length > 0 || tunnel !== null) return null;
  // Without a way out nobody can be asked.
  return replies.state === 'no-route' ? fixFirst(the) : allowPublicServices(the);
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
          ...wanFinding(the, line),
          { code: 'observed-through-tunnel', args: { observed, interface: line.tunnel } },
        ];
      return observed.length > 0 && !observed.includes(line.wan)
        ? [{ code: 'wan-not-observed', args: { wan: line.wan, observed } }]
        : wanFinding(the, line);
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

function onTunnels(the: Case): OwnAddress[] {
  const direct = new Set(serverAddresses4(the));
  return atHome(the, 'addresses')
    .flatMap(({ facts }) => facts.addresses)
    .filter((own) => !direct.has(own));
}
