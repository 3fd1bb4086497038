import { familyOf } from '../../model/address.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Look, Tool, Way } from '../trace/tool.ts';
import { type Hop, parseTraceroute } from '../trace/traceroute.ts';
import type { Range } from '../trace/way.ts';
import { type Output, whyNot } from './tool.ts';

/** s, for one hop. */
const WAIT = 1;
/** ms for one hop's process. */
const TIMEOUT = WAIT * 1000 + 900;

const METHOD = {
  ipv4: { udp: [], icmp: ['-I'], tcp: ['-P', 'tcp'] },
  ipv6: { udp: [], icmp: ['-I'], tcp: ['-T'] },
} as const;

/**
 * Apple's traceroute and traceroute6 ask one hop after another: each hop gets a process of its own. `-e` keeps the port
 * from rising with each packet.
 */
export function macTracerouteArgs({ address, port, method }: Way, { first, last }: Range): string[] {
  const isTo = port !== null && method !== 'icmp';
  return [
    ...['-n', '-q', '1', '-w', String(WAIT), '-f', String(first), '-m', String(last)],
    ...METHOD[familyOf(address)][method],
    ...(isTo ? ['-e', '-p', String(port)] : []),
    address,
  ];
}

export const macTraceroute = (address: string): string =>
  familyOf(address) === 'ipv4' ? 'traceroute' : 'traceroute6';

export function macTool(way: Way, { exec, host }: Ports, signal: AbortSignal): Tool {
  const name = macTraceroute(way.address);
  const run = async (range: Range): Promise<Output> => {
    const args = macTracerouteArgs(way, range);
    const options = { timeoutMs: TIMEOUT, signal };
    return (await exec.run(name, args, options)) ?? (await exec.run(`/usr/sbin/${name}`, args, options));
  };
  return {
    name,
    repeats: true,
    async look({ first, last }) {
      // It gives up root before it opens the interface that it sees the end's answer at (create_pcap_on_interface()).
      if (way.method === 'tcp' && host.isRoot !== true) {
        return { reason: { code: 'no-privilege', detail: `${name} over TCP` } };
      }
      const looks = await Promise.all(
        Array.from({ length: last - first + 1 }, async (_, index): Promise<Look | null> => {
          const ttl = first + index;
          const output = await run({ first: ttl, last: ttl });
          if (output === null) return null;
          const whole = output.exitCode === 0 && output.stdout.endsWith('\n');
          const [hop] = (whole ? parseTraceroute(output.stdout, way.address) : null) ?? [];
          return hop === undefined ? { reason: reasonOf(output, signal, name) } : { hops: [{ ...hop, ttl }] };
        }),
      );
      if (looks.includes(null)) return null;
      const failed = looks.find((look) => look !== null && 'reason' in look);
      if (failed != null) return failed;
      return {
        hops: upToEnd(
          looks.flatMap((look) => (look !== null && 'hops' in look ? look.hops : [])),
          way,
        ),
      };
    },
  };
}

function reasonOf(output: Output, signal: AbortSignal, name: string) {
  if (signal.aborted) return { code: 'interrupted' as const };
  if (/No route to host|Network is unreachable|Can't assign requested address/u.test(output?.stderr ?? '')) {
    return { code: 'no-network' as const, detail: name };
  }
  return whyNot(output, name);
}

/** Each hop is asked for by itself: behind the end of the way, the same comes again. */
function upToEnd(hops: readonly Hop[], { address }: Way): Hop[] {
  const end = hops.findIndex((hop) => hop.address === address || hop.note !== null);
  return end === -1 ? [...hops] : hops.slice(0, end + 1);
}
