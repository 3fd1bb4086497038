import { describe, expect, it } from 'vitest';
import { evidenceSchema, type TcpOutcome } from '../../src/model/evidence.ts';
import type { Identity } from '../../src/model/identity.ts';
import { shellQuoted } from '../../src/model/shell.ts';
import type { Ports, ServiceHint } from '../../src/ports/ports.ts';
import { reach } from '../../src/probes/reach.ts';
import { fakePorts, here } from './fake-ports.ts';

const HINT: ServiceHint = { protocol: 'tls', name: 'home.example.org', path: '/' };
const BANNER: Identity = { kind: 'banner', text: 'hello', sha256: '0'.repeat(64) };

interface Options {
  readonly hint?: ServiceHint;
  readonly address?: string;
  readonly net?: Partial<Ports['net']>;
  readonly signal?: AbortSignal;
}

async function run(
  outcomes: readonly TcpOutcome[],
  { hint = HINT, address = '198.51.100.7', net = {}, signal = here().signal }: Options = {},
) {
  const calls: string[] = [];
  const left = [...outcomes];
  const ports = fakePorts({
    clock: {
      sleep: async (ms) => {
        calls.push(`sleep ${ms}`);
        if (signal.aborted) throw new Error('aborted');
      },
    },
    net: {
      connect: async (_address, _port, timeoutMs) => {
        calls.push(`connect ${timeoutMs}`);
        return left.shift() ?? { outcome: 'timed-out', code: 'ETIMEDOUT', ms: timeoutMs };
      },
      identify: async () => {
        calls.push('identify');
        return BANNER;
      },
      ...net,
    },
  });
  const question = { address, port: 443, roles: ['a-record'] as const, hint };
  const evidence = evidenceSchema.parse(await reach(question, ports, here(signal)));
  return { evidence, calls };
}

const connected = { outcome: 'connected', ms: 5 } as const;

describe('reach', () => {
  it('connects three times within one time-out, and asks once who is there', async () => {
    const { evidence, calls } = await run([connected, connected, connected]);
    expect(evidence).toMatchObject({
      id: 'reach:here:198.51.100.7',
      status: 'ok',
      facts: {
        family: 'ipv4',
        address: '198.51.100.7',
        port: 443,
        roles: ['a-record'],
        attempts: [connected, connected, connected],
        identity: BANNER,
      },
    });
    expect(calls.filter((call) => call === 'identify')).toHaveLength(1);
    expect(calls.filter((call) => call.startsWith('connect')).sort()).toEqual([
      'connect 3700',
      'connect 3850',
      'connect 4000',
    ]);
  });

  it('asks who is there also where only one attempt connects', async () => {
    const { evidence } = await run([{ outcome: 'timed-out', ms: 4000 }, connected]);
    expect(evidence).toMatchObject({ facts: { identity: BANNER } });
  });

  it('asks nobody where none connects', async () => {
    const { evidence, calls } = await run([]);
    expect(evidence).toMatchObject({ status: 'ok', facts: { identity: null } });
    expect(calls).not.toContain('identify');
  });

  it('observes that this machine has no route', async () => {
    const none: TcpOutcome = { outcome: 'no-route', code: 'ENETUNREACH', ms: 0.1 };
    const { evidence } = await run([none, none, none], { address: '2001:db8::1' });
    expect(evidence).toMatchObject({ status: 'ok', facts: { family: 'ipv6', attempts: [none, none, none] } });
  });

  it('keeps what it saw before it was interrupted', async () => {
    const { evidence } = await run([connected], { signal: AbortSignal.abort() });
    expect(evidence).toMatchObject({ status: 'ok', facts: { attempts: [connected], identity: BANNER } });
  });

  it('says that it was interrupted where it saw nothing', async () => {
    const off: TcpOutcome = { outcome: 'error', code: 'ABORT_ERR', ms: 1 };
    const { evidence } = await run([off], { signal: AbortSignal.abort() });
    expect(evidence).toMatchObject({ status: 'failed', reason: { code: 'interrupted' } });
  });

  it("doesn't hide a bug", async () => {
    const connect = () => Promise.reject(new Error('a bug'));
    await expect(run([], { net: { connect } })).rejects.toThrow('a bug');
  });
});

describe('the command to check by hand', () => {
  const how = async (hint: ServiceHint, address = '198.51.100.7') =>
    (await run([], { hint, address })).evidence.how;

  it.each([
    [
      HINT,
      '198.51.100.7',
      'curl -4 -skv -o /dev/null --connect-timeout 4 --connect-to ::198.51.100.7:443 https://home.example.org:443/',
    ],
    [
      HINT,
      '2001:db8::1',
      "curl -6 -skv -o /dev/null --connect-timeout 4 --connect-to '::[2001:db8::1]:443' https://home.example.org:443/",
    ],
    [
      { ...HINT, name: null },
      '2001:db8::1',
      "curl -6 -skv -o /dev/null --connect-timeout 4 'https://[2001:db8::1]:443/'",
    ],
    [
      { ...HINT, protocol: 'http', path: "/a?b=c&d='x'" },
      '198.51.100.7',
      "curl -4 -skv -o /dev/null --connect-timeout 4 --connect-to ::198.51.100.7:443 'http://home.example.org:443/a?b=c&d='\\''x'\\'''",
    ],
    [{ ...HINT, protocol: 'ssh' }, '198.51.100.7', 'ssh-keyscan -T 4 -p 443 198.51.100.7'],
    [{ ...HINT, protocol: 'tcp' }, '2001:db8::1', 'nc -vz -w 4 2001:db8::1 443'],
  ] as const)('%o %s', async (hint, address, command) => {
    expect(await how(hint, address)).toBe(command);
  });

  it.each([
    ['https://example.org/a', 'https://example.org/a'],
    ['a b', "'a b'"],
    ['$(reboot)', "'$(reboot)'"],
    ['', "''"],
    ["it's", "'it'\\''s'"],
  ])('quotes %j', (word, quoted) => {
    expect(shellQuoted(word)).toBe(quoted);
  });
});
