import { reach } from '../../test/support/evidence.ts';
import { told, upnp } from '../../test/support/evidence-host.ts';
import {
  mappingTrial,
  otherPort,
  PROVIDER_HOP,
  routerPage,
  trace,
} from '../../test/support/evidence-path.ts';
import { outside, ownAddresses } from '../../test/support/home.ts';
import { STABLE6, STRANGER, WAN4 } from '../../test/support/names.ts';
import { type Example, NO_ANSWER, NOBODY_OUTSIDE, NOTHING_COMES } from './home.ts';

const NEIGHBOUR = '192.168.77.23';
const STRANGE = [outside(WAN4, { identity: STRANGER })];
const REACHES = trace(WAN4, ['62.115.0.1', PROVIDER_HOP, WAN4, null]);

export const portForward: readonly Example[] = [
  {
    where: "the router's page shows no forward for the port",
    seen: { ...NOTHING_COMES, router: [upnp(WAN4), told({ forwards: 'none' })] },
  },
  {
    where: 'the router lists a forward to another machine',
    seen: { ...NOTHING_COMES, router: [upnp(WAN4, [{ client: NEIGHBOUR }])] },
  },
  {
    where: "the router's page shows a forward to another machine, and no router protocol answers",
    seen: {
      ...NOTHING_COMES,
      router: [told({ forwards: [{ externalPort: 443, host: NEIGHBOUR, port: 443 }] })],
    },
  },
  {
    where: 'the router lists a forward to a port at which nothing listens',
    seen: { ...NOTHING_COMES, router: [upnp(WAN4, [{ internalPort: 8443 }])] },
  },
  {
    where: 'the router lists the forward as switched off',
    seen: { ...NOTHING_COMES, router: [upnp(WAN4, [{ enabled: false }])] },
  },
  {
    where: "the router's own page answers from outside",
    seen: {
      ...NOTHING_COMES,
      router: [upnp(WAN4)],
      inside: [reach(WAN4, { identity: STRANGER })],
      outside: STRANGE,
      aside: [routerPage()],
    },
  },
  {
    where: "another service answers from outside, and it is not the router's page",
    seen: { ...NOTHING_COMES, router: [upnp(WAN4)], outside: STRANGE },
  },
  {
    where: "the router's page shows a rule against the port",
    seen: { ...NOTHING_COMES, router: [upnp(WAN4, [{}]), told({ routerFirewall: 'blocks' })] },
  },
  {
    where: 'from outside, packets are seen to get as far as the router, and none arrives',
    seen: { ...NOTHING_COMES, aside: [REACHES] },
  },
  {
    where: 'with a mapping that was opened for a moment (`--probe-mapping`), the service answered',
    seen: { ...NOTHING_COMES, router: [upnp(WAN4)], aside: [mappingTrial(), otherPort(443)] },
  },
  {
    where: 'nothing comes in, and the router lists no forward: those set by hand are often not listed',
    seen: { ...NOTHING_COMES, router: [upnp(WAN4)] },
  },
  {
    where: 'nothing comes in, and no router protocol answers (UPnP is off)',
    seen: { ...NOTHING_COMES, router: [], ports: [] },
  },
  { where: 'nothing comes in, though the router lists the right forward', seen: NOTHING_COMES },
  {
    where: "nothing comes in, the forward is right, and the router's page shows no rule against the port",
    seen: { ...NOTHING_COMES, router: [upnp(WAN4, [{}]), told({ routerFirewall: 'open' })] },
  },
  { where: 'nobody has looked from outside', seen: NOBODY_OUTSIDE },
  {
    where: 'the line has no address of its own',
    seen: { ...NOTHING_COMES, router: [upnp('100.64.9.7')] },
  },
  { where: "the service answers at the line's own address", seen: {} },
  { where: 'connections from outside arrive at the server', seen: NO_ANSWER },
  {
    where: 'the server has the public address itself',
    seen: { ...NOTHING_COMES, line: [ownAddresses(WAN4, STABLE6)], router: [] },
  },
];
