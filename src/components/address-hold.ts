import * as pulumi from '@pulumi/pulumi';
import { ADDRESS_HOLD } from './type-names.ts';

// The provider below is frozen into the state of every stack: the rules at the head of `previous-records.ts` hold here
// too. `require` is Node's own where the text runs; `import()` would be rewritten by test runners.

export interface AddressHoldArgs {
  /** The address that is not released while a name leads to it. */
  readonly address: pulumi.Input<string>;
  /** Host names to look at. */
  readonly names: readonly string[];
  /** Seconds that a cache may keep the records: the longest TTL of them. */
  readonly ttl: number;
  /** Who takes the records away: the stack, before the hold goes; or a person. */
  readonly records: 'ours' | 'by-hand';
}

interface Inputs {
  address: string;
  names: string[];
  ttl: number;
  records: 'ours' | 'by-hand';
}

interface State extends Inputs {
  /** Names and TTL that earlier plans had: copies of those may still be in caches. */
  namesEver?: string[];
  longestTtl?: number;
}

/** What DNS says of a name: still leads to the address, doesn't, or nobody could be asked. */
interface Look {
  name: string;
  leads: 'yes' | 'no' | 'unknown';
  /** Where the name's records are kept. */
  zone: string;
  server: string;
}

type Resolver = import('node:dns').promises.Resolver;

const pause = (seconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** A sentence for the user. Without a stack, which Pulumi would print below it. */
function refusal(sentence: string): Error {
  const error = new Error(sentence);
  error.stack = '';
  return error;
}

/** What was found; null where there is certainly nothing. Rejects where it couldn't be told. */
async function definite<T>(answer: Promise<T[]>): Promise<T[] | null> {
  try {
    return await answer;
  } catch (error) {
    const code = (error as { code?: string }).code;
    if (code === 'ENOTFOUND' || code === 'ENODATA') {
      return null;
    }
    throw error;
  }
}

function resolver(server?: string): Resolver {
  const dns = require('node:dns') as typeof import('node:dns');
  const asked = new dns.promises.Resolver({ timeout: 2000, tries: 2 });
  if (server) {
    asked.setServers([server]);
  }
  return asked;
}

/** The zone that a name lies in and the addresses of its servers. Rejects where the system's resolver can't tell. */
async function zoneOf(name: string): Promise<{ zone: string; servers: string[] }> {
  const system = resolver();
  for (let zone = name; zone !== ''; zone = zone.split('.').slice(1).join('.')) {
    const hosts = await definite(system.resolveNs(zone));
    if (hosts !== null && hosts.length > 0) {
      const found = await Promise.all(
        hosts.map(async (host) => {
          const families = [system.resolve4(host), system.resolve6(host)];
          return (await Promise.all(families.map((each) => each.catch(() => [])))).flat();
        }),
      );
      const servers = found.flat();
      return { zone, servers: servers.filter((server, index) => servers.indexOf(server) === index) };
    }
  }
  throw new Error(`no zone holds ${name}`);
}

/** What one server says of a name; `to` is where an alias leads. Rejects where it doesn't speak for the zone. */
async function ask(
  asked: Resolver,
  name: string,
  zone?: string,
): Promise<{ addresses: { address: string; ttl: number }[]; to: string }> {
  if (zone) {
    await asked.resolveSoa(zone);
  }
  const addresses = (await definite(asked.resolve4(name, { ttl: true }))) || [];
  const alias = addresses.length > 0 ? null : await definite(asked.resolveCname(name));
  return { addresses, to: (alias || [])[0] || '' };
}

/** Asks the servers of the name's zone, or, if none can be asked, the system's resolver. */
async function look(address: string, name: string, depth: number): Promise<Look> {
  const unknown: Look = { name, leads: 'unknown', zone: '', server: '' };
  let zone = { zone: '', servers: [] as string[] };
  try {
    zone = await zoneOf(name);
  } catch (_) {
    return unknown;
  }
  const said = await Promise.all(
    zone.servers.map((server) =>
      ask(resolver(server), name, zone.zone).then(
        (answer) => ({ server, answer }),
        () => null,
      ),
    ),
  );
  const answers = said.filter((each) => each !== null);
  if (answers.length === 0) {
    try {
      answers.push({ server: "the system's resolver", answer: await ask(resolver(), name) });
    } catch (_) {
      return unknown;
    }
  }
  for (const { server, answer } of answers) {
    const hit = answer.addresses.find((one) => one.address === address);
    if (hit) {
      return { name, leads: 'yes', zone: zone.zone, server };
    }
  }
  const alias = answers.find(({ answer }) => answer.to !== '');
  if (alias && depth > 0) {
    return look(address, alias.answer.to, depth - 1);
  }
  return { name, leads: 'no', zone: zone.zone, server: '' };
}

/** Seconds that the system's own resolver goes on leading names to the address; 0 where it doesn't, or can't be asked. */
async function cached(address: string, names: string[]): Promise<number> {
  const left = await Promise.all(
    names.map(async (name) => {
      try {
        const { addresses } = await ask(resolver(), name);
        return Math.max(0, ...addresses.filter((one) => one.address === address).map((one) => one.ttl));
      } catch (_) {
        return 0;
      }
    }),
  );
  return Math.max(0, ...left);
}

/** Returns once DNS no longer leads to the address; rejects where that needs a person. */
async function untilGone(state: State, names: string[]): Promise<void> {
  const force = `set REACH4_RELEASE_ANYWAY=${state.address} to release the address all the same`;
  // Seconds until a record that the provider has deleted is gone from all its servers: Route 53 says 60, Cloudflare
  // mostly 5. A record that a person deletes is looked at once.
  const spread = state.records === 'ours' ? 120 : 0;
  const start = Date.now();
  for (let round = 0; ; round += 1) {
    const looks = await Promise.all(names.map((name) => look(state.address, name, 4)));
    const left = looks.filter((each) => each.leads !== 'no');
    const [first] = left;
    if (first === undefined) {
      return;
    }
    if (Date.now() - start >= spread * 1000) {
      const still = left.filter((each) => each.leads === 'yes')[0];
      if (still) {
        throw refusal(
          `${still.name} still leads to ${state.address} (${still.server} says so), and a stranger may get the address once it is released: delete that A record where the zone ${still.zone} is kept and run destroy again, or ${force}.`,
        );
      }
      if (state.records === 'by-hand') {
        throw refusal(
          `Whether ${first.name} still leads to ${state.address} can't be looked up from here, and a stranger may get the address once it is released: run destroy again where DNS works, or ${force}.`,
        );
      }
      return;
    }
    if (round % 6 === 0) {
      console.log(`Waiting until the name servers no longer lead ${first.name} to ${state.address}.`);
    }
    await pause(5);
  }
}

const provider = {
  async create(inputs: Inputs) {
    return { id: `address-hold-${inputs.address}`, outs: inputs };
  },
  async diff(_id: string, olds: State, news: Inputs) {
    const changes =
      olds.address !== news.address ||
      olds.ttl !== news.ttl ||
      olds.records !== news.records ||
      olds.names.join(' ') !== news.names.join(' ');
    return { changes, replaces: olds.address === news.address ? [] : ['address'] };
  },
  async update(_id: string, olds: State, news: Inputs) {
    const before = olds.namesEver || olds.names;
    const namesEver = before.concat(news.names.filter((name) => before.indexOf(name) === -1));
    const longestTtl = Math.max(olds.longestTtl || olds.ttl, news.ttl);
    return { outs: { ...news, namesEver, longestTtl } };
  },
  async delete(_id: string, state: State) {
    if (process.env.REACH4_RELEASE_ANYWAY === state.address) {
      console.log(`Not looking whether DNS still leads to ${state.address}: REACH4_RELEASE_ANYWAY says so.`);
      return;
    }
    const names = state.namesEver || state.names;
    if (names.length === 0) {
      return;
    }
    await untilGone(state, names);
    // When the records went is not known here, so a cache may have got one just before: its whole TTL from now.
    const ttl = state.longestTtl || state.ttl;
    // Of a record that a person wrote nobody knows the TTL; what the system's resolver still has of it tells.
    const seconds = state.records === 'ours' ? ttl : Math.max(ttl, await cached(state.address, names));
    const step = Math.max(10, Math.ceil(seconds / 6));
    for (let left = seconds; left > 0; left -= step) {
      console.log(`Waiting ${left} s until no cache leads ${names[0]} to ${state.address} any more.`);
      await pause(Math.min(step, left));
    }
  },
};

/**
 * Stands between a stack's records and the release of its address: goes only when DNS no longer leads to the address,
 * not even from a cache, also with the literal `pulumi destroy`. The records must depend on it, and it on what makes
 * the address usable, which so goes on until then.
 */
export class AddressHold extends pulumi.dynamic.Resource {
  constructor(name: string, args: AddressHoldArgs, options?: pulumi.CustomResourceOptions) {
    const { address, names, ttl, records } = args;
    super(provider, name, { address, names, ttl, records }, options, ADDRESS_HOLD.module, ADDRESS_HOLD.name);
  }
}
