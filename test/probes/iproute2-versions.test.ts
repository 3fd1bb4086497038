import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Ports } from '../../src/ports/ports.ts';
import { addresses } from '../../src/probes/addresses.ts';
import { linuxNeighbours } from '../../src/probes/neighbours/linux.ts';
import { routes } from '../../src/probes/routes.ts';
import { captured } from './captured.ts';
import { fakePorts, here } from './fake-ports.ts';

const outputSchema = z.object({ exitCode: z.int(), stdout: z.string(), stderr: z.string() });
const recordedSchema = z.object({ outputs: z.record(z.string(), outputSchema) });
type Output = z.infer<typeof outputSchema>;
type Outputs = Readonly<Record<string, Output>>;

const recorded = (version: string): Outputs =>
  recordedSchema.parse(JSON.parse(captured(`routes/iproute2-${version}.json`))).outputs;

const OWN = [
  ['eth0', '192.168.7.2'],
  ['eth0', '2001:db8:7::2'],
  ['eth0', '2001:db8:7::aaaa'],
  ['eth0', '2001:db8:7:0:200:ff:fe00:702'],
] as const;

/** Which output answers which question; `default-ipv4` and others can be given another. */
function machine(outputs: Outputs, instead: Readonly<Record<string, string>> = {}): Ports {
  const named = (name: string): Output => {
    const output = outputs[instead[name] ?? name];
    if (output === undefined) throw new Error(`${name} was not recorded`);
    return output;
  };
  return fakePorts({
    exec: {
      run: async (_file, args) => {
        const all = args.join(' ');
        const family = all.includes('-6') ? 'ipv6' : 'ipv4';
        if (all.includes(' get ')) return named(`get-${family}`);
        if (all.includes(' route ')) return named(`default-${family}`);
        return named(all.includes('link') ? 'link' : all.includes('neigh') ? 'neigh' : 'addr');
      },
    },
    host: {
      interfaces: () => OWN.map(([name, address]) => ({ interface: name, address, prefixLength: 24 })),
    },
  });
}

async function facts(ports: Ports) {
  const item = await routes(ports, here());
  if (item.probe !== 'routes' || item.status !== 'ok') throw new Error(JSON.stringify(item));
  return item.facts;
}

async function flags(ports: Ports): Promise<string[]> {
  const item = await addresses(ports, here());
  if (item.probe !== 'addresses' || item.status !== 'ok') throw new Error(JSON.stringify(item));
  return item.facts.addresses.map(
    ({ address, temporary, deprecated }) => `${address} ${temporary} ${deprecated}`,
  );
}

const REPLY4 = { family: 'ipv4', from: '192.168.7.2', arrivesBy: 'eth0', leavesBy: 'eth0' };
const DEFAULT4 = { family: 'ipv4', interface: 'eth0', via: '192.168.7.1', metric: 100 };
const DEFAULT6 = { family: 'ipv6', interface: 'eth0', via: 'fe80::1', metric: 1024 };
const VERSIONS = ['4.20', '5.10', '6.15'];

describe.each(VERSIONS)('iproute2 %s', (version) => {
  const outputs = recorded(version);

  it('tells the default routes, also with metrics, a protocol and a preference', async () => {
    expect((await facts(machine(outputs))).defaults).toEqual([DEFAULT4, DEFAULT6]);
    const none = await facts(machine(outputs, { 'default-ipv4': 'no-default-ipv4' }));
    expect(none.defaults).toEqual([DEFAULT6]);
    const object = await facts(machine(outputs, { 'default-ipv4': 'default-nexthop-object' }));
    expect(object.defaults[0]).toEqual({ ...DEFAULT4, metric: null });
  });

  it('tells by which way replies leave, in JSON or in words', async () => {
    const { replies } = await facts(machine(outputs));
    expect(replies[0]).toEqual({ ...REPLY4, via: '192.168.7.1' });
    expect(replies[1]).toMatchObject({ family: 'ipv6', leavesBy: 'eth0', via: 'fe80::1' });
  });

  it.each(['get-ipv4-unreachable', 'get-ipv4-blackhole', 'get-ipv4-refused'])(
    'tells that there is no way (%s)',
    async (answer) => {
      const { replies } = await facts(machine(outputs, { 'get-ipv4': answer }));
      expect(replies[0]).toEqual({ ...REPLY4, leavesBy: null, via: null });
    },
  );

  it('tells tunnels from other interfaces', async () => {
    const { interfaces } = await facts(machine(outputs));
    const kinds = interfaces.map(({ name, kind, tunnel }) => `${name} ${kind} ${tunnel}`);
    expect(kinds).toEqual(
      expect.arrayContaining([
        'lo null false',
        'eth0 veth false',
        'tun8 tun true',
        'br0 bridge false',
        'tap0 tun false',
      ]),
    );
  });

  it('tells temporary and deprecated addresses', async () => {
    expect(await flags(machine(outputs))).toEqual([
      '192.168.7.2 false false',
      '2001:db8:7::2 false false',
      '2001:db8:7::aaaa false true',
      '2001:db8:7:0:200:ff:fe00:702 false false',
    ]);
    const temporary =
      /"local":"([\da-f:]+)"[^}]*"temporary":true/u.exec(outputs.addr?.stdout ?? '')?.[1] ?? '';
    const ports = machine(outputs);
    const own = {
      ...ports.host,
      interfaces: () => [{ interface: 'eth0', address: temporary, prefixLength: 64 }],
    };
    expect(await flags({ ...ports, host: own })).toEqual([`${temporary} true false`]);
  });

  it('tells neighbours', async () => {
    const found = await linuxNeighbours(machine(outputs), new AbortController().signal);
    expect(found).toEqual([
      { address: '192.168.7.1', hardware: '02:00:00:00:07:01' },
      { address: 'fe80::1', hardware: '02:00:00:00:07:01' },
    ]);
  });

  it.each(['default-ipv4', 'default-ipv6', 'get-ipv4', 'get-ipv6', 'link', 'addr'])(
    'claims nothing more where %s is cut off',
    async (name) => {
      const whole = outputs[name]?.stdout.trimEnd() ?? '';
      const before = await facts(machine(outputs));
      const flagsBefore = await flags(machine(outputs));
      const every = Array.from({ length: Math.min(whole.length, 400) }, (_, index) => index);
      const cut = async (end: number) => {
        const ports = machine({
          ...outputs,
          [name]: { exitCode: 0, stdout: whole.slice(0, end), stderr: '' },
        });
        for (const [index, line] of (await flags(ports)).entries()) {
          expect([flagsBefore[index], `${OWN[index]?.[1]} null null`]).toContain(line);
        }
        const item = await routes(ports, here());
        if (item.probe !== 'routes' || item.status !== 'ok') return;
        for (const each of item.facts.replies) expect(before.replies).toContainEqual(each);
        for (const each of item.facts.defaults) expect(before.defaults).toContainEqual(each);
        for (const each of item.facts.interfaces) expect(before.interfaces).toContainEqual(each);
      };
      for (const end of every) await cut(end);
      await fc.assert(fc.asyncProperty(fc.nat(whole.length - 1), cut));
    },
  );
});

describe('what is not told as JSON', () => {
  it.each(['5.10', '6.15'])('several ways at once, by %s, are', async (version) => {
    const two = { 'default-ipv4': 'default-two-ways', 'default-ipv6': 'default-two-ways-ipv6' };
    const { defaults } = await facts(machine(recorded(version), two));
    expect(defaults.map(({ via }) => via).slice(0, 2)).toEqual(['192.168.7.1', '192.168.7.9']);
    const refused = { 'default-ipv4': 'default-unreachable' };
    expect((await facts(machine(recorded(version), refused))).defaults).toEqual([DEFAULT6]);
  });

  it.each(['default-two-ways', 'default-unreachable'])('4.20 garbles it: %s', async (output) => {
    const item = await routes(machine(recorded('4.20'), { 'default-ipv4': output }), here());
    expect(item).toMatchObject({ status: 'failed', reason: { code: 'unsupported' } });
  });

  it('4.12 knows no option for it', async () => {
    const ports = machine(recorded('4.12'));
    expect(await routes(ports, here())).toMatchObject({
      status: 'failed',
      reason: { code: 'unsupported', detail: 'Option "-j" is unknown, try "ip -help".' },
    });
    expect((await flags(ports))[0]).toBe('192.168.7.2 null null');
    expect(await linuxNeighbours(ports, new AbortController().signal)).toEqual([]);
  });
});
