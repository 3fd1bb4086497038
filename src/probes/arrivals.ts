import type { Evidence, Reason } from '../model/evidence.ts';
import { shellQuoted } from '../model/shell.ts';
import { plainText } from '../ports/plain-text.ts';
import type { Ports, Watcher } from '../ports/ports.ts';
import { summed } from './arrivals/summary.ts';
import { droppedPackets, parsePacket, tcpdumpArgs } from './arrivals/tcpdump.ts';
import { evidenceOf, type ProbeContext } from './context.ts';
import { watchedInterface } from './macos/watched-interface.ts';

/** ms until the capture must be set up; it takes a tenth of a second. */
const READY_TIMEOUT = 3_500;
/**
 * ms; how long a packet may still be under way after the outside look has ended. What the agent tells left after its
 * packets and comes the same distance: only the difference between two ways counts.
 */
const LATE_PACKETS = 100;
/** Bytes of output; a packet takes about 120, and a look from outside sends some dozen. */
const MAX_OUTPUT = 4 * 1024 * 1024;
/** Characters kept of a complaint. */
const DETAIL_LENGTH = 120;

/** On which interface each system watches; null where it can't. */
const INTERFACE: Readonly<Partial<Record<NodeJS.Platform, (ports: Ports) => string | null>>> = {
  linux: () => 'any',
  darwin: watchedInterface,
};

/**
 * Watches which connection requests come to this machine, at any port, or which datagrams come to one, and what it
 * sends back, until it is stopped. It watches once this resolves. Needs root; on a Mac it watches one interface; changes nothing, a firewall sees each
 * packet after it.
 */
export async function watchArrivals(
  { port, protocol }: { readonly port: number; readonly protocol: 'tcp' | 'udp' },
  ports: Ports,
  context: ProbeContext,
): Promise<{ stop(): Promise<Evidence> }> {
  const { clock, exec, host } = ports;
  const item = evidenceOf('arrivals', String(port), context, clock);
  const nameOf = INTERFACE[host.platform];
  if (nameOf === undefined) return { stop: async () => item.skipped({ code: 'not-applicable' }) };
  const name = nameOf(ports);
  if (name === null) {
    const detail = 'several interfaces to watch, or none';
    return { stop: async () => item.skipped({ code: 'unsupported', detail }) };
  }
  const args = tcpdumpArgs(name, { port, protocol });
  const how = `sudo tcpdump ${args.map(shellQuoted).join(' ')}`;
  const watcher = await exec.watch('tcpdump', args, {
    ready: /listening on /u,
    readyMs: READY_TIMEOUT,
    maxBytes: MAX_OUTPUT,
    signal: context.signal,
  });
  if (watcher === null) return { stop: async () => item.skipped({ code: 'no-tool', detail: 'tcpdump' }) };
  if (!watcher.isReady) {
    const reason = await whyNotReady(watcher, context.signal);
    return { stop: async () => item.failed(reason, how) };
  }
  const since = clock.monotonic();
  const stop = async (): Promise<Evidence> => {
    await clock.sleep(LATE_PACKETS, context.signal).catch(() => {});
    const watchedMs = Math.max(0, clock.monotonic() - since);
    const { exitCode, stdout, stderr } = await watcher.stop();
    // What was missed can't be told from what never came.
    const dropped = droppedPackets(stderr);
    if (context.signal.aborted) return item.failed({ code: 'interrupted' }, how);
    if (exitCode === 125) return item.failed({ code: 'too-large', detail: 'too many packets' }, how);
    if (exitCode !== 0) return item.failed(unsupported(exitCode, stderr), how);
    if (dropped > 0)
      return item.failed({ code: 'too-large', detail: `${dropped} packets dropped by kernel` }, how);
    const packets = stdout.split('\n').flatMap((line) => parsePacket(line, protocol) ?? []);
    return item.ok({ tool: 'tcpdump', port, watchedMs, ...summed(packets, port, host.interfaces()) }, how);
  };
  let stopped: Promise<Evidence> | undefined;
  return {
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}

async function whyNotReady(watcher: Watcher, signal: AbortSignal): Promise<Reason> {
  const { exitCode, stderr } = await watcher.stop();
  if (signal.aborted) return { code: 'interrupted' };
  if (/permission|not permitted|Couldn't change/iu.test(stderr)) {
    return { code: 'no-privilege', detail: plainText(stderr, DETAIL_LENGTH) };
  }
  return unsupported(exitCode, stderr);
}

const unsupported = (exitCode: number, stderr: string): Reason => ({
  code: 'unsupported',
  detail: plainText(stderr, DETAIL_LENGTH) || `tcpdump ended with ${exitCode}`,
});
