import type { UdpProtocol } from '../facts/udp.ts';
import type { Case } from './case.ts';
import { type Reach, reachSeen } from './reach-seen.ts';

/** Milliseconds between two looks that are still at the same moment: an agent looks a few times in one diagnosis. */
const SAME_MOMENT_MS = 60_000;

/** Whom every server answers that speaks the protocol; WireGuard answers nobody whom it doesn't know. */
const ANSWERS_ANYONE: Readonly<Record<UdpProtocol, boolean>> = {
  dns: true,
  quic: true,
  stun: true,
  bedrock: true,
  'source-query': true,
  wireguard: false,
  none: false,
};

/**
 * What it means that no question over UDP was answered at an address. An ICMP unreachable says that nobody gets an answer.
 * Silence says so only beside a control: the same question, from the same place at the same moment, is answered over
 * IPv6. `silent` is everything else, and decides nothing.
 */
export function unanswered(the: Case, item: Reach): 'dead' | 'silent' {
  const { attempts } = item.facts;
  if (attempts.some(({ outcome }) => outcome === 'refused' || outcome === 'icmp-unreachable')) return 'dead';
  // Something came back that was no answer: whoever sent it is no dead port.
  if (!attempts.every(({ outcome }) => outcome === 'timed-out')) return 'silent';
  return item.facts.family === 'ipv4' && hasControl(the, item) ? 'dead' : 'silent';
}

function hasControl(the: Case, item: Reach): boolean {
  const { udp } = item;
  if (udp === undefined || !ANSWERS_ANYONE[udp]) return false;
  const observer = item.id.split(':')[1];
  return reachSeen(the.evidence).some(
    ({ id, at, udp: asked, facts, vantage }) =>
      asked === udp &&
      facts.family === 'ipv6' &&
      facts.port === the.target.port &&
      vantage === item.vantage &&
      id.split(':')[1] === observer &&
      Math.abs(Date.parse(at) - Date.parse(item.at)) <= SAME_MOMENT_MS &&
      facts.attempts.every(({ outcome }) => outcome === 'connected'),
  );
}
