import type { Family } from '../model/address.ts';
import type { ListeningSocket } from '../model/facts/host.ts';
import type { Finding } from '../model/finding.ts';
import type { Case } from '../model/view/case.ts';
import { onServer, reasonOnServer } from '../model/view/home.ts';
import { isAlsoOnIpv6, unplaced4 } from '../model/view/host.ts';
import { failsSince, getsInSince, looksFromLan } from '../model/view/neighbour.ts';
import { type OwnFour, ownFour } from '../model/view/own-four.ts';
import type { Reach } from '../model/view/reach-seen.ts';
import { servedSince } from '../model/view/served.ts';
import { type Cause, combine, type Opinion } from './cause.ts';
import { repeatLater, runAsRoot, runOnServer } from './next.ts';
import { cleared, nothingListens, type Sight, sightOf } from './sight.ts';

/** The program that serves listens on IPv6 only, or takes IPv4 from its own machine only. */
export const ipv6OnlyListener: Cause = {
  code: 'ipv6-only-listener',
  judge(the) {
    const sight = sightOf(the);
    return combine('ipv6-only-listener', [cleared(the, sight) ?? besideLooks(the, judgeSockets(the, sight))]);
  },
};

/** What was seen of the sockets, beside what looks from elsewhere got: where they contradict it, neither counts. */
function besideLooks(the: Case, opinion: Opinion): Opinion {
  const open = { ...opinion, verdict: 'unknown', next: repeatLater(the) } as const;
  const isNothing = opinion.because.some(({ code }) => code === 'nothing-listens');
  const inside = getsInSince(the, 'listeners');
  if (inside !== null && (opinion.verdict === 'confirmed' || isNothing)) {
    return {
      ...open,
      because: [getsIn(inside.item), ...opinion.because],
      evidence: [...opinion.evidence, inside.item.id],
    };
  }
  const served = isNothing ? servedSince(the) : null;
  if (served !== null) return { ...open, evidence: [...opinion.evidence, served.id] };
  const outcomes = failsSince(the, 'listeners');
  if (opinion.verdict === 'ruled-out' && outcomes !== null && isRefused(outcomes.four.item)) {
    const { four, six } = outcomes;
    return {
      ...open,
      because: [refusedAt(four.item), ...opinion.because],
      evidence: [...opinion.evidence, four.item.id, six.id],
    };
  }
  return opinion;
}

const getsIn = ({ facts: { address } }: Reach): Finding => ({ code: 'neighbour-gets-in', args: { address } });
const refusedAt = ({ facts: { address } }: Reach): Finding => ({
  code: 'ipv4-refused-locally',
  args: { address },
});
const isRefused = ({ facts: { attempts } }: Reach): boolean =>
  attempts.every(({ outcome }) => outcome === 'refused');

function judgeSockets(the: Case, { listening, atServer }: Sight): Opinion {
  const { four, six, sockets } = listening;
  const { port } = the.target;
  const evidence = [...listening.evidence];
  const program = sockets.find((socket) => socket.program !== null)?.program?.name ?? null;
  const own = ownFour(the);
  if (own?.as === 'different') return otherService(the, own, sockets, evidence);
  if (four === 'yes' && own?.as !== 'same' && areSeparate(sockets)) {
    const programs = [...new Set(sockets.flatMap((socket) => socket.program?.name ?? []))];
    return {
      verdict: 'unknown',
      because: [{ code: 'separate-sockets', args: { port, programs } }],
      evidence,
      next: programs.length === 0 ? runAsRoot(the) : null,
    };
  }
  if (four === 'yes') {
    const container = sockets.find((socket) => socket.container !== null)?.container ?? null;
    const because: Finding[] =
      sockets.length === 0
        ? [{ code: 'published-by-container', args: { port, container } }]
        : [{ code: 'listens-both', args: { port, program } }];
    return { verdict: 'ruled-out', because, evidence, next: null };
  }
  if (nothingListens(listening)) {
    return {
      verdict: 'ruled-out',
      because: [{ code: 'nothing-listens', args: { port } }],
      evidence,
      next: null,
    };
  }
  if (four === 'loopback') {
    const addresses = addressesOf(sockets, 'ipv4');
    return {
      verdict: 'confirmed',
      because: [{ code: 'listens-on-loopback4', args: { port, program, addresses } }],
      evidence,
      next: null,
    };
  }
  if (four === 'no' && six === 'yes') {
    const any = sockets.some(({ family, address }) => family === 'ipv6' && address === null);
    const finding: Finding = any
      ? { code: 'listens-v6only', args: { port, program, bindv6only: listening.bindv6only } }
      : { code: 'listens-on-address6', args: { port, program, addresses: addressesOf(sockets, 'ipv6') } };
    return { verdict: 'confirmed', because: [finding], evidence, next: null };
  }
  if (four === 'unclear') {
    return {
      verdict: 'unknown',
      because: [{ code: 'v6only-untold', args: { port, program } }],
      evidence,
      next: runAsRoot(the),
    };
  }
  const addresses = unplaced4(the, sockets);
  const unplaced: Opinion | null =
    addresses.length === 0
      ? null
      : {
          verdict: 'unknown',
          because: [{ code: 'listens-on-unplaced4', args: { port, program, addresses } }],
          evidence,
          next: onServer(the, 'addresses').length === 0 ? runOnServer(the) : repeatLater(the),
        };
  return (
    fromLan(the) ??
    unplaced ?? {
      verdict: 'unknown',
      because: [{ code: 'listeners-unread', args: { why: whyUnread(the) } }],
      evidence: [],
      next: atServer ? null : runOnServer(the),
    }
  );
}

/** Each family has a socket of its own, and not of the same process. */
function areSeparate(sockets: readonly ListeningSocket[]): boolean {
  const of = (wanted: Family) => sockets.filter(({ family }) => family === wanted);
  if (of('ipv4').length === 0 || of('ipv6').length === 0) return false;
  if (of('ipv6').some(({ v6only }) => v6only === false)) return false;
  return !of('ipv4').some((socket) => isAlsoOnIpv6(socket, sockets));
}

/** Another program, or another page of the same, has the port on IPv4. */
function otherService(
  { target }: Case,
  { item }: OwnFour,
  sockets: readonly ListeningSocket[],
  evidence: string[],
): Opinion {
  const { address } = item.facts;
  const program = sockets.find(({ family }) => family === 'ipv4')?.program?.name ?? null;
  return {
    verdict: 'confirmed',
    because: [{ code: 'other-service-on-ipv4', args: { address, port: target.port, program } }],
    evidence: [...evidence, item.id],
    next: null,
  };
}

const addressesOf = (sockets: readonly ListeningSocket[], family: string): string[] =>
  sockets.flatMap((socket) => (socket.family === family && socket.address !== null ? [socket.address] : []));

function whyUnread(the: Case): 'no-tool' | 'failed' | 'not-here' {
  const item = reasonOnServer(the, 'listeners');
  if (item === null || item.status === 'ok') return 'not-here';
  return item.reason.code === 'no-tool' ? 'no-tool' : 'failed';
}

/** A refusal beside an answer over IPv6 fits a listener, and as well a firewall that rejects. */
function fromLan(the: Case): Opinion | null {
  const { four, six } = looksFromLan(the);
  if (four === null || six?.state !== 'answers') return null;
  if (four.state === 'answers') {
    return { verdict: 'ruled-out', because: [getsIn(four.item)], evidence: [four.item.id], next: null };
  }
  if (!isRefused(four.item)) return null;
  return {
    verdict: 'suspected',
    because: [refusedAt(four.item)],
    evidence: [four.item.id, six.item.id],
    next: runOnServer(the),
  };
}
