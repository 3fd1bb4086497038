import { type Records, reach, resolver } from '../../test/support/evidence.ts';
import { inRole, upnp } from '../../test/support/evidence-host.ts';
import { authorities, dead, ownAddresses, zone } from '../../test/support/home.ts';
import { LAN4, STABLE6, STRANGER, WAN4 } from '../../test/support/names.ts';
import { type Example, NOBODY_OUTSIDE, NOTHING_COMES } from './home.ts';

const says = (address: string): Records => ({ a: [address], aaaa: [STABLE6] });
/** The zone names the public address, and the resolver at home the one there. */
const SPLIT = [
  ...authorities([WAN4]),
  resolver(says(LAN4)),
  resolver(says(LAN4), { again: true }),
  resolver(says(WAN4), { by: 'outside-1' }),
];

export const hairpin: readonly Example[] = [
  {
    where: 'the service answers from outside, and not from the server itself',
    seen: { inside: [dead(WAN4)] },
  },
  {
    where: "the service answers from outside, and from inside the router's own page does",
    seen: { inside: [reach(WAN4, { identity: STRANGER })] },
  },
  {
    where: 'it fails from the server, whose resolver gives the address on the local network for the name',
    seen: { inside: [dead(WAN4)], records: SPLIT },
  },
  { where: 'the service answers from outside, and nobody has tried from inside', seen: { inside: [] } },
  {
    where: 'nothing answers from inside, and nobody has looked from outside',
    seen: { ...NOBODY_OUTSIDE, records: zone([WAN4], [STABLE6], false) },
  },
  { where: 'nothing answers from outside either', seen: { ...NOTHING_COMES, router: [upnp(WAN4)] } },
  {
    where: 'the line has no address of its own',
    seen: { ...NOTHING_COMES, router: [upnp('100.64.9.7')] },
  },
  { where: 'the service answers from inside as well', seen: {} },
  {
    where:
      'a neighbour is led by its resolver to the address on the local network, and gets the service there',
    vantage: 'lan',
    seen: {
      listeners: [],
      firewall: [],
      routes: [],
      arrivals: [],
      inside: [dead(WAN4)],
      records: SPLIT,
      aside: [{ ...inRole(reach(LAN4), 'lan'), vantage: 'lan' }],
    },
  },
  {
    where: 'the server has the public address itself',
    seen: { line: [ownAddresses(WAN4, STABLE6)], router: [] },
  },
];
