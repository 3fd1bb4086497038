import { type AnswerSpec, authority, type Records, resolver, without } from '../../test/support/evidence.ts';
import { upnp } from '../../test/support/evidence-host.ts';
import {
  authorities,
  dead,
  deadOutside,
  LINE,
  outside,
  ownAddresses,
  SIX,
  zone,
} from '../../test/support/home.ts';
import {
  LAN4,
  NAME,
  OLD4,
  OLD6,
  OTHER4,
  PROXY4,
  STABLE6,
  STRANGER,
  TEMPORARY6,
  tls,
  WAN4,
} from '../../test/support/names.ts';
import { type Example, NOBODY_OUTSIDE, NOTHING_COMES } from './home.ts';

const says = (a: AnswerSpec): Records => ({ a, aaaa: [STABLE6] });
const both = (spec: AnswerSpec): Records => ({ a: spec, aaaa: spec });
const GONE = 'gone.example.net';
const gone: AnswerSpec = { outcome: 'nxdomain', chain: [{ name: NAME, target: GONE, ttl: 300 }] };
const alias: AnswerSpec = { outcome: 'no-data', chain: [{ name: NAME, target: GONE, ttl: 300 }] };
const EDGE = tls('e', { trusted: true });

export const dns: readonly Example[] = [
  {
    where: "the name has no A record, and the service answers at the line's address",
    seen: { records: zone([]) },
  },
  {
    where: 'the name has no A record, the router tells its public address, and nothing answers there yet',
    seen: { ...NOTHING_COMES, records: zone([]) },
  },
  {
    where: 'the A record is an earlier address, at which nobody answers',
    seen: { records: zone([OLD4]), outside: [outside(WAN4), deadOutside(OLD4)] },
  },
  {
    where: 'the A record is an address at which somebody else answers',
    seen: { records: zone([OTHER4]), outside: [outside(WAN4), outside(OTHER4, { identity: STRANGER })] },
  },
  { where: 'the A record is the address on the local network', seen: { records: zone([LAN4]) } },
  {
    where: "the A record is the router's address from carrier-grade NAT",
    seen: {
      ...NOTHING_COMES,
      records: zone(['100.64.9.7']),
      router: [upnp('100.64.9.7')],
    },
  },
  {
    where: 'of two A records one is dead',
    seen: { records: zone([WAN4, OLD4]), outside: [outside(WAN4), deadOutside(OLD4)] },
  },
  {
    where: "the zone's servers disagree, and what one of them says is dead",
    seen: {
      records: [
        authority('ns1', says([WAN4])),
        authority('ns2', says([OLD4])),
        resolver(says([WAN4])),
        resolver(says([WAN4]), { by: 'outside-1' }),
      ],
      outside: [outside(WAN4), deadOutside(OLD4)],
    },
  },
  {
    where: 'a resolver elsewhere still gives an earlier address, which is dead',
    seen: {
      records: [
        ...authorities([WAN4]),
        resolver(says([WAN4])),
        resolver(says([[OLD4, 900]]), { by: 'outside-1' }),
      ],
      outside: [outside(WAN4), deadOutside(OLD4)],
    },
  },
  {
    where: 'the name does not exist',
    seen: { records: zone('nxdomain', 'nxdomain') },
  },
  {
    where: 'the name is an alias of one that does not exist',
    seen: {
      records: [
        ...authorities(alias, alias),
        authority('ns', both('nxdomain'), { name: GONE, zone: 'example.net', address: '91.203.111.54' }),
        resolver(both(gone)),
        resolver(both(gone), { by: 'outside-1' }),
      ],
    },
  },
  {
    where: "the zone's servers refuse to answer",
    seen: {
      records: [
        ...authorities('refused', 'refused'),
        resolver(both('servfail')),
        resolver(both('servfail'), { by: 'outside-1' }),
      ],
    },
  },
  {
    where: 'the AAAA record is an earlier address, so that IPv6 fails by name as well',
    seen: {
      six: [...SIX, deadOutside(OLD6)],
      records: zone([WAN4], [OLD6]),
    },
  },
  {
    where: 'the AAAA record is an address that the server drops in a day or so',
    seen: {
      line: [ownAddresses(LAN4, STABLE6, [TEMPORARY6, { temporary: true }]), ...LINE.slice(1)],
      six: [...SIX, outside(TEMPORARY6)],
      records: zone([WAN4], [TEMPORARY6]),
    },
  },
  {
    where: 'the name has no A record, and nobody may be asked for the public address',
    seen: {
      line: [ownAddresses(LAN4, STABLE6), without('whoami', 'skipped', 'not-consented')],
      records: zone([]),
      router: [],
      ports: [],
      arrivals: [],
      inside: [],
      outside: [],
    },
  },
  {
    where:
      'the A record is another address than the one that services see, and nobody has looked from outside',
    seen: {
      ...NOBODY_OUTSIDE,
      records: zone([OLD4], [STABLE6], false),
      router: [],
      inside: [dead(WAN4), dead(OLD4)],
    },
  },
  {
    where:
      "the A record is the address that services see, nothing answers there, and the router's address is not known",
    seen: { ...NOTHING_COMES, router: [], ports: [] },
  },
  { where: 'the service answers at the address in the A record', seen: {} },
  {
    where: "the A record is the router's public address, whatever else fails",
    seen: NOTHING_COMES,
  },
  {
    where: 'the name has no A record, and the line no public address that it could name',
    seen: { ...NOTHING_COMES, records: zone([]), router: [upnp('100.64.9.7')] },
  },
  {
    where: 'the resolver at home gives the address on the local network (split horizon)',
    seen: {
      records: [
        ...authorities([WAN4]),
        resolver(says([LAN4])),
        resolver(says([LAN4]), { again: true }),
        resolver(says([WAN4]), { by: 'outside-1' }),
      ],
    },
  },
  {
    where: 'the resolver at home makes an address up, and elsewhere all is well',
    seen: {
      records: [
        ...authorities([WAN4]),
        resolver(says([[OTHER4, 60]])),
        resolver(says([[OTHER4, 60]]), { again: true }),
        resolver(says([WAN4]), { by: 'outside-1' }),
      ],
    },
  },
  { where: 'the target is an address, and no name', target: `https://${WAN4}`, seen: { records: [] } },
  {
    where: "the A record is a proxy's edge that serves the name",
    seen: { records: zone([PROXY4]), outside: [outside(WAN4), outside(PROXY4, { identity: EDGE })] },
  },
];
