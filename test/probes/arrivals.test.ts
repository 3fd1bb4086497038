import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evidenceSchema } from '../../src/model/evidence.ts';
import type { Watcher } from '../../src/ports/ports.ts';
import { watchArrivals } from '../../src/probes/arrivals.ts';
import { captured } from './captured.ts';
import { fakePorts, here } from './fake-ports.ts';

const OWN = [
  { interface: 's0', address: '192.168.5.2', prefixLength: 24 },
  { interface: 's0', address: '2a02:3::2', prefixLength: 64 },
];

interface Capture {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exitCode?: number;
  readonly isReady?: boolean;
}

function machine(capture: Capture | null, own = OWN) {
  const watcher: Watcher = {
    isReady: capture?.isReady ?? true,
    stop: async () => ({ exitCode: 0, stdout: '', stderr: '', ...capture }),
  };
  return fakePorts({
    exec: { watch: async () => (capture === null ? null : watcher) },
    host: { interfaces: () => own },
  });
}

async function stopped(capture: Capture | null, own = OWN, signal?: AbortSignal) {
  const witness = await watchArrivals({ port: 443, protocol: 'tcp' }, machine(capture, own), here(signal));
  return evidenceSchema.parse(await witness.stop());
}

async function facts(stdout: string, own = OWN) {
  const evidence = await stopped({ stdout }, own);
  if (evidence.probe !== 'arrivals' || evidence.status !== 'ok') throw new Error(JSON.stringify(evidence));
  return evidence.facts;
}

const syn = (name: string, way = 'In', to = '192.168.5.2.443', from = '81.2.1.2.48902') =>
  `1795484019.459326 ${name}    ${way.padEnd(3)} IP ${from} > ${to}: Flags [S], seq 2095151638, win 64240, length 0\n`;

describe('arrivals', () => {
  it('tells what came to which port, and what was sent back', async () => {
    const { arrivals, replies } = await facts(captured('arrivals/tcpdump-4.99.txt'));
    expect(arrivals.map(({ family, port, packets }) => [family, port, packets])).toEqual([
      ['ipv4', 443, 1],
      ['ipv6', 443, 1],
      ['ipv4', 8443, 1],
      ['ipv6', 8443, 1],
      ['ipv4', 9443, 1],
      ['ipv6', 9443, 1],
      ['ipv4', 9444, 1],
      ['ipv6', 9444, 1],
      ['ipv4', 9445, 1],
      ['ipv6', 9445, 1],
    ]);
    expect(arrivals[0]).toMatchObject({
      from: '81.2.1.2',
      to: '192.168.5.2',
      sourcePorts: [48902],
      interface: 's0',
    });
    expect(replies.map(({ family, port, kind }) => `${family} ${port} ${kind}`)).toEqual([
      'ipv4 443 syn-ack',
      'ipv6 443 syn-ack',
      'ipv4 9443 icmp',
      'ipv6 9443 icmp',
      'ipv4 9444 icmp',
      'ipv6 9444 icmp',
      'ipv4 9445 rst',
      'ipv6 9445 rst',
    ]);
  });

  it('counts a packet that shows at a bridge and at its port once, a repeated one twice', async () => {
    const own = [{ interface: 'br0', address: '192.168.5.2', prefixLength: 24 }];
    const { arrivals } = await facts(
      syn('eth0') +
        syn('br0') +
        syn('eth0') +
        syn('br0', 'In', '192.168.5.2.443', '81.2.1.2.48903') +
        syn('eth0', 'P'),
      own,
    );
    expect(arrivals).toMatchObject([{ interface: 'br0', packets: 2, sourcePorts: [48902, 48903] }]);
  });

  it('counts what comes from its own network: a router may put its own address into what it forwards', async () => {
    const { arrivals, replies } = await facts(
      syn('s0', 'In', '192.168.5.2.443', '192.168.5.1.48902') +
        syn('s0', 'In', '192.168.5.2.443', '100.64.0.1.48902'),
    );
    expect(arrivals).toMatchObject([
      { from: '192.168.5.1', port: 443, sourcePorts: [48902], packets: 1 },
      { from: '100.64.0.1', port: 443, sourcePorts: [48902], packets: 1 },
    ]);
    expect(replies).toEqual([]);
  });

  it('counts neither what this machine sends nor what is for others', async () => {
    const others = [
      syn('s0', 'Out', '81.2.1.2.443', '192.168.5.2.48902'),
      syn('s0', 'In', '192.168.5.7.443'),
      syn('s0', 'In', '192.168.5.2.443', '192.168.5.2.48902'),
      syn('docker0', 'Out', '172.17.0.2.443'),
      '1795484019.459350 s0    Out IP 192.168.5.2.443 > 81.2.1.9.48902: Flags [R.], seq 0, ack 1, win 0, length 0\n',
      '1795484019.459350 s0    Out IP 192.168.5.2 > 81.2.1.2: ICMP 192.168.5.2 udp port 53 unreachable, length 68\n',
    ];
    expect(await facts(others.join(''))).toMatchObject({ arrivals: [], replies: [] });
  });

  it('reads tcpdump before 4.99, which tells no interface', async () => {
    const { arrivals, replies } = await facts(
      '1795484019.459326 IP 81.2.1.2.48902 > 192.168.5.2.443: Flags [S], seq 1, win 64240, length 0\n' +
        '1795484019.459350 IP 192.168.5.2.443 > 81.2.1.2.48902: Flags [S.], seq 1, ack 2, win 65160, length 0\n' +
        '1795484019.559350 IP 192.168.5.2.50000 > 81.2.1.2.443: Flags [S], seq 1, win 65160, length 0\n',
    );
    expect(arrivals).toMatchObject([{ interface: null, port: 443, packets: 1 }]);
    expect(replies).toMatchObject([{ interface: null, kind: 'syn-ack', packets: 1 }]);
  });

  it("keeps the service's own port where many others are scanned", async () => {
    const scan = Array.from({ length: 500 }, (_, index) => syn('s0', 'In', `192.168.5.2.${index + 1000}`));
    const ports = Array.from({ length: 90 }, (_, index) =>
      syn('s0', 'In', undefined, `81.2.1.2.${index + 1000}`),
    );
    const { arrivals } = await facts([...scan, ...ports].join(''));
    expect(arrivals).toHaveLength(128);
    expect(arrivals[0]).toMatchObject({ port: 443, packets: 90 });
    expect(arrivals[0]?.sourcePorts).toHaveLength(64);
  });

  it.each([
    ['too-large', { exitCode: 125 }],
    ['too-large', { stderr: '7 packets captured\n3 packets dropped by kernel\n' }],
    ['unsupported', { exitCode: 1, stderr: 'tcpdump: pcap_loop: The interface disappeared' }],
    [
      'no-privilege',
      {
        isReady: false,
        exitCode: 1,
        stderr: "tcpdump: any: You don't have permission to perform this capture on that device",
      },
    ],
    ['unsupported', { isReady: false, exitCode: 1, stderr: 'tcpdump: any: No such device exists' }],
  ])('says nothing of what it may have missed: %s', async (code, capture) => {
    expect(await stopped({ stdout: syn('s0'), ...capture })).toMatchObject({
      status: 'failed',
      reason: { code },
    });
  });

  it('is skipped without tcpdump and on other systems, and says when it was interrupted', async () => {
    expect(await stopped(null)).toMatchObject({
      status: 'skipped',
      reason: { code: 'no-tool', detail: 'tcpdump' },
    });
    const mac = fakePorts({ host: { platform: 'freebsd' } });
    expect(await (await watchArrivals({ port: 443, protocol: 'tcp' }, mac, here())).stop()).toMatchObject({
      status: 'skipped',
    });
    expect(await stopped({}, OWN, AbortSignal.abort())).toMatchObject({ reason: { code: 'interrupted' } });
  });

  it('gives the same evidence however often it is stopped', async () => {
    const witness = await watchArrivals(
      { port: 443, protocol: 'tcp' },
      machine({ stdout: syn('s0') }),
      here(),
    );
    expect(await witness.stop()).toBe(await witness.stop());
  });

  it('gives evidence whatever tcpdump prints', async () => {
    const words = captured('arrivals/tcpdump-4.99.txt')
      .split(/(?<=[\s>:])/u)
      .slice(0, 400);
    const fragment = fc.oneof(fc.string(), fc.constantFrom(...words, '\n', '.99999', 'udp', '[S]'));
    const line = fc.array(fragment, { maxLength: 12 }).map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.string(), async (lines, stderr) => {
        const item = await stopped({ stdout: lines.join('\n'), stderr });
        expect(item.probe).toBe('arrivals');
      }),
    );
  });
});
