import type { Family } from '../model/address.ts';
import type { Next } from '../model/diagnosis.ts';
import type { Reason } from '../model/evidence.ts';
import type { Finding, FindingArgs } from '../model/finding.ts';
import type { Case } from '../model/view/case.ts';
import { leadsToService } from '../model/view/forward.ts';
import { reasonOnServer } from '../model/view/home.ts';
import { type FirewallState, firewallOf } from '../model/view/host.ts';
import { failsSince, getsInSince, looksFromLan } from '../model/view/neighbour.ts';
import { answersOutside, clientAddresses } from '../model/view/service.ts';
import { otherPorts } from '../model/view/way.ts';
import { type Cause, combine, type Opinion } from './cause.ts';
import { fixFirst, installTool, lookFromOutside, repeatLater, runAsRoot, runOnServer } from './next.ts';
import { cleared, explained, hiddenBy, lookFindings, type Sight, sightOf } from './sight.ts';

/** The server's own firewall keeps IPv4 out. Rules are kept for each family apart, so that IPv6 may pass. */
export const hostFirewall: Cause = {
  code: 'host-firewall',
  judge(the) {
    return combine('host-firewall', [judgeFirewall(the, sightOf(the))]);
  },
};

function judgeFirewall(the: Case, sight: Sight): Opinion {
  const { firewall } = sight;
  const open = cleared(the, sight);
  if (open !== null) {
    return firewall.verdict === 'accept'
      ? {
          ...open,
          because: [...open.because, ...accepting('ipv4', firewall)],
          evidence: [...open.evidence, ...firewall.evidence],
        }
      : open;
  }
  const six = firewallOf(the, 'ipv6', 'internet');
  switch (firewall.verdict) {
    case 'drop':
    case 'reject': {
      if (isRefuted(the, six)) {
        const why = 'by the same rules IPv6 would not get in, which answers';
        return {
          verdict: 'unknown',
          because: [{ code: 'firewall-unclear', args: { family: 'ipv4', why } }],
          evidence: [...firewall.evidence],
          next: repeatLater(the),
        };
      }
      const lan = firewallOf(the, 'ipv4', 'lan');
      const lanOnly: Finding[] =
        lan.verdict === 'accept' ? [{ code: 'firewall-lan-only', args: { family: 'ipv4' } }] : [];
      // Some routers put their own address into what they forward: such packets a rule for neighbours lets in.
      const mayBeMasqueraded = lanOnly.length > 0 && !('masqueraded' in sight.arrival);
      // Rules that keep a neighbour out who gets in aren't what is in force, or let in some and not others.
      const inside = lan.verdict === 'accept' ? null : getsInSince(the, 'firewall');
      if (inside !== null) {
        const { address } = inside.item.facts;
        return {
          verdict: 'suspected',
          because: [...blocking(firewall), { code: 'neighbour-gets-in', args: { address } }],
          evidence: [...firewall.evidence, inside.item.id],
          next: repeatLater(the),
        };
      }
      return {
        verdict: mayBeMasqueraded ? 'suspected' : 'confirmed',
        because: [
          ...blocking(firewall),
          ...lanOnly,
          ...(six.verdict === 'accept' ? accepting('ipv6', six) : blocking(six)),
        ],
        evidence: [...firewall.evidence],
        next: mayBeMasqueraded ? whoComes(the, sight) : null,
      };
    }
    case 'accept':
      return letsIn(the, firewall);
    default:
      return unseen(the, sight);
  }
}

/** By its rules it does; where a neighbour doesn't get in all the same, something that wasn't read may stop him. */
function letsIn(the: Case, firewall: FirewallState): Opinion {
  const because = accepting('ipv4', firewall);
  const fails = failsSince(the, 'firewall');
  if (fails === null) return { verdict: 'ruled-out', because, evidence: [...firewall.evidence], next: null };
  const { address, attempts } = fails.four.item.facts;
  const outcome = attempts[0]?.outcome ?? 'timed-out';
  const seen: Finding =
    outcome === 'refused'
      ? { code: 'ipv4-refused-locally', args: { address } }
      : { code: 'neighbour-blocked', args: { address, outcome } };
  return {
    verdict: 'unknown',
    because: [seen, ...because],
    evidence: [...firewall.evidence, fails.four.item.id, fails.six.id],
    next: repeatLater(the),
  };
}

/** The rules would keep IPv6 out too, yet it answers from outside: they aren't what is in force, or were misread. */
const isRefuted = (the: Case, { verdict }: FirewallState): boolean =>
  (verdict === 'drop' || verdict === 'reject') &&
  clientAddresses(the, 'ipv6').some((address) => answersOutside(the, address));

/** As whom the packets from outside come shows when one has come; without a way back, nobody learns where to look. */
const whoComes = (the: Case, { look, replies }: Sight) =>
  look === null && replies.state === 'same-way' ? lookFromOutside(the) : fixFirst(the);

function blocking({ decision, by }: FirewallState): Finding[] {
  if (decision === null || by === null || (decision.verdict !== 'drop' && decision.verdict !== 'reject'))
    return [];
  const { family, port, verdict, path, source } = decision;
  return [{ code: 'firewall-blocks', args: { family, port, verdict, path, source, ...named(by) } }];
}

function accepting(family: Family, { by }: FirewallState): Finding[] {
  if (by === null) return [{ code: 'firewall-absent', args: { family } }];
  return [{ code: 'firewall-accepts', args: { family, ...named(by) } }];
}

const named = ({ software, table, chain, rule, position }: NonNullable<FirewallState['by']>) => ({
  software,
  table,
  chain,
  rule,
  position,
});

/** The rules weren't read, or can't be evaluated. */
function unseen(the: Case, sight: Sight): Opinion {
  const { firewall, arrival, listening, replies, look } = sight;
  const seen = throughOtherPort(the) ?? fromLan(the);
  if (seen !== null) return seen;
  const because: Finding[] =
    firewall.verdict === 'unknown' && firewall.decision !== null
      ? [{ code: 'firewall-unclear', args: { family: 'ipv4', why: firewall.decision.unknownBecause ?? '' } }]
      : [{ code: 'firewall-unread', args: { why: whyUnread(the) } }];
  const next = firewall.verdict === 'unread' ? toRead(the) : sight.atServer ? null : runOnServer(the);
  const open: Opinion = { verdict: 'unknown', because, evidence: [...firewall.evidence], next };
  if (!sight.fails || !sight.atServer || look?.state !== 'dead') return open;
  const hidden = hiddenBy(the, sight, 'host-firewall');
  if (hidden !== null) {
    return { ...open, because: [{ code: 'hidden-by', args: { causes: [hidden] } }, ...because] };
  }
  const excuse = explained(sight);
  const looked = lookFindings(sight);
  const certainlyHere =
    arrival.state === 'at-service' && listening.four === 'yes' && replies.state === 'same-way';
  if (arrival.state === 'never' || (excuse !== null && !certainlyHere)) {
    return { ...open, because: [...(excuse?.because ?? looked.because), ...because] };
  }
  return {
    ...open,
    verdict: 'suspected',
    because: [...looked.because, ...because],
    evidence: [...open.evidence, ...looked.evidence],
  };
}

/** Packets for another port of the line come to the same port of this machine, and are answered. */
function throughOtherPort(the: Case): Opinion | null {
  const open = otherPorts(the).find(({ answers, port }) => answers && leadsToService(the, port));
  if (open === undefined) return null;
  const { address, evidence, port: otherPort } = open;
  return {
    verdict: 'ruled-out',
    because: [{ code: 'other-port-answers', args: { address, port: the.target.port, otherPort } }],
    evidence: [evidence],
    next: null,
  };
}

function whyUnread(the: Case): FindingArgs<'firewall-unread'>['why'] {
  const item = reasonOnServer(the, 'firewall');
  if (item === null || item.status === 'ok') return 'not-here';
  return WHY[item.reason.code] ?? 'failed';
}

/** How the rules come to be read, where they weren't. */
function toRead(the: Case): Next {
  const why = whyUnread(the);
  if (why === 'no-tool') return installTool(the);
  return why === 'failed' ? repeatLater(the) : runAsRoot(the);
}

const WHY: Partial<Record<Reason['code'], FindingArgs<'firewall-unread'>['why']>> = {
  'no-privilege': 'no-privilege',
  'no-tool': 'no-tool',
};

/** What a neighbour on the server's own network gets: no router is in between. */
function fromLan(the: Case): Opinion | null {
  const { four, six } = looksFromLan(the);
  if (four === null || six?.state !== 'answers') return null;
  const { address, attempts } = four.item.facts;
  const blocked = attempts.every(({ outcome }) => outcome === 'timed-out' || outcome === 'icmp-unreachable');
  if (four.state === 'dead' && blocked) {
    const outcome = attempts[0]?.outcome ?? 'timed-out';
    // Replies that leave by a tunnel, or an address that the server had before, look the same to a neighbour.
    return {
      verdict: 'suspected',
      because: [{ code: 'neighbour-blocked', args: { address, outcome } }],
      evidence: [four.item.id, six.item.id],
      next: runAsRoot(the),
    };
  }
  if (four.state !== 'answers') return null;
  return {
    verdict: 'unknown',
    because: [{ code: 'neighbour-gets-in', args: { address } }],
    evidence: [four.item.id],
    next: runOnServer(the),
  };
}
