import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evidenceSchema } from '../../src/model/evidence.ts';
import { addresses } from '../../src/probes/addresses.ts';
import { fakePorts, here } from './fake-ports.ts';

const interfaces = () => [
  { interface: 'lo', address: '127.0.0.1', prefixLength: 8 },
  { interface: 'eth0', address: '192.168.1.10', prefixLength: 24 },
  { interface: 'eth0', address: '2001:db8::10', prefixLength: 64 },
  { interface: 'eth0', address: '2001:db8::abcd', prefixLength: 64 },
];

/** As iproute2 6.1 prints it. */
const IP_OUTPUT = JSON.stringify([
  { ifname: 'lo', addr_info: [{ family: 'inet', local: '127.0.0.1', prefixlen: 8 }] },
  {
    ifname: 'eth0',
    flags: ['UP'],
    addr_info: [
      { family: 'inet', local: '192.168.1.10', prefixlen: 24 },
      { family: 'inet6', local: '2001:db8::10', mngtmpaddr: true, dynamic: true },
      { family: 'inet6', local: '2001:db8::abcd', temporary: true, deprecated: true },
    ],
  },
]);

async function run(result: { exitCode: number; stdout: string } | null, platform: NodeJS.Platform = 'linux') {
  const ports = fakePorts({
    exec: { run: async () => (result === null ? null : { ...result, stderr: '' }) },
    host: { platform, interfaces },
  });
  const evidence = evidenceSchema.parse(await addresses(ports, here()));
  if (evidence.probe !== 'addresses' || evidence.status !== 'ok') throw new Error('no facts');
  return evidence;
}

describe('addresses', () => {
  it('keeps each address with its scope and flags', async () => {
    const { id, facts } = await run({ exitCode: 0, stdout: IP_OUTPUT });
    expect(id).toBe('addresses:here:own');
    expect(facts.addresses).toEqual([
      {
        address: '127.0.0.1',
        family: 'ipv4',
        interface: 'lo',
        prefixLength: 8,
        scope: 'loopback',
        temporary: false,
        deprecated: false,
      },
      {
        address: '192.168.1.10',
        family: 'ipv4',
        interface: 'eth0',
        prefixLength: 24,
        scope: 'private',
        temporary: false,
        deprecated: false,
      },
      {
        address: '2001:db8::10',
        family: 'ipv6',
        interface: 'eth0',
        prefixLength: 64,
        scope: 'documentation',
        temporary: false,
        deprecated: false,
      },
      {
        address: '2001:db8::abcd',
        family: 'ipv6',
        interface: 'eth0',
        prefixLength: 64,
        scope: 'documentation',
        temporary: true,
        deprecated: true,
      },
    ]);
  });

  it.each([
    ['iproute2 is missing', null],
    ['ip knows no -j', { exitCode: 255, stdout: '' }],
    ['busybox prints something else', { exitCode: 0, stdout: '1: lo: <LOOPBACK,UP>' }],
    ['the output is of another shape', { exitCode: 0, stdout: '{"lo": 1}' }],
  ])("says that it couldn't tell where %s", async (_, result) => {
    const { facts } = await run(result);
    expect(facts.addresses.map(({ temporary, deprecated }) => [temporary, deprecated])).toEqual(
      Array.from({ length: 4 }, () => [null, null]),
    );
  });

  it('runs nothing on other systems', async () => {
    const ports = fakePorts({ host: { platform: 'freebsd', interfaces } });
    expect(await addresses(ports, here())).toMatchObject({ status: 'ok', how: 'ifconfig' });
  });

  it('gives evidence whatever ip prints', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.json(), fc.string()), async (stdout) => {
        expect((await run({ exitCode: 0, stdout })).facts.addresses).toHaveLength(4);
      }),
    );
  });
});
