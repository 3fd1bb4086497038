import type { Evidence } from '../../src/model/evidence.ts';
import { seen } from '../../src/model/evidence.ts';
import { reach } from '../../test/support/evidence.ts';
import { firewall, inRole, listeners, noListeners } from '../../test/support/evidence-host.ts';
import { LINE, outside } from '../../test/support/home.ts';
import { LAN4, STABLE6, WAN4 } from '../../test/support/names.ts';
import { type Example, NO_ANSWER, NOTHING_COMES } from './home.ts';

const REFUSED = { ...NO_ANSWER, outside: [outside(WAN4, { outcome: 'refused' })] };

/** The system makes every socket for IPv6 take IPv6 alone. */
const bindv6only = (): Evidence[] =>
  seen([listeners({ v6only: true })], 'listeners').map((item) => ({
    ...item,
    facts: { ...item.facts, bindv6only: true },
  }));

/** The port leads to a container before any socket sees it. */
const published = (): Evidence[] =>
  seen([firewall()], 'firewall').map((item) => ({
    ...item,
    facts: {
      ...item.facts,
      decisions: item.facts.decisions.map((decision) => ({
        ...decision,
        path: 'forward',
        translatedTo: { address: '172.17.0.2', port: 443 },
      })),
    },
  }));

const neighbour = (outcome: 'connected' | 'refused'): Evidence => ({
  ...inRole(reach(LAN4, { outcome }), 'lan'),
  vantage: 'lan',
});
const FROM_LAN = { routes: [], listeners: [], firewall: [], arrivals: [] };

export const ipv6OnlyListener: readonly Example[] = [
  {
    where: 'the program listens on `::` and asks for IPv6 alone',
    seen: { ...REFUSED, listeners: [listeners({ v6only: true })] },
  },
  {
    where: 'the system makes `::` mean IPv6 alone (`net.ipv6.bindv6only`)',
    seen: { ...REFUSED, listeners: bindv6only() },
  },
  {
    where: 'the program listens at one IPv6 address',
    seen: { ...REFUSED, listeners: [listeners({ address: STABLE6, v6only: true })] },
  },
  {
    where: 'over IPv4 the program listens at 127.0.0.1 only',
    seen: {
      ...REFUSED,
      listeners: [listeners({ v6only: true }, { family: 'ipv4', address: '127.0.0.1', v6only: null })],
    },
  },
  {
    where: "over IPv4 the program listens at one address, and the server's addresses were not read",
    seen: {
      ...REFUSED,
      line: LINE.filter(({ probe }) => probe !== 'addresses'),
      listeners: [listeners({ v6only: true }, { family: 'ipv4', address: LAN4, v6only: null })],
    },
  },
  {
    where: 'a machine on the same network is refused over IPv4, and connects over IPv6',
    vantage: 'lan',
    seen: { ...NOTHING_COMES, ...FROM_LAN, aside: [neighbour('refused')] },
  },
  {
    where: "the program listens on `::`, and the tool doesn't tell whether that takes IPv4",
    seen: { ...REFUSED, listeners: [listeners({ v6only: null, program: null })] },
  },
  {
    where: 'nobody has looked at the server itself',
    vantage: 'lan',
    seen: { ...NOTHING_COMES, ...FROM_LAN },
  },
  { where: "the service answers at the line's own address", seen: {} },
  { where: 'the program takes both families', seen: NOTHING_COMES },
  {
    where: 'the port is published for a container, for both families',
    seen: { ...NOTHING_COMES, listeners: [noListeners()], firewall: published() },
  },
  {
    where: 'nothing listens on either family',
    seen: { ...REFUSED, listeners: [noListeners()] },
  },
  {
    where: 'a machine on the same network gets in over IPv4',
    vantage: 'lan',
    seen: { ...NOTHING_COMES, ...FROM_LAN, aside: [neighbour('connected')] },
  },
];
