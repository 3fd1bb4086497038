import { whoami, without } from '../../test/support/evidence.ts';
import { routes, told, upnp } from '../../test/support/evidence-host.ts';
import {
  mapE,
  outerRouter,
  PORT_IN_SET,
  stun,
  trace,
  WAN_PRIVATE,
} from '../../test/support/evidence-path.ts';
import { LINE, ownAddresses } from '../../test/support/home.ts';
import { LAN4, NAME, RESOLVER, STABLE6, VPN4, WAN4 } from '../../test/support/names.ts';
import { type Example, NO_ANSWER, NOBODY_OUTSIDE, NOTHING_COMES } from './home.ts';

const SHARED = '100.64.9.7';
const OVERLAY = ['100.101.102.103', { interface: 'tailscale0', prefixLength: 32 }] as const;
const ONE_HOP = trace(WAN4, [WAN4], { method: 'udp', by: 'here' });
const THREE_HOPS = trace(WAN4, [RESOLVER, '100.64.0.1', WAN4], { method: 'udp', by: 'here' });

export const cgnat: readonly Example[] = [
  {
    where: "the router's address is one that providers share (100.64.0.0/10)",
    seen: { ...NOTHING_COMES, router: [upnp(SHARED)] },
  },
  {
    where: "the same is read on the router's page, and nobody has looked from outside",
    seen: { ...NOBODY_OUTSIDE, router: [told({ wanIpv4: SHARED })] },
  },
  {
    where: 'the router has no IPv4 address of its own but the one of DS-Lite',
    seen: { ...NOTHING_COMES, router: [upnp('192.0.0.2')] },
  },
  {
    where: 'the line shares its address with others, and the port is not one of its own (MAP-E)',
    seen: { ...NOTHING_COMES, router: [upnp(WAN4, [{}])], ports: [stun(mapE)] },
  },
  {
    where: "the router's own address is private, and nothing comes in",
    seen: { ...NOTHING_COMES, router: [upnp(WAN_PRIVATE, [{}])] },
  },
  {
    where: "the router's own address is private, and the box in front of it tells a public one (double NAT)",
    seen: { ...NOTHING_COMES, router: [upnp(WAN_PRIVATE, [{}]), outerRouter(WAN4)] },
  },
  {
    where: "the router's own address is private, and the box in front of it tells a shared one",
    seen: { ...NOTHING_COMES, router: [upnp(WAN_PRIVATE, [{}]), outerRouter(SHARED)] },
  },
  {
    where: "the router's own address is private, and a person says that no router of theirs stands in front",
    seen: { ...NOTHING_COMES, router: [upnp(WAN_PRIVATE, [{}]), told({ boxInFront: 'none' })] },
  },
  {
    where: "the router's own address is private, and the page of the box in front shows no forward to it",
    seen: {
      ...NOTHING_COMES,
      router: [upnp(WAN_PRIVATE, [{}]), outerRouter(WAN4), told({ boxInFront: 'blocks' })],
    },
  },
  {
    where: "the router's own address is private, and nobody has looked from outside",
    seen: { ...NOBODY_OUTSIDE, router: [upnp(WAN_PRIVATE, [{}])] },
  },
  {
    where: "the router's own address is private, and the box in front of it lists the port as passed on",
    seen: {
      ...NOTHING_COMES,
      router: [upnp(WAN_PRIVATE, [{}]), outerRouter(WAN4, [{ client: WAN_PRIVATE }])],
    },
  },
  {
    where: 'no router protocol answers, and nothing comes in',
    seen: { ...NOTHING_COMES, router: [], ports: [] },
  },
  {
    where: 'the address that services see lies behind the router, some hops away',
    seen: { ...NOTHING_COMES, router: [THREE_HOPS], ports: [] },
  },
  {
    where: 'the router answers, and tells no IPv4 address',
    seen: { ...NOTHING_COMES, router: [upnp(null)] },
  },
  {
    where: 'nobody has looked from outside, and no router protocol answers',
    seen: { ...NOBODY_OUTSIDE, router: [], ports: [] },
  },
  {
    where: "the router's address is public, and no service may be asked whether it sees the same one",
    seen: {
      ...NOTHING_COMES,
      line: [ownAddresses(LAN4, STABLE6), without('whoami', 'skipped', 'not-consented')],
      ports: [],
    },
  },
  {
    where: "the server sends through a VPN, so that services see the VPN's address",
    seen: {
      ...NO_ANSWER,
      line: [ownAddresses(LAN4, STABLE6), whoami(VPN4)],
      ports: [],
      routes: [routes('wg0')],
      arrivals: [],
    },
  },
  { where: "the service answers at the line's own address", seen: {} },
  { where: 'connections from outside arrive at the server', seen: NO_ANSWER },
  {
    where: 'the router has the public address that services see, and its ports follow no set',
    seen: NOTHING_COMES,
  },
  {
    where: 'the address that services see answers at the first hop: it is the router',
    seen: { ...NOTHING_COMES, router: [ONE_HOP] },
  },
  {
    where: 'the line shares its address with others, and the port is one of its own (MAP-E)',
    target: `https://${NAME}:${PORT_IN_SET}`,
    seen: { ...NOTHING_COMES, ports: [stun(mapE)] },
  },
  {
    where: 'the server has an address of 100.64.0.0/10 in an overlay network, and the router a public one',
    seen: {
      ...NOTHING_COMES,
      line: [ownAddresses(LAN4, STABLE6, OVERLAY), ...LINE.slice(1)],
    },
  },
];
