import { reach } from '../../test/support/evidence.ts';
import { upnp } from '../../test/support/evidence-host.ts';
import { dead, ownAddresses, zone } from '../../test/support/home.ts';
import { STABLE6, STRANGER, WAN4 } from '../../test/support/names.ts';
import { type Example, NOBODY_OUTSIDE, NOTHING_COMES } from './home.ts';

export const hairpin: readonly Example[] = [
  {
    where: 'the service answers from outside, and not from the server itself',
    seen: { inside: [dead(WAN4)] },
  },
  {
    where: "the service answers from outside, and from inside the router's own page does",
    seen: { inside: [reach(WAN4, { identity: STRANGER })] },
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
    where: 'the server has the public address itself',
    seen: { line: [ownAddresses(WAN4, STABLE6)], router: [] },
  },
];
