import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evidenceSchema } from '../../src/model/evidence.ts';
import { hostsEntries, osLookup } from '../../src/probes/os-lookup.ts';
import { fakePorts, here } from './fake-ports.ts';

const NAME = 'home.example.org';
const forever = () => new Promise<never>(() => {});
const asleep: (ms: number, signal?: AbortSignal) => Promise<void> = (_, signal) =>
  new Promise((_resolve, reject) => {
    const abort = () => reject(new Error('aborted'));
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort);
  });

async function run(parts: Parameters<typeof fakePorts>[0], signal?: AbortSignal) {
  const ports = fakePorts({ clock: { sleep: asleep }, ...parts });
  return evidenceSchema.parse(await osLookup(NAME, ports, here(signal)));
}

describe('os-lookup', () => {
  it('keeps what programs get and what the hosts file says', async () => {
    const evidence = await run({
      dns: { lookup: async () => ['192.168.77.10'] },
      files: { read: async (path) => (path === '/etc/hosts' ? `192.168.77.10 ${NAME} home\n` : null) },
    });
    expect(evidence).toMatchObject({
      id: `os-lookup:here:${NAME}`,
      status: 'ok',
      facts: { addresses: ['192.168.77.10'], hostsFile: ['192.168.77.10'] },
      how: `getent ahosts ${NAME}`,
    });
  });

  it('reads the hosts file of Windows', async () => {
    const evidence = await run({
      host: { platform: 'win32' },
      dns: { lookup: async () => [] },
      files: { read: async (path) => (path.endsWith('\\drivers\\etc\\hosts') ? `::1 ${NAME}` : null) },
    });
    expect(evidence).toMatchObject({ facts: { addresses: [], hostsFile: ['::1'] } });
  });

  it('gets along with a hosts file that it may not read', async () => {
    const read = async () => {
      throw new Error('EACCES');
    };
    expect(await run({ dns: { lookup: async () => [] }, files: { read } })).toMatchObject({
      facts: { hostsFile: [] },
    });
  });

  it("doesn't wait for getaddrinfo longer than for a resolver", async () => {
    const evidence = await run({ dns: { lookup: forever }, clock: { sleep: async () => {} } });
    expect(evidence).toMatchObject({ status: 'failed', reason: { code: 'timed-out' } });
  });

  it('says what getaddrinfo says where it fails', async () => {
    const lookup = () =>
      Promise.reject(Object.assign(new Error('getaddrinfo EAI_AGAIN'), { code: 'EAI_AGAIN' }));
    expect(await run({ dns: { lookup } })).toMatchObject({
      status: 'failed',
      reason: { code: 'unreachable', detail: 'EAI_AGAIN' },
    });
  });

  it('says that it was interrupted', async () => {
    expect(await run({ dns: { lookup: forever } }, AbortSignal.abort())).toMatchObject({
      status: 'failed',
      reason: { code: 'interrupted' },
    });
  });
});

describe('hosts file', () => {
  it.each([
    ['192.0.2.1 home.example.org', ['192.0.2.1']],
    ['192.0.2.1\thome\tHOME.example.org # mine', ['192.0.2.1']],
    ['# 192.0.2.1 home.example.org', []],
    ['192.0.2.1 # home.example.org', []],
    ['192.0.2.1 other.example.org\r\n2001:DB8::1 home.example.org\r\n', ['2001:db8::1']],
    ['192.0.2.1 home.example.org\n192.0.2.1 home.example.org', ['192.0.2.1']],
    ['fe80::1%eth0 home.example.org', ['fe80::1']],
    ['home.example.org 192.0.2.1', []],
  ])('%j', (text, addresses) => {
    expect(hostsEntries(text, NAME)).toEqual(addresses);
  });

  it('reads any text', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('192.0.2.1', ' ', '\n', NAME, '#', '%', '::1', '\u0000')),
        (parts) => {
          for (const address of hostsEntries(parts.join(''), NAME))
            expect(['192.0.2.1', '::1']).toContain(address);
        },
      ),
    );
  });
});
