import { familyOf } from '../model/address.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Ports } from '../ports/ports.ts';
import { evidenceOf, type ProbeContext } from './context.ts';
import { macTool, macTraceroute, macTracerouteArgs } from './macos/trace.ts';
import {
  type Look,
  modernTraceroute,
  smallTraceroute,
  type Tool,
  tracepath,
  tracerouteArgs,
  type Way,
} from './trace/tool.ts';
import { tracert } from './trace/tracert.ts';
import { gapsOf, isReached, merged, type Range } from './trace/way.ts';

/** Hops asked for where the caller doesn't say: the way out of a home takes fewer than half of them. */
const MAX_HOPS = 16;

export interface TraceQuestion extends Way {
  readonly maxHops?: number;
}

/**
 * The way to an address, hop by hop: one packet to each distance, and one more a moment later where nobody answered.
 * Routers answer a peer only so often (Linux: six at once, then one a second): more at once would hide hops.
 * TCP needs privilege, ICMP too on Linux. At most three seconds; Windows has ICMP alone, and takes its time.
 */
export async function trace(
  { maxHops = MAX_HOPS, ...way }: TraceQuestion,
  ports: Ports,
  context: ProbeContext,
): Promise<Evidence> {
  const { address, port, method } = way;
  if (ports.host.platform === 'win32') return tracert(address, maxHops, ports, context);
  const subject = port === null ? `${method}-${address}` : `${method}-${address}-${port}`;
  const item = evidenceOf('trace', subject, context, ports.clock);
  const system = SYSTEMS[ports.host.platform];
  if (system === undefined) return item.skipped({ code: 'not-applicable' });
  const all = { first: 1, last: maxHops };
  const command = system.command(way, all);
  const how = method === 'udp' ? command : `sudo ${command}`;

  const found = await firstLook(system.tools(way, ports, context.signal), all);
  if (found === null) return item.failed({ code: 'no-tool', detail: 'traceroute' }, how);
  const { tool, look } = found;
  if ('reason' in look) return item.failed(look.reason, how);
  const gaps = tool.repeats ? gapsOf(look.hops) : [];
  const again = await Promise.all(gaps.map((range) => tool.look(range)));
  // A second look that fails takes nothing from the first.
  const more = again.flatMap((each) => (each !== null && 'hops' in each ? each.hops : []));
  const hops = merged(look.hops, more, gaps);
  return item.ok(
    {
      family: familyOf(address),
      address,
      port: method === 'icmp' ? null : port,
      method,
      tool: tool.name,
      hops,
      reached: isReached(hops, address),
    },
    tool.name !== 'tracepath' ? how : `${tool.name} -n -m ${maxHops} ${address}`,
  );
}

/** The programs of each system, best first, and the command that shows the same. */
const SYSTEMS: Readonly<
  Partial<
    Record<
      NodeJS.Platform,
      {
        readonly tools: (way: Way, ports: Ports, signal: AbortSignal) => readonly Tool[];
        readonly command: (way: Way, range: Range) => string;
      }
    >
  >
> = {
  linux: {
    tools: (way, { exec }, signal) =>
      [modernTraceroute, smallTraceroute, tracepath].map((make) => make(way, exec, signal)),
    command: (way, range) => ['traceroute', ...tracerouteArgs(way, range)].join(' '),
  },
  darwin: {
    tools: (way, ports, signal) => [macTool(way, ports, signal)],
    command: (way, range) => [macTraceroute(way.address), ...macTracerouteArgs(way, range)].join(' '),
  },
};

/** What the first program that is there, and is able to, sees. */
async function firstLook(tools: readonly Tool[], range: Range): Promise<{ tool: Tool; look: Look } | null> {
  let failed: { tool: Tool; look: Look } | null = null;
  for (const tool of tools) {
    const look = await tool.look(range);
    if (look === null) continue;
    if ('hops' in look) return { tool, look };
    failed ??= { tool, look };
    const { code } = look.reason;
    if (code !== 'unsupported' && code !== 'no-privilege') break;
  }
  return failed;
}
