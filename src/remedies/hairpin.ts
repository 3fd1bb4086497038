import { familyOf } from '../model/address.ts';
import type { System } from '../model/facts/host.ts';
import type { ManualStep } from '../model/remedy-offer.ts';
import { isHostName } from '../model/target.ts';
import type { Case } from '../model/view/case.ts';
import { serverAddresses4 } from '../model/view/home.ts';
import { looksFromLan } from '../model/view/neighbour.ts';
import { publicRecords } from '../model/view/records.ts';
import { systemHere } from '../model/view/system.ts';
import { dnsmasq, hostsFile, type Inside, onPage, unbound, windowsHosts } from './hairpin/names.ts';
import { form, isConfirmed, notTheCause, type Offer, UNKNOWN_CLIENT, type Way } from './manual.ts';

/** Minutes: one entry at one resolver. */
const MINUTES = 5;

/** Lets the local network use the name: by the router's way back, or by answering with the address inside. */
export const offerHairpin: Offer = (the, verdicts) => {
  if (!isConfirmed(verdicts, 'hairpin')) return notTheCause(verdicts, 'hairpin');
  const inside = insideOf(the);
  return {
    remedy: 'hairpin',
    cures: ['hairpin'],
    monthlyUSD: 0,
    carries: 'lan',
    minutes: MINUTES,
    ways: [
      { for: "your router's NAT loopback", steps: [loopback] },
      ...(inside === null ? [] : byName(inside, systemHere(the))),
    ],
    loses: [
      'With NAT loopback the server sees the router as the client, for everybody on the local network.',
      ...(inside === null
        ? []
        : [
            'An entry in a resolver is not seen by devices that ask another one, such as browsers with DNS over HTTPS.',
            "The entries have to be changed by hand when the server's addresses change.",
          ]),
    ],
  };
};

const PAGE = 'NAT (port forwarding, advanced)';
const OPTION = 'NAT loopback (hairpin NAT, NAT reflection)';

const loopback: ManualStep = {
  where: 'router',
  software: 'your router',
  does: 'leads the public address back in when it is used at home; not every router has it',
  change: form(PAGE, { [OPTION]: 'on' }),
  undo: form(PAGE, { [OPTION]: 'off' }),
};

const byName = (inside: Inside, here: System): Way[] => [
  { for: "your router's own DNS", steps: onPage('your router', inside) },
  { for: 'dnsmasq', steps: [dnsmasq(inside)] },
  { for: 'Pi-hole', steps: onPage('Pi-hole', inside) },
  { for: 'Unbound', steps: [unbound(inside)] },
  { for: 'AdGuard Home', steps: onPage('AdGuard Home', inside) },
  ...ownFirst(here, [
    { for: 'one machine alone', steps: [hostsFile(inside)] },
    { for: 'one machine alone, with Windows', steps: [windowsHosts(inside)] },
  ]),
];

/** The machine at which this is read comes first. */
const ownFirst = (here: System, ways: readonly Way[]): readonly Way[] =>
  here === 'windows' ? ways.toReversed() : ways;

/** Null where the target is an address: there is no name to lead anywhere. */
function insideOf(the: Case): Inside | null {
  const { host, hostKind } = the.target;
  if (hostKind !== 'name' || !isHostName(host)) return null;
  const own = serverAddresses4(the).find(({ scope }) => scope === 'private')?.address;
  const beside = looksFromLan(the).four;
  const four = own ?? (beside?.state === 'answers' ? beside.item.facts.address : UNKNOWN_CLIENT);
  const six = publicRecords(the, 'AAAA').addresses.filter((address) => familyOf(address) === 'ipv6');
  return { name: host, four, six };
}
