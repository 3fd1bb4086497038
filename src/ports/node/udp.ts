import { createSocket, type RemoteInfo } from 'node:dgram';
import { performance } from 'node:perf_hooks';
import { familyOf, parseAddress, scopeOf } from '../../model/address.ts';
import type { Reason } from '../../model/evidence.ts';
import type { UdpQuestion, UdpResult } from '../ports.ts';
import { hasAddress, outcomeOf } from './connect.ts';
import { withinLimits } from './limits.ts';
import { codeOf, detailOf } from './system-error.ts';

/** Hops; enough for a bridge that routes multicast, as UPnP Device Architecture 1.1 (1.3.2) recommends. */
const MULTICAST_TTL = 2;

type Reply = Extract<UdpResult, { ok: true }>['replies'][number];
type Stopped = Pick<Extract<UdpResult, { ok: false }>, 'stopped'>;

/**
 * Sends the payload from one new port and collects what comes back until `maxReplies` or the time is up.
 * With `onlyFromPeer` the socket is connected: the kernel drops datagrams of others, and reports ICMP errors.
 * Without a reply the reason is `timed-out`, or `too-large` where only longer ones came.
 */
export function udp(question: UdpQuestion, signal: AbortSignal): Promise<UdpResult> {
  const { to, payload, maxReplies, maxBytes, onlyFromPeer, from } = question;
  const started = performance.now();
  let localPort = 0;
  const ms = () => performance.now() - started;
  const no = (reason: Reason, more: Stopped = {}): UdpResult => ({
    ok: false,
    reason,
    ms: ms(),
    ...(localPort === 0 ? {} : { localPort }),
    ...more,
  });

  const address = parseAddress(to.address);
  if (address === null) return Promise.resolve(no({ code: 'not-applicable', detail: 'not an IP address' }));
  const replies: Reply[] = [];
  let tooLarge = false;
  const seen = (): UdpResult => ({ ok: true, localPort, replies, ms: ms() });
  return withinLimits<UdpResult>(
    { timeoutMs: question.timeoutMs, signal },
    (hit) => {
      if (hit === 'interrupted') return no({ code: 'interrupted' });
      if (replies.length > 0) return seen();
      return no(
        tooLarge ? { code: 'too-large', detail: `more than ${maxBytes} bytes` } : { code: 'timed-out' },
      );
    },
    (end) => {
      const socket = createSocket(familyOf(address) === 'ipv4' ? 'udp4' : 'udp6');
      const timers: NodeJS.Timeout[] = [];
      let closed = false;
      /** What a packet that left brings back is the network's word; anything before is this machine's. */
      let sent = false;
      const fail = (error: unknown) => {
        const code = codeOf(error);
        const reason: Reason = { code: reasonOf(code), detail: detailOf(error) };
        // Windows tells of an ICMP port unreachable so (WSAECONNRESET).
        const outcome = outcomeOf(code === 'ECONNRESET' ? 'ECONNREFUSED' : code, sent, () =>
          hasAddress(familyOf(address)),
        );
        end(replies.length > 0 ? seen() : no(reason, { stopped: { outcome, code } }));
      };
      const send = () => {
        if (closed) return;
        const done = (error: Error | null) => {
          if (error !== null) fail(error);
          else sent = true;
        };
        if (onlyFromPeer) socket.send(payload, done);
        else socket.send(payload, to.port, address, done);
      };
      const begin = () => {
        localPort = socket.address().port;
        send();
        for (const after of question.repeatAfterMs) timers.push(setTimeout(send, after));
      };
      socket.on('error', fail);
      socket.on('message', (bytes, peer) => {
        if (bytes.length > maxBytes) {
          tooLarge = true;
          return;
        }
        replies.push({ address: addressOf(peer), port: peer.port, payload: bytes });
        if (replies.length >= maxReplies || question.isLast?.(bytes) === true) end(seen());
      });
      socket.bind({ port: 0, ...(from === undefined ? {} : { address: from }) }, () => {
        if (closed) return;
        try {
          if (scopeOf(address) === 'multicast') {
            socket.setMulticastTTL(MULTICAST_TTL);
            if (from !== undefined) socket.setMulticastInterface(from);
          }
          if (!onlyFromPeer) begin();
          // Node hands what connect(2) refuses to the callback, where there is one.
          else socket.connect(to.port, address, (error?: Error) => (error ? fail(error) : closed || begin()));
        } catch (error) {
          fail(error);
        }
      });
      return () => {
        closed = true;
        for (const timer of timers) clearTimeout(timer);
        socket.close();
      };
    },
  );
}

/** Canonical, without the zone id of a link-local address. */
const addressOf = ({ address }: RemoteInfo): string => parseAddress(address.replace(/%.*$/u, '')) ?? address;

/** Sources: udp(7), and icmp.c of Linux: ICMP port unreachable becomes ECONNREFUSED; ECONNRESET on Windows. */
function reasonOf(code: string): Reason['code'] {
  switch (code) {
    case 'ECONNREFUSED':
    case 'ECONNRESET':
      return 'refused';
    case 'ENETUNREACH':
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
    case 'ENODEV':
      return 'no-network';
    case 'EACCES':
    case 'EPERM':
      return 'no-privilege';
    case 'EMSGSIZE':
      return 'too-large';
    default:
      return 'unreachable';
  }
}
