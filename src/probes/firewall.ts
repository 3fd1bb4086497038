import type { Evidence } from '../model/evidence.ts';
import type { Ports } from '../ports/ports.ts';
import { evidenceOf, type ProbeContext } from './context.ts';
import { type Output, readAll, routeTo } from './firewall/commands.ts';
import { decide } from './firewall/decide.ts';
import { destinationsOf, networkOf } from './firewall/own.ts';
import { rulesOf } from './firewall/read.ts';
import { softwareIn } from './firewall/software.ts';
import { windowsFirewall } from './firewall/windows.ts';
import { macFirewall } from './macos/firewall.ts';

const HOW = 'nft -a list ruleset; iptables-save; ip6tables-save; iptables-legacy-save; ip6tables-legacy-save';

/**
 * The host's firewall: what it does with the first packet of a connection to a port of this machine, or with the first datagram to it, for each
 * family and source, and which rule decides. Nothing is sent and nothing is changed.
 *
 * What can't be evaluated is `unknown`. It fails with `no-privilege`, `no-tool`, `unsupported` (nft without JSON),
 * `malformed`, `timed-out` or `too-large`; on systems that it doesn't know it is skipped.
 */
export async function firewall(
  asked: { readonly port: number; readonly protocol: 'tcp' | 'udp' },
  ports: Ports,
  context: ProbeContext,
): Promise<Evidence> {
  if (ports.host.platform === 'win32') return windowsFirewall(asked, ports, context);
  if (ports.host.platform === 'darwin') return macFirewall(asked, ports, context);
  const item = evidenceOf('firewall', `${asked.port}`, context, ports.clock);
  if (ports.host.platform !== 'linux') return item.skipped({ code: 'not-applicable' });
  const outputs = await readAll(ports, context);
  if (context.signal.aborted) return item.failed({ code: 'interrupted' }, HOW);
  const reading = rulesOf(outputs);
  if ('reason' in reading) return item.failed(reading.reason, HOW);
  const { tables, unread, installed } = reading.rules;
  const network = networkOf(
    textOf(outputs.addresses),
    { ipv4: textOf(outputs.defaults.ipv4), ipv6: textOf(outputs.defaults.ipv6) },
    ports.host.interfaces(),
  );
  const around = { tables, network, unread, forwards: outputs.forwarding };
  const first = decide(asked, { ...around, routes: new Map() });
  // Only what a port is forwarded to outside this machine's own networks needs a look at the routes.
  const beyond = first.flatMap(({ path, translatedTo }) =>
    path === 'forward' && translatedTo !== null ? [translatedTo.address] : [],
  );
  const routes = new Map<string, string>();
  for (const address of new Set(beyond)) {
    const leavesBy = await routeTo(address, ports, context);
    if (leavesBy !== null) routes.set(address, leavesBy);
  }
  const decisions = beyond.length === 0 ? first : decide(asked, { ...around, routes });
  const [own] = [...destinationsOf(network, 'ipv4'), ...destinationsOf(network, 'ipv6')];
  return item.ok(
    { software: softwareIn(tables, installed), interface: own?.interface ?? null, decisions },
    HOW,
  );
}

const textOf = (output: Output): string | null => (output?.exitCode === 0 ? output.stdout : null);
