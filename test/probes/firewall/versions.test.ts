import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lines, probe, type Recording, recording } from './recorded.ts';

type Command = keyof Recording['commands'];

/** For each of IPv4 from the internet and the LAN, then IPv6: the verdict, and what is translated. */
async function verdicts(recorded: Recording, port: number): Promise<string> {
  const found = await lines(recorded, port);
  const words = found.map((line) => / (accept|drop|reject|unknown)\b/u.exec(line)?.[1] ?? line);
  return (words[0] === words[1] && words[2] === words[3] ? [words[0], words[2]] : words).join(' ');
}

/** The rules of nft-0.9.8 and nft-1.1.3, each loaded by the nft that lists them, and what follows. */
const RULES: readonly (readonly [what: string, port: number, expected: string])[] = [
  ['a limit below which strangers are', 22, 'accept accept'],
  ['a set in the rule', 80, 'reject accept'],
  ['a network', 443, 'reject accept accept accept'],
  ['a map of verdicts: accept', 1001, 'accept accept'],
  ['a map of verdicts: drop', 1002, 'drop drop'],
  ['a map of verdicts: jump', 1003, 'drop accept'],
  ['flags of TCP, and a counter with a name', 1004, 'accept accept'],
  ['a reset', 1005, 'reject reject'],
  ['a look-up of the way back', 1007, 'accept accept'],
  ['chance', 1008, 'unknown unknown'],
  ['a count of connections', 1009, 'accept accept'],
  ['a log', 1010, 'drop drop'],
  ['the kind of an address', 1011, 'accept accept'],
  ['states in a map', 1012, 'accept accept'],
  ['a mark that a rule sets', 1013, 'accept accept'],
  ['an address and a port together', 1014, 'reject accept reject reject'],
  ['ranges', 1016, 'accept reject'],
  ['states in a set', 1020, 'accept accept'],
  ['names of interfaces', 1021, 'accept accept'],
  ['another network', 1022, 'reject reject'],
  ['an option of TCP', 1024, 'unknown unknown'],
  ['a kind of packet', 1025, 'accept accept'],
  ['a set of addresses that strangers are not in', 1026, 'reject reject'],
  ['a quota', 1027, 'unknown unknown'],
  ['a set with `typeof`', 1028, 'accept accept'],
  ['a set that addresses are added to', 1032, 'accept accept'],
  ['a redirection', 8080, 'accept reject'],
];

describe.each(['nft-0.9.8', 'nft-1.1.3'])('what %s lists', (name) => {
  it.each(RULES)('with %s: port %i', async (_, port, expected) => {
    expect(await verdicts(recording(name), port)).toBe(expected);
  });
});

describe('what only some versions of nft tell', () => {
  it.each([
    ['nft-0.9.8', 1006, 'unknown unknown'],
    ['nft-1.1.3', 1006, 'accept accept'],
    // Without its limit it looks as if it dropped everything.
    ['nft-0.9.8', 1041, 'unknown unknown'],
    ['nft-1.1.3', 1041, 'accept accept'],
  ])('%s: the limit of a set, port %i', async (name, port, expected) => {
    expect(await verdicts(recording(name), port)).toBe(expected);
  });

  it.each([
    ['elements with counters', 1031, 'accept accept'],
    ['a set of states', 1033, 'accept accept'],
    ['flags that must not be there', 1034, 'unknown unknown'],
    ['`last`', 1035, 'accept accept'],
    ['a range in a set', 1037, 'reject reject reject accept'],
    ['flags in the short form', 1040, 'accept accept'],
  ])('1.1: %s', async (_, port, expected) => {
    expect(await verdicts(recording('nft-1.1.3'), port)).toBe(expected);
  });

  it('0.9: statements that have no JSON, each warned of where the JSON goes', async () => {
    const recorded = recording('nft-0.9.8-warning');
    expect(recorded.commands['nft -j list ruleset']).toMatch(
      /^warning: stmt ops map have no json callback\n/u,
    );
    expect(await verdicts(recorded, 80)).toBe('accept accept');
    expect(await verdicts(recorded, 443)).toBe('unknown unknown');
    expect(await verdicts(recorded, 22)).toBe('drop drop');
  });

  it('0.9: a table that is switched off, in words alone', async () => {
    const recorded = recording('nft-0.9.8');
    expect(JSON.stringify(recorded.commands)).toContain(
      String.raw`\"name\": \"off\", \"handle\": 3, \"flags\": \"off\"`,
    );
    expect(await verdicts(recorded, 1001)).toBe('accept accept');
    const text = String(recorded.commands['nft -a list ruleset']);
    const without = but(recorded, { 'nft -a list ruleset': text.replace('\tflags dormant\n', '') });
    expect(await probe(without)).toMatchObject({ status: 'failed', reason: { code: 'malformed' } });
  });

  it.each(['nft-0.9.0', 'iptables-1.8.2'])('0.9.0: JSON of an older form (%s)', async (name) => {
    expect(await probe(recording(name))).toMatchObject({
      status: 'failed',
      reason: { code: 'unsupported', detail: expect.stringContaining('0.9.1') },
    });
  });
});

const but = (recorded: Recording, changes: Readonly<Record<Command, string | null>>): Recording => ({
  files: recorded.files,
  commands: Object.fromEntries(
    Object.entries({ ...recorded.commands, ...changes }).flatMap(([key, value]) =>
      value === null ? [] : [[key, value]],
    ),
  ),
});
const NO_NFT = { 'nft -j list ruleset': null, 'nft -a list ruleset': null };
const NO_NAMED = {
  'iptables-nft-save': null,
  'ip6tables-nft-save': null,
  'iptables-legacy-save': null,
  'ip6tables-legacy-save': null,
};

describe('the same rules of iptables', () => {
  it.each([
    ['iptables-1.8.2', NO_NFT],
    ['iptables-1.8.7', {}],
    ['iptables-1.8.7', NO_NFT],
    ['iptables-1.8.11', {}],
    ['iptables-1.8.11', NO_NFT],
    ['nft-0.9.8-without-xtables', {}],
  ])('as %s tells them (%j)', async (name, changes) => {
    const recorded = but(recording(name), changes);
    const found: Record<string, string> = {};
    for (const port of [22, 25, 80, 443, 8085, 8443, 1001, 1002, 1003, 1004, 1005, 1006, 1007]) {
      found[port] = await verdicts(recorded, port);
    }
    expect(found).toEqual({
      '22': 'accept reject',
      '25': 'reject reject',
      '80': 'accept accept',
      '443': 'drop accept accept accept',
      '8085': 'accept reject',
      '8443': 'accept reject',
      '1001': 'accept reject',
      '1002': 'drop reject',
      '1003': 'drop reject',
      '1004': 'unknown reject',
      '1005': 'accept reject',
      '1006': 'drop reject',
      '1007': 'drop reject',
    });
  });

  it.each(['iptables-1.8.7', 'nft-0.9.8-without-xtables'])(
    'are unknown where nft alone tells them, as `xt` (%s)',
    async (name) => {
      const recorded = but(recording(name), {
        'iptables-nft-save': null,
        'ip6tables-nft-save': null,
        'iptables-save': null,
        'ip6tables-save': null,
      });
      expect(await verdicts(recorded, 443)).toBe('unknown unknown');
    },
  );

  it('are not taken for those of iptables-legacy, which 1.8.7 heads alike', async () => {
    const recorded = but(recording('iptables-1.8.7'), { ...NO_NFT, ...NO_NAMED });
    expect(JSON.stringify(recorded.commands)).not.toMatch(/nf_tables|-nft-save/u);
    // What the legacy one would tell of IPv4 isn't known; of IPv6 the kernel has nothing of it.
    expect(await lines(recorded, 80)).toEqual([
      ...['internet', 'lan'].map((source) =>
        expect.stringMatching(`^ipv4 ${source} input unknown because .*legacy`),
      ),
      ...['internet', 'lan'].map((source) =>
        expect.stringMatching(`^ipv6 ${source} input accept by iptables-nft: `),
      ),
    ]);
    expect(await verdicts(recorded, 1007)).toBe('drop reject');
  });
});

const CUT = ['nft-0.9.0', 'nft-0.9.8', 'nft-0.9.8-warning', 'nft-1.1.3', 'iptables-1.8.7', 'iptables-1.8.11'];
const PORTS = [80, 443, 1003, 1006, 1041];

describe.each(CUT)('%s, cut off', (name) => {
  const whole = recording(name);
  const textOf = (command: Command): string => {
    const printed = whole.commands[command];
    return typeof printed === 'string' ? printed : (printed?.stdout ?? '');
  };

  it('in the rules: nothing is claimed', async () => {
    const json = textOf('nft -j list ruleset').trimEnd();
    await fc.assert(
      fc.asyncProperty(fc.nat(json.length - 1), async (end) => {
        const recorded = but(whole, { 'nft -j list ruleset': json.slice(0, end) });
        expect(await probe(recorded)).toMatchObject({ status: 'failed' });
      }),
    );
  });

  it('in what is said besides: nothing more is claimed', async () => {
    const before = new Map<number, string[]>();
    if ((await probe(whole)).status !== 'ok') return;
    for (const port of PORTS) before.set(port, verdictsOf(await lines(whole, port)));
    const besides = ['nft -a list ruleset', 'iptables-nft-save', 'ip6tables-nft-save'].filter(
      (command) => textOf(command) !== '',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...besides),
        fc.nat(),
        fc.constantFrom(...PORTS),
        async (command, where, port) => {
          const text = textOf(command);
          const recorded = but(whole, { [command]: text.slice(0, where % text.length) });
          if ((await probe(recorded)).status !== 'ok') return;
          const after = verdictsOf(await lines(recorded, port));
          const more = after.filter(
            (each, index) => each !== 'unknown' && each !== before.get(port)?.[index],
          );
          expect(more).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });
});

function verdictsOf(found: readonly string[]): string[] {
  return found.map((line) => / (accept|drop|reject|unknown)\b/u.exec(line)?.[1] ?? line);
}
