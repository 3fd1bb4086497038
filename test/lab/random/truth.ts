import { CAUSE_CODES, type CauseCode } from '../../../src/model/cause-code.ts';
import type { Parts } from './parts.ts';

const BLIND_LISTENERS: readonly Parts['listener'][] = [
  'v6only',
  'address6',
  'loopback4',
  'bindv6only',
  'other-program',
];
/** Lines on which nothing that begins outside comes to the router's port 443. */
const SHARED_LINES: readonly Parts['line'][] = ['cgnat', 'private', 'ds-lite', 'map-e', 'double-nat'];

/** The causes that hold, as the parts say: each stays in the way until it is put right. */
export function truthOf(parts: Parts): CauseCode[] {
  const { filter, firewall, forward, hairpin, line, listener, masquerades, record, routerFirewall } = parts;
  const shared = SHARED_LINES.includes(line);
  const holds: Record<CauseCode, boolean> = {
    // A line without a public address of its own has none that an A could name; the outer one of two routers has one.
    dns: record !== 'right' && !(record === 'missing' && shared && line !== 'map-e' && line !== 'double-nat'),
    cgnat: shared,
    'isp-block': filter !== 'none',
    'port-forward': forward !== 'right' || routerFirewall !== 'open',
    // What the router sends in its own name comes from a neighbour.
    'host-firewall': firewall !== 'none' && !(firewall === 'lan-only' && masquerades),
    'ipv6-only-listener': BLIND_LISTENERS.includes(listener),
    hairpin: hairpin !== 'on' && line !== 'forwarded-twice',
  };
  return CAUSE_CODES.filter((code) => holds[code]);
}

/**
 * The causes that hold and that root on the server with an agent outside can tell from all others, as the parts say;
 * by what the network shows, whatever the judge makes of it.
 */
export function tellable(parts: Parts): CauseCode[] {
  const truth = truthOf(parts);
  const holds = (code: CauseCode) => truth.includes(code);
  const { filter, firewall, forward, line, listed, otherPort, record, replies, routerFirewall, upnp } = parts;
  const usual = replies === 'same-way';
  const isPublic = line === 'public';
  const reachesRouter = isPublic && filter === 'none';
  // `untold` hides only what isn't public.
  const wanTold = upnp === 'on' || (upnp === 'untold' && (isPublic || line === 'map-e'));
  const inside = !holds('host-firewall') && !holds('ipv6-only-listener');
  const works = reachesRouter && forward === 'right' && routerFirewall === 'open' && inside && usual;
  const lost = forward === 'laptop' || forward === 'nobody' || routerFirewall === 'drop';
  // The look comes to the server, and the address to look at is known.
  const passed = filter === 'none' && forward === 'right' && routerFirewall === 'open';
  const arrives = passed && ((isPublic && (wanTold || usual)) || (line === 'forwarded-twice' && usual));
  const can: Record<CauseCode, boolean> = {
    dns: record === 'private' || (usual && wanTold && line !== 'double-nat' && line !== 'forwarded-twice'),
    cgnat: wanTold && usual && line !== 'private' && line !== 'double-nat',
    // A router that drops the packets first looks the same; what its page says decides.
    'isp-block': false,
    'port-forward':
      (listed && forward !== 'right' && forward !== 'none' && forward !== 'page') ||
      (reachesRouter && forward === 'page' && wanTold && usual) ||
      (reachesRouter && forward === 'wrong-port') ||
      // It comes to the router and goes nowhere; the other port's packets would blur that.
      (reachesRouter && lost && !otherPort && wanTold && usual),
    // Strangers may come as neighbours: shown only by those that come.
    'host-firewall': firewall !== 'lan-only' || arrives,
    'ipv6-only-listener': true,
    hairpin: works,
  };
  return truth.filter((code) => can[code]);
}
