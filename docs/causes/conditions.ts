import type { ConditionCode } from '../../src/model/diagnosis.ts';
import { reach, whoami, without } from '../../test/support/evidence.ts';
import { noListeners, routes } from '../../test/support/evidence-host.ts';
import { dead, deadOutside, outside, ownAddresses } from '../../test/support/home.ts';
import { LAN4, STABLE6, VPN4, WAN4 } from '../../test/support/names.ts';
import { type Example, NO_ANSWER } from './home.ts';

const OWN = [ownAddresses(LAN4, STABLE6)];
const REFUSED = { outcome: 'refused' } as const;
const TWO_OF_THREE = { outcome: ['connected', 'timed-out', 'connected'] } as const;

/** What must not be taken for one of the causes. */
export const CONDITIONS: Readonly<Record<ConditionCode, readonly Example[]>> = {
  'service-down': [
    {
      where: 'nothing on the server listens on the port',
      seen: {
        six: [reach(STABLE6, REFUSED), outside(STABLE6, REFUSED)],
        listeners: [noListeners()],
        inside: [],
        outside: [outside(WAN4, REFUSED)],
      },
    },
    {
      where: 'every look at both families is refused, and nobody has looked at the server itself',
      vantage: 'outside',
      seen: {
        line: [],
        six: [reach(STABLE6, REFUSED)],
        router: [],
        ports: [],
        listeners: [],
        firewall: [],
        routes: [],
        arrivals: [],
        inside: [],
        outside: [reach(WAN4, REFUSED)],
      },
    },
  ],
  'ipv6-broken': [
    {
      where: 'IPv6 fails from outside as well',
      seen: {
        ...NO_ANSWER,
        six: [reach(STABLE6), deadOutside(STABLE6)],
        arrivals: [],
      },
    },
    {
      where: 'IPv6 fails from here, and nobody has looked from outside',
      vantage: 'lan',
      seen: {
        six: [dead(STABLE6)],
        listeners: [],
        firewall: [],
        routes: [],
        arrivals: [],
        inside: [dead(WAN4)],
        outside: [],
      },
    },
  ],
  'flaky-path': [
    {
      where: 'both families come and go',
      seen: {
        six: [reach(STABLE6), outside(STABLE6, TWO_OF_THREE)],
        outside: [outside(WAN4, TWO_OF_THREE)],
      },
    },
    { where: 'one look comes and goes', seen: { outside: [outside(WAN4, TWO_OF_THREE)] } },
  ],
  'replies-elsewhere': [
    {
      where: 'replies leave through a VPN',
      seen: { ...NO_ANSWER, line: [...OWN, whoami(VPN4)], ports: [], routes: [routes('wg0')] },
    },
    {
      where: 'the server has no way out over IPv4',
      seen: {
        ...NO_ANSWER,
        line: [...OWN, without('whoami', 'failed', 'no-network')],
        ports: [],
        routes: [routes(null)],
        inside: [reach(WAN4, { outcome: 'no-route' })],
      },
    },
  ],
  healthy: [{ where: 'the service answers from outside over both families', seen: {} }],
};
