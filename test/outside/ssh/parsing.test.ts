import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type LookRequest, lookAnswerSchema } from '../../../src/agent/protocol.ts';
import { UserError } from '../../../src/model/error.ts';
import { answerOf } from '../../../src/outside/ssh/answer.ts';
import { parseDestination } from '../../../src/outside/ssh/destination.ts';
import { outcomeOf } from '../../../src/outside/ssh/outcome.ts';
import { parseOutput, type RemoteTry } from '../../../src/outside/ssh/output.ts';

const REQUEST: LookRequest = {
  addresses: [{ address: '81.2.99.2', roles: ['given'] }],
  port: 443,
  hint: { protocol: 'tls', name: 'home.example.org', path: '/' },
  resolve: 'home.example.org',
  otherPorts: [{ address: '81.2.99.2', port: 8443 }],
  traces: [{ address: '81.2.99.2', port: 443, method: 'tcp' }],
};

describe('a destination', () => {
  test.each([
    ['ssh://vps.example.net', { host: 'vps.example.net', user: null, port: null }],
    ['ssh://me@vps.example.net:2222', { host: 'vps.example.net', user: 'me', port: 2222 }],
    ['ssh://me@[2a0b::1]:22/', { host: '2a0b::1', user: 'me', port: 22 }],
    ['ssh://81.2.99.2', { host: '81.2.99.2', user: null, port: null }],
    ['ssh:vps', { host: 'vps', user: null, port: null }],
    ['ssh:my_host.1', { host: 'my_host.1', user: null, port: null }],
  ])('%s', (text, expected) => {
    expect(parseDestination(text)).toEqual(expected);
  });

  test.each([
    'ssh:',
    'ssh:-oProxyCommand=id',
    'ssh:a b',
    'ssh:a;id',
    'ssh://',
    'ssh://-oProxyCommand=id',
    'ssh://-l@host',
    'ssh://me@-host',
    'ssh://me:secret@host',
    'ssh://host:0',
    'ssh://host:70000',
    'ssh://host/path',
    'ssh://a$(id)@host',
    'ssh://host\n',
    'ssh://[::1',
    'ssh://me@@host',
  ])('not %j', (text) => {
    expect(() => parseDestination(text)).toThrow(UserError);
    expect(() => parseDestination(text)).not.toThrow(/secret/u);
  });

  test('nothing that is taken begins with a hyphen or has what a shell reads', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 40 }),
        fc.constantFrom('ssh:', 'ssh://'),
        (text, scheme) => {
          try {
            const { host, user } = parseDestination(`${scheme}${text}`);
            for (const word of [host, user ?? 'me']) expect(word).toMatch(/^[\w:][\w.:-]*$/u);
          } catch (error) {
            expect(error).toBeInstanceOf(UserError);
          }
        },
      ),
    );
  });
});

/** Texts as the programs of Debian 12 printed them when they were tried in a namespace with nftables. */
describe('the outcome of an attempt', () => {
  const route = 'yes';
  test.each<[Partial<RemoteTry>, string]>([
    [{ exitCode: 0, text: '' }, 'connected'],
    [
      {
        exitCode: 1,
        text: '81.2.99.2: connect: Connection refused 81.2.99.2: line 1: /dev/tcp/81.2.99.2/11: Connection refused',
      },
      'refused',
    ],
    [{ exitCode: 143, text: '' }, 'timed-out'],
    [{ exitCode: 1, text: '81.2.99.2: connect: No route to host' }, 'icmp-unreachable'],
    [{ exitCode: 1, text: '81.2.99.2: connect: No route to host', route: 'unknown' }, 'icmp-unreachable'],
    [{ exitCode: 1, text: '81.2.99.2: connect: No route to host', route: 'no' }, 'no-route'],
    [{ exitCode: 1, text: '81.2.99.2: connect: Network is unreachable', route: 'no' }, 'no-route'],
    [{ exitCode: 1, text: '81.2.99.2: connect: Network is unreachable', route: 'unknown' }, 'no-route'],
    [{ exitCode: 1, text: '81.2.99.2: connect: Network is unreachable' }, 'icmp-unreachable'],
    [{ exitCode: 1, text: '2a0b::2: connect: Permission denied', route: 'no' }, 'blocked-locally'],
    [
      {
        tool: 'curl',
        exitCode: 28,
        text: '* ipv4 connect timeout after 2000ms, move on! took=0.000000 from=0',
      },
      'timed-out',
    ],
    [{ tool: 'curl', exitCode: 28, text: '* Time-out took=0.000130 from=52328' }, 'connected'],
    [{ tool: 'curl', exitCode: 0, text: '' }, 'error'],
    [
      {
        tool: 'nc',
        exitCode: 1,
        text: 'nc: connect to 81.2.99.2 port 10 (tcp) timed out: Operation now in progress',
      },
      'timed-out',
    ],
    [
      { tool: 'ncat', exitCode: 1, text: 'Ncat: Version 7.93 ( https://nmap.org/ncat ) Ncat: TIMEOUT.' },
      'timed-out',
    ],
    [{ tool: 'nc-4', exitCode: 1, text: '(UNKNOWN) [81.2.99.2] 10 (?) : Connection timed out' }, 'timed-out'],
    [{ tool: 'nc-4', exitCode: 1, text: "Can't parse 2a0b::2 as an IP address" }, 'error'],
    [{ tool: 'busybox', exitCode: 1, text: 'nc: timed out' }, 'timed-out'],
    [{ tool: 'busybox', exitCode: 143, text: '' }, 'connected'],
    // Another language, or another program: nobody can tell.
    [{ exitCode: 1, text: 'connect: Verbindungsaufbau abgelehnt' }, 'error'],
    [{ exitCode: 127, text: 'sh: bash: not found' }, 'error'],
  ])('%o', (attempt, expected) => {
    expect(
      outcomeOf({ key: 'a0', tool: 'bash', exitCode: 0, ms: 7, text: '', route, ...attempt }).outcome,
    ).toBe(expected);
  });
});

describe('what a machine prints', () => {
  test('counts only with the marker, and not after the end', () => {
    const { tries, tool, isWhole } = parseOutput(
      [
        'Welcome!',
        'm tool bash',
        'try a0 bash 0 1 yes',
        'm try a0 bash 0 -5 yes ',
        'm end',
        'm try a0 bash 0 1 yes ',
      ].join('\n'),
      'm',
    );
    expect({ tries: tries.map(({ ms }) => ms), tool, isWhole }).toEqual({
      tries: [0],
      tool: 'bash',
      isWhole: true,
    });
  });

  test('what it leaves out was not seen', () => {
    const answer = answerOf(REQUEST, parseOutput('', 'm'), 'vps', new Date());
    const seen = [
      ...answer.reach.map((each) => each.seen),
      ...answer.otherPorts,
      ...answer.traces,
      ...answer.resolver,
    ];
    expect(seen.map(({ status }) => status)).toEqual(['failed', 'failed', 'failed', 'failed']);
  });

  test('makes an answer of the form, whatever it is', () => {
    const line = fc.oneof(
      fc.string({ maxLength: 600 }),
      fc
        .tuple(
          fc.constantFrom(
            'tool',
            'try a0',
            'try o0',
            'tls a0',
            'ssh a0',
            'http a0',
            'banner a0',
            'trace 0',
            'dig A',
            'dig AAAA',
            'end',
          ),
          fc.oneof(
            fc.string({ maxLength: 300 }),
            fc.constantFrom(
              'bash 0 12 yes ',
              'bash 143 4000 no ',
              '-----BEGIN CERTIFICATE-----',
              '-----END CERTIFICATE-----',
              ' 48 54',
              ' 1  81.2.99.2  0.4 ms !X',
              'exit 0',
              ';; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1',
              ';; SERVER: 1.1.1.1#53(1.1.1.1)',
              ';; flags: qr rd ra; QUERY: 1',
              ';; Query time: 3 msec',
              ';; ANSWER SECTION:',
              'home.example.org. 300 IN A 81.2.99.2',
            ),
          ),
        )
        .map(([what, rest]) => `m ${what} ${rest}`),
    );
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 60 }),
        fc.constantFrom('tls', 'ssh', 'http', 'tcp'),
        (lines, protocol) => {
          const request = { ...REQUEST, hint: { ...REQUEST.hint, protocol } } as LookRequest;
          const answer = answerOf(request, parseOutput(lines.join('\n'), 'm'), 'vps', new Date());
          expect(lookAnswerSchema.safeParse(answer).error).toBeUndefined();
          const [reach] = answer.reach;
          const isConnected =
            reach?.seen.status === 'ok' &&
            reach.seen.facts.attempts.some(({ outcome }) => outcome === 'connected');
          if (isConnected)
            expect(lines.some((each) => / 0 \d+ (?:yes|no) /u.test(each) || each.includes(' 0 '))).toBe(true);
        },
      ),
    );
  });
});
