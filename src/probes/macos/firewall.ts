import type { Family } from '../../model/address.ts';
import type { Evidence, Reason } from '../../model/evidence.ts';
import type { FirewallDecision } from '../../model/facts/host.ts';
import type { Ports } from '../../ports/ports.ts';
import { evidenceOf, type ProbeContext } from '../context.ts';
import { destinationsOf, type Network } from '../firewall/own.ts';
import type { Anyone } from '../firewall/segment.ts';
import { someNeighbour, someoneOnTheInternet } from '../firewall/strangers.ts';
import {
  type ApplicationFirewall,
  type AppVerdict,
  decideByApp,
  type Program,
  parseApplicationFirewall,
  SOCKETFILTERFW_ARGS,
} from './application-firewall.ts';
import { macNetwork } from './network.ts';
import { decideByPf, type PfDecision } from './pf/decide.ts';
import { type PfReading, readPf } from './pf/read.ts';
import { type MacSockets, macSockets } from './sockets.ts';
import { run, wholeText, whyNot } from './tool.ts';

const HOW =
  'sudo pfctl -s info; sudo pfctl -s rules; sudo pfctl -v -s Anchors; ' +
  `/usr/libexec/ApplicationFirewall/socketfilterfw ${SOCKETFILTERFW_ARGS.join(' ')}`;

export interface MacFirewallQuestion {
  readonly port: number;
  readonly protocol?: 'tcp' | 'udp';
}

/**
 * A Mac's two firewalls: pf, which judges packets, and the application firewall, which judges programs and doesn't look
 * at the family. Both have to accept. Reading pf takes root; without it, only what the application firewall blocks is
 * known, and else it fails with `no-privilege`.
 */
export async function macFirewall(
  { port, protocol = 'tcp' }: MacFirewallQuestion,
  ports: Ports,
  context: ProbeContext,
): Promise<Evidence> {
  const item = evidenceOf('firewall', `${port}`, context, ports.clock);
  const [pf, settings, sockets, network] = await Promise.all([
    readPf(ports, context),
    run(ports, context, 'socketfilterfw', ...SOCKETFILTERFW_ARGS),
    macSockets(ports, context),
    macNetwork(ports, context),
  ]);
  if (context.signal.aborted) return item.failed({ code: 'interrupted' }, HOW);
  const app = parseApplicationFirewall(wholeText(settings) ?? '');
  if ('reason' in pf && app === null) {
    const why = pf.reason.code === 'no-tool' ? whyNot(settings, 'socketfilterfw') : pf.reason;
    return item.failed(why, HOW);
  }
  const judge = { pf, app, sockets, network, port, protocol, ports };
  const decisions = (['ipv4', 'ipv6'] as const).flatMap((family) => decide(family, judge));
  // What the application firewall stops is stopped, whatever pf's rules are.
  if ('reason' in pf && decisions.every(({ verdict }) => verdict === 'unknown')) {
    return item.failed(pf.reason, HOW);
  }
  const [own] = [...destinationsOf(network, 'ipv4'), ...destinationsOf(network, 'ipv6')];
  return item.ok({ software: softwareIn(pf, app), interface: own?.interface ?? null, decisions }, HOW);
}

function softwareIn(
  pf: PfReading,
  app: ApplicationFirewall | null,
): { name: 'pf' | 'macos-application-firewall'; active: boolean }[] {
  return [
    ...('reason' in pf ? [] : [{ name: 'pf' as const, active: pf.state === 'on' }]),
    ...(app === null ? [] : [{ name: 'macos-application-firewall' as const, active: app.state !== 0 }]),
  ];
}

interface Judge {
  readonly pf: PfReading;
  readonly app: ApplicationFirewall | null;
  readonly sockets: MacSockets | null;
  readonly network: Network;
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  readonly ports: Ports;
}

/** For each of at most two own addresses, and each source. */
function decide(family: Family, the: Judge): FirewallDecision[] {
  return destinationsOf(the.network, family).flatMap((own) => {
    const neighbour = someNeighbour(own.address, own.prefixLength);
    const asked: (readonly [FirewallDecision['source'], Anyone])[] = [
      ['internet', someoneOnTheInternet[family]],
      ...(neighbour === null ? [] : [['lan', neighbour] as const]),
    ];
    return asked.map(([source, who]) => {
      const at = { family, source, destination: own.address, port: the.port };
      const byPf = packetVerdict(the, { ...at, interface: own.interface, who });
      const byApp = programVerdict(the, byPf, family, own.address);
      return { ...at, ...together(byPf, byApp) };
    });
  });
}

type Rest = Omit<FirewallDecision, 'family' | 'source' | 'destination' | 'port'>;

/** The first that certainly stops it decides; then what isn't known; both have to accept. */
function together(byPf: PfDecision, byApp: AppVerdict): Rest {
  const app: Rest = { ...byApp, path: 'input', translatedTo: byPf.translatedTo };
  if (byPf.verdict === 'drop' || byPf.verdict === 'reject') return byPf;
  if (byApp.verdict === 'drop') return app;
  if (byPf.verdict === 'unknown') return byPf;
  if (byApp.verdict === 'unknown') return app;
  return byPf.by === null ? app : byPf;
}

function packetVerdict(
  { pf, ports, protocol }: Judge,
  question: Pick<FirewallDecision, 'family' | 'destination' | 'port'> & { interface: string; who: Anyone },
): PfDecision {
  const nothing = { path: 'input', by: null, translatedTo: null } as const;
  if ('reason' in pf) return { ...nothing, verdict: 'unknown', unknownBecause: `pf: ${whyText(pf.reason)}` };
  if (pf.state === 'off') return { ...nothing, verdict: 'accept', unknownBecause: null };
  return decideByPf({ ...question, protocol }, pf.pf, ports.host.interfaces());
}

const whyText = ({ code, detail }: Reason): string => (detail === undefined ? code : `${code} (${detail})`);

/** What pf translates to another host never comes to a program here; to a program here, it has to be one that listens. */
function programVerdict(the: Judge, byPf: PfDecision, family: Family, destination: string): AppVerdict {
  const { translatedTo } = byPf;
  const at = translatedTo ?? { address: destination, port: the.port };
  const isHere = the.ports.host.interfaces().some(({ address }) => address === at.address);
  if (translatedTo !== null && !isHere) return unknown(`the way to ${at.address}, where pf sends it`);
  const programs = programsAt(the, family, at.address, at.port);
  if (translatedTo !== null && programs.length === 0) {
    return unknown(`no program was seen at ${at.address} port ${at.port}, where pf sends it`);
  }
  return decideByApp(the.app, programs);
}

const unknown = (why: string): AppVerdict => ({ verdict: 'unknown', by: null, unknownBecause: why });

/** The programs that take a packet of the family for the address. */
function programsAt({ sockets, protocol }: Judge, family: Family, address: string, port: number): Program[] {
  const fitting = (sockets?.sockets ?? []).filter(
    (socket) =>
      socket.protocol === protocol &&
      socket.port === port &&
      (socket.address === null || socket.address === address) &&
      (socket.family === family || (family === 'ipv4' && socket.v6only === false)),
  );
  return fitting.map(({ program }) => ({
    name: program?.name ?? 'that has the port',
    pid: program?.pid ?? null,
    path: sockets?.paths.get(program?.pid ?? 0) ?? null,
  }));
}
