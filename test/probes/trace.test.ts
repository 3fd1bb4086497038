import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evidenceSchema } from '../../src/model/evidence.ts';
import type { Ports } from '../../src/ports/ports.ts';
import { type TraceQuestion, trace } from '../../src/probes/trace.ts';
import { captured } from './captured.ts';
import { fakePorts, here } from './fake-ports.ts';

type Result = { exitCode?: number; stdout?: string; stderr?: string } | null;
type Program = (args: readonly string[]) => Result;

function machine(programs: Readonly<Record<string, Program>>): { ports: Ports; ran: string[] } {
  const ran: string[] = [];
  const ports = fakePorts({
    exec: {
      run: async (file, args) => {
        const program = programs[file];
        if (program === undefined) return null;
        ran.push([file, ...args].join(' '));
        const result = program(args);
        return result === null ? null : { exitCode: 0, stdout: '', stderr: '', ...result };
      },
    },
  });
  return { ports, ran };
}

const TCP: TraceQuestion = { address: '2a02:3::2', port: 443, method: 'tcp' };
const UDP: TraceQuestion = { address: '81.2.2.2', port: null, method: 'udp' };

async function facts(question: TraceQuestion, ports: Ports) {
  const evidence = evidenceSchema.parse(await trace(question, ports, here()));
  if (evidence.probe !== 'trace' || evidence.status !== 'ok') throw new Error(JSON.stringify(evidence));
  return evidence.facts;
}

const option = (args: readonly string[], name: string): number => Number(args[args.indexOf(name) + 1]);

/** Debian's traceroute in a network of which each look sees what `answer` says: an address with or without note, or nothing. */
function debian(
  answer: (ttl: number, look: number) => string | null,
  end: (ttl: number) => boolean = () => false,
) {
  const looks = new Map<number, number>();
  return (args: readonly string[]): Result => {
    const lines = ['traceroute to somewhere'];
    for (let ttl = option(args, '-f'); ttl <= option(args, '-m'); ttl += 1) {
      const look = looks.get(ttl) ?? 1;
      looks.set(ttl, look + 1);
      const [address, note = ''] = answer(ttl, look)?.split(' ') ?? [];
      lines.push(address === undefined ? `${ttl}  *` : `${ttl}  ${address}  0.5 ms ${note}`);
      if (address !== undefined && (note !== '' || end(ttl))) break;
    }
    return { stdout: lines.join('\n') };
  };
}

const hopsOf = (hops: readonly { ttl: number; address: string | null; note: string | null }[]): string[] =>
  hops.map(({ ttl, address, note }) => `${ttl} ${address ?? '*'}${note === null ? '' : ` ${note}`}`);

describe('trace, what tools print', () => {
  const by = (path: string) => machine({ traceroute: () => ({ stdout: captured(`trace/${path}`) }) }).ports;

  it('keeps what an unreachable says, and does not call it reached', async () => {
    const { hops, reached } = await facts(TCP, by('debian-2.1-prohibited.txt'));
    expect(hopsOf(hops)).toEqual(['1 2a02:1::1', '2 2a02:2::2', '3 2a02:3::2 !X']);
    expect(hops[0]?.ms).toBe(0.51);
    expect(reached).toBe(false);
    const unreachable = await facts({ ...UDP, address: '99.9.9.9' }, by('debian-2.1-unreachable.txt'));
    expect(hopsOf(unreachable.hops)).toEqual(['1 81.2.1.1', '2 81.2.2.2 !H']);
  });

  it('keeps the silent hops', async () => {
    const { hops, reached } = await facts({ ...TCP, maxHops: 6 }, by('debian-2.1-silent.txt'));
    expect(hopsOf(hops)).toEqual(['1 2a02:1::1', '2 2a02:2::2', '3 *', '4 *', '5 *', '6 *']);
    expect(reached).toBe(false);
  });

  it('takes the destination where several answer at one distance', async () => {
    const stdout = ' 1  10.0.0.1  1.0 ms 10.0.0.2  2.0 ms\n 2  10.0.0.9  3.0 ms 81.2.2.2  4.0 ms\n';
    const { hops, reached } = await facts(UDP, machine({ traceroute: () => ({ stdout }) }).ports);
    expect(hopsOf(hops)).toEqual(['1 10.0.0.1', '2 81.2.2.2']);
    expect(reached).toBe(true);
  });

  it('sees how far tracepath came', async () => {
    const whole = machine({ tracepath: () => ({ stdout: captured('trace/tracepath-20221126.txt') }) });
    const way = await facts({ ...UDP, address: '2a02:3::2' }, whole.ports);
    expect(way).toMatchObject({ tool: 'tracepath', reached: true });
    expect(hopsOf(way.hops)).toEqual(['1 2a02:1::1', '2 2a02:2::2', '3 2a02:3::2']);
    const silent =
      ' 1?: [LOCALHOST]    pmtu 1500\n 1:  10.0.0.1   0.5ms\n 2:  no reply\n 3:  10.0.0.3   1.5ms pmtu 1400\n';
    const part = machine({ tracepath: () => ({ exitCode: 124, stdout: silent }) });
    expect(hopsOf((await facts(UDP, part.ports)).hops)).toEqual(['1 10.0.0.1', '2 *', '3 10.0.0.3']);
  });
});

describe('trace, looking twice', () => {
  it('asks once where everybody answers', async () => {
    const { ports, ran } = machine({
      traceroute: debian(
        (ttl) => `10.0.0.${ttl}`,
        (ttl) => ttl === 3,
      ),
    });
    expect((await facts({ ...UDP, address: '10.0.0.3' }, ports)).reached).toBe(true);
    expect(ran).toEqual(['traceroute -n -q 1 -w 1 -N 32 -f 1 -m 16 10.0.0.3']);
  });

  it('asks again for exactly the hops that were silent', async () => {
    const lost = [2, 5, 6];
    const answer = (ttl: number, look: number) =>
      lost.includes(ttl) && look === 1 ? null : ttl === 7 ? '81.2.2.2' : `10.0.0.${ttl}`;
    const { ports, ran } = machine({ traceroute: debian(answer, (ttl) => ttl === 7) });
    const { hops, reached } = await facts(UDP, ports);
    expect(ran.slice(1).map((command) => / -f \d+ -m \d+ /u.exec(command)?.[0].trim())).toEqual([
      '-f 2 -m 2',
      '-f 5 -m 6',
    ]);
    expect(hops.map(({ address }) => address)).not.toContain(null);
    expect(hops).toHaveLength(7);
    expect(reached).toBe(true);
  });

  it('finds the end that was lost, and nothing behind it', async () => {
    const answer = (ttl: number, look: number) =>
      ttl === 1 ? '10.0.0.1' : ttl === 2 ? '81.2.2.2' : ttl === 3 && look === 2 ? '81.2.2.2' : null;
    const { ports } = machine({ traceroute: debian(answer, (ttl) => ttl === 3) });
    const { hops, reached } = await facts({ address: '81.2.2.2', port: 443, method: 'tcp' }, ports);
    expect(hopsOf(hops)).toEqual(['1 10.0.0.1', '2 81.2.2.2', '3 81.2.2.2']);
    expect(reached).toBe(true);
  });

  it('does not take a router that has the address for its end', async () => {
    const answer = (ttl: number) => (ttl === 1 ? '10.0.0.1' : ttl === 2 ? '81.2.2.2' : null);
    const { ports } = machine({ traceroute: debian(answer) });
    const { hops, reached } = await facts({ address: '81.2.2.2', port: 443, method: 'tcp' }, ports);
    expect(hops).toHaveLength(16);
    expect(reached).toBe(false);
  });

  it('keeps the first look where the second fails', async () => {
    let runs = 0;
    const first = debian((ttl) => (ttl === 1 ? '10.0.0.1' : null));
    const { ports } = machine({ traceroute: (args) => (runs++ === 0 ? first(args) : { exitCode: 124 }) });
    expect((await facts(UDP, ports)).hops).toHaveLength(16);
  });
});

describe('trace, other programs and none', () => {
  const busybox: Program = (args) => {
    if (args.includes('-N'))
      return { exitCode: 1, stderr: "traceroute: invalid option -- 'N'\nBusyBox v1.35.0" };
    if (args.includes('--help'))
      return { exitCode: 0, stderr: 'BusyBox v1.35.0 (Debian) multi-call binary.' };
    const ttl = option(args, '-f');
    expect(option(args, '-m')).toBe(ttl);
    return { stdout: `traceroute to 81.2.2.2\n ${ttl}  ${ttl < 3 ? `10.0.0.${ttl}` : '81.2.2.2'}  0.1 ms\n` };
  };
  const inetutils: Program = (args) => {
    if (args.includes('-n')) return { exitCode: 64, stderr: "traceroute: invalid option -- 'n'" };
    if (args.includes('--help')) return { stdout: 'Usage: traceroute [OPTION...] HOST' };
    const ttl = option(args, '-f');
    expect(option(args, '-m')).toBe(1);
    const isEnd = ttl >= 3;
    return {
      exitCode: isEnd ? 0 : 1,
      stdout: `traceroute to x\n  1   ${isEnd ? '81.2.2.2' : `10.0.0.${ttl}`}  0.1ms \n`,
    };
  };

  it.each([
    ['busybox', busybox],
    ['GNU inetutils', inetutils],
  ])('asks %s for each hop by itself', async (_, traceroute) => {
    const { hops, reached, tool } = await facts(UDP, machine({ traceroute }).ports);
    expect(hopsOf(hops)).toEqual(['1 10.0.0.1', '2 10.0.0.2', '3 81.2.2.2']);
    expect([reached, tool]).toEqual([true, 'traceroute']);
    expect(await trace(TCP, machine({ traceroute }).ports, here())).toMatchObject({
      status: 'failed',
      reason: { code: 'unsupported' },
    });
  });

  const says = (stderr: string, exitCode = 1) => machine({ traceroute: () => ({ exitCode, stderr }) }).ports;
  it.each([
    [
      'no-privilege',
      says(
        'You do not have enough privileges to use this traceroute method.\nsocket: Operation not permitted',
      ),
    ],
    ['no-network', says('connect: Network is unreachable')],
    ['timed-out', says('', 124)],
    ['unsupported', says('Segmentation fault', 139)],
    ['malformed', says('', 0)],
    ['no-tool', machine({}).ports],
  ])('fails with %s', async (code, ports) => {
    expect(await trace(TCP, ports, here())).toMatchObject({ status: 'failed', reason: { code } });
  });

  it('needs no privilege where tracepath will do', async () => {
    const stdout = ' 1:  81.2.2.2   0.5ms reached\n';
    const { ports } = machine({
      traceroute: () => ({ exitCode: 1, stderr: 'traceroute: socket: Operation not permitted' }),
      tracepath: () => ({ stdout }),
    });
    expect(await facts(UDP, ports)).toMatchObject({ tool: 'tracepath', reached: true });
    expect(await trace(TCP, ports, here())).toMatchObject({ reason: { code: 'no-privilege' } });
  });

  it('is interrupted, and asks nothing on other systems', async () => {
    expect(await trace(TCP, says(''), here(AbortSignal.abort()))).toMatchObject({
      reason: { code: 'interrupted' },
    });
    const mac = fakePorts({ host: { platform: 'freebsd' } });
    expect(await trace(TCP, mac, here())).toMatchObject({ status: 'skipped' });
  });

  it('names itself by what it asks, and how to ask it by hand', async () => {
    const { ports } = machine({
      traceroute: debian(
        () => '2a02:3::2',
        () => true,
      ),
    });
    expect(await trace(TCP, ports, here())).toMatchObject({
      id: 'trace:here:tcp-2a02:3::2-443',
      how: 'sudo traceroute -n -q 1 -w 1 -N 32 -f 1 -m 16 -T -p 443 2a02:3::2',
    });
    expect(
      await trace({ address: '81.2.2.2', port: 27015, method: 'udp', maxHops: 4 }, ports, here()),
    ).toMatchObject({
      id: 'trace:here:udp-81.2.2.2-27015',
      how: 'traceroute -n -q 1 -w 1 -N 32 -f 1 -m 4 -U -p 27015 81.2.2.2',
    });
    expect(await trace({ ...UDP, method: 'icmp' }, ports, here())).toMatchObject({
      id: 'trace:here:icmp-81.2.2.2',
    });
  });
});

it('gives evidence whatever the tools print', async () => {
  const words = captured('trace/debian-2.1-prohibited.txt') + captured('trace/tracepath-20221126.txt');
  const fragment = fc.oneof(
    fc.string(),
    fc.constantFrom(...words.split(/(?<=\s)/u), '*', '!', '!<13>', '999', '\n'),
  );
  const text = fc.array(fragment, { maxLength: 40 }).map((parts) => parts.join(''));
  await fc.assert(
    fc.asyncProperty(text, text, fc.constantFrom(0, 1, 124), async (stdout, stderr, exitCode) => {
      const program = () => ({ stdout, stderr, exitCode });
      for (const question of [UDP, TCP]) {
        const item = await trace(
          question,
          machine({ traceroute: program, tracepath: program }).ports,
          here(),
        );
        expect(evidenceSchema.parse(item).probe).toBe('trace');
        if (item.probe !== 'trace' || item.status !== 'ok') continue;
        const { hops, reached } = item.facts;
        expect(hops.map(({ ttl }) => ttl)).toEqual(
          [...new Set(hops.map(({ ttl }) => ttl))].sort((a, b) => a - b),
        );
        expect(reached && hops.at(-1)?.address !== question.address).toBe(false);
      }
    }),
  );
});
