import { arrivals, told, upnp } from '../../test/support/evidence-host.ts';
import { mappingTrial, otherPort, PROVIDER_HOP, trace } from '../../test/support/evidence-path.ts';
import { deadOutside, outside } from '../../test/support/home.ts';
import { SERVICE, STRANGER, WAN4 } from '../../test/support/names.ts';
import { type Example, NO_ANSWER, NOBODY_OUTSIDE, NOTHING_COMES } from './home.ts';

const OTHER = 8443;
const TWO_PORTS = upnp(WAN4, [{}, { externalPort: OTHER }]);
const STOPS = trace(WAN4, ['62.115.0.1', PROVIDER_HOP, null, null]);
const REACHES = trace(WAN4, ['62.115.0.1', PROVIDER_HOP, WAN4, null]);
const OTHER_REACHES = trace(WAN4, ['62.115.0.1', PROVIDER_HOP, WAN4, WAN4], { port: OTHER });

export const ispBlock: readonly Example[] = [
  {
    where:
      "another port leads to the same service and answers, and the trace for the one stops before the router while the other's shows it",
    seen: {
      ...NOTHING_COMES,
      router: [TWO_PORTS],
      aside: [otherPort(OTHER), STOPS, OTHER_REACHES],
    },
  },
  {
    where: "nothing arrives, the mapping is right, and the router's page shows no rule against the port",
    seen: { ...NOTHING_COMES, router: [upnp(WAN4, [{}]), told({ routerFirewall: 'open' })] },
  },
  {
    where: "nothing arrives, the mapping is right, and nobody has read of the router's own firewall",
    seen: NOTHING_COMES,
  },
  {
    where: 'nothing arrives at this port nor at another that leads to the same service',
    seen: {
      ...NOTHING_COMES,
      router: [TWO_PORTS],
      aside: [otherPort(OTHER, { outcome: 'timed-out' })],
    },
  },
  {
    where: 'connections are refused from outside, and no router protocol answers',
    seen: {
      ...NOTHING_COMES,
      outside: [outside(WAN4, { outcome: 'refused' })],
      router: [],
      ports: [],
    },
  },
  { where: 'nobody has looked from outside', seen: NOBODY_OUTSIDE },
  {
    where: 'the line has no address of its own',
    seen: { ...NOTHING_COMES, router: [upnp('100.64.9.7')] },
  },
  { where: "the service answers at the line's own address", seen: {} },
  { where: 'connections from outside arrive at the server', seen: NO_ANSWER },
  {
    where: 'from outside, the router shows as a hop on the way to the port',
    seen: { ...NOTHING_COMES, aside: [REACHES] },
  },
  {
    where: "another service answers from outside, such as the router's page",
    seen: { ...NOTHING_COMES, outside: [outside(WAN4, { identity: STRANGER })], router: [upnp(WAN4)] },
  },
  {
    where: 'with a mapping that was opened for a moment, the service answered',
    seen: {
      outside: [deadOutside(WAN4)],
      inside: [],
      arrivals: [arrivals(null)],
      router: [upnp(WAN4)],
      aside: [mappingTrial(), { ...otherPort(443, { identity: SERVICE }) }],
    },
  },
];
