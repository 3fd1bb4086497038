import { describe, expect, it } from 'vitest';
import { addressOf, DEAD, HOME, INTERNET_HOSTS } from './addresses.ts';
import { startWorld } from './lab.ts';
import { observe } from './observe.ts';
import { HOME_NAME } from './world.ts';
import { WORLDS } from './worlds/index.ts';

/** What plain tools see in a world. `a`, `ns1`, `ns2`, `home`: the A given by the public resolver, by each authoritative server and at home. */
interface Seen {
  a: string;
  ns1: string;
  ns2: string;
  home: string;
  aaaa: string;
  /** The page from outside over each family, and from the server itself over IPv4. */
  out4: string;
  out6: string;
  in4: string;
}

const SERVER = addressOf('server', 6);
/** The same A everywhere. */
const everywhere = (a: string) => ({ a, ns1: a, ns2: a, home: a });
const HEALTHY: Seen = {
  ...everywhere(HOME.wan4),
  aaaa: SERVER,
  out4: HOME_NAME,
  out6: HOME_NAME,
  in4: HOME_NAME,
};
const NO_A = { ...everywhere('NOERROR'), out4: 'no-address', in4: 'no-address' };
const NO_NAME = { aaaa: 'SERVFAIL', out4: 'no-address', out6: 'no-address', in4: 'no-address' };
const DEAD_A = { ...everywhere(DEAD.old4), out4: 'timeout', in4: 'timeout' };
const OTHER = 'another customer';

const EXPECTED: Record<string, Partial<Seen>> = {
  healthy: {},
  'healthy-no-hairpin': { in4: 'timeout' },
  'healthy-router-page': { in4: 'router: please log in' },
  'dns-missing': NO_A,
  'dns-stale': DEAD_A,
  'dns-stale-other': { ...everywhere(addressOf('other', 4)), out4: OTHER, in4: OTHER },
  'dns-private': { ...everywhere(addressOf('server', 4)), out4: 'timeout' },
  'dns-cgnat-address': { ...everywhere(DEAD.cgnat), out4: 'timeout', in4: 'timeout' },
  'dns-one-of-two-dead': everywhere(`${HOME.wan4} ${DEAD.old4}`),
  'dns-cname': NO_A,
  'dns-split-horizon': { home: addressOf('server', 4) },
  'dns-split-horizon-no-hairpin': { home: addressOf('server', 4) },
  'dns-authorities-disagree': { ns2: DEAD.old4 },
  'dns-resolver-stale': { ...DEAD_A, ns1: HOME.wan4, ns2: HOME.wan4 },
  'dns-nxdomain': { ...everywhere('NXDOMAIN'), ...NO_NAME, aaaa: 'NXDOMAIN' },
  'dns-servfail': { ...everywhere('SERVFAIL'), ...NO_NAME, ns1: 'REFUSED', ns2: 'REFUSED' },
  'dns-timeout': { ...everywhere('SILENCE'), ...NO_NAME, aaaa: 'SILENCE' },
  'dns-lie': { home: addressOf('other', 4), in4: OTHER },
  'dns-proxy': { ...everywhere(addressOf('proxy', 4)), aaaa: addressOf('proxy', 6) },
  'dns-wrong-aaaa': { aaaa: DEAD.old6, out6: 'timeout' },
  'dns-wrong-aaaa-no-a': { ...NO_A, aaaa: DEAD.old6, out6: 'timeout' },
  'dns-temporary-aaaa': NO_A,
};

/** What differs from one run to the next. */
const CHANCE: Record<string, (keyof Seen)[]> = {
  // Clients begin with either address, and not all try the other one in time.
  'dns-one-of-two-dead': ['out4', 'in4'],
  // The resolver asks one of two servers that disagree.
  'dns-authorities-disagree': ['a', 'home', 'out4', 'in4'],
  // The kernel makes the address up; its own test is in lab.test.ts.
  'dns-temporary-aaaa': ['aaaa'],
};

/** What other worlds are made of is tested in isp.test.ts, router.test.ts and server.test.ts. */
const ROWS = Object.entries(EXPECTED);

describe.concurrent('every world that is about names is what it says', () => {
  it.each(ROWS)('%s', async (name, row) => {
    const world = WORLDS.get(name);
    if (world === undefined) throw new Error(`There is no world ${name}.`);
    await using lab = await startWorld(world);
    const { dns, page } = observe(lab);
    const [ns1, ns2] = INTERNET_HOSTS.dns[4];
    const [a, aaaa, fromNs1, fromNs2, home, out4, out6, in4] = await Promise.all([
      dns('outside', 'A'),
      dns('outside', 'AAAA'),
      dns('outside', 'A', { server: ns1 }),
      dns('outside', 'A', { server: ns2 }),
      dns('server', 'A'),
      page('outside', 4),
      page('outside', 6),
      page('server', 4),
    ]);
    const seen: Seen = { a, aaaa, ns1: fromNs1, ns2: fromNs2, home, out4, out6, in4 };
    const expected = { ...HEALTHY, ...row };
    for (const key of CHANCE[world.name] ?? []) expected[key] = seen[key];
    expect(seen).toEqual(expected);
  });
});
