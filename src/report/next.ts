import type { CauseCode } from '../model/cause-code.ts';
import type { Diagnosis, Next } from '../model/diagnosis.ts';
import { seen } from '../model/evidence.ts';
import type { System } from '../model/facts/host.ts';
import { type Shell, shellOf } from '../model/shell.ts';
import { gatewaysIn } from '../model/view/home.ts';
import { systemHere, systemOf } from '../model/view/system.ts';
import { CAUSE_NAMES } from './causes.ts';
import { commandLines } from './command.ts';
import { isDown } from './known.ts';
import { block, type Page } from './page.ts';
import { all } from './prose/words.ts';

const RUN_ON: Readonly<Record<Next['runOn'], string>> = {
  server: 'on the server',
  lan: 'on another machine in the home network',
  outside: 'on a machine elsewhere on the internet',
  anywhere: 'on any machine',
};

/** What a step's sentence needs to know. */
interface Around {
  readonly port: number;
  /** How the router's page is found. */
  readonly routerPage: string;
  /** The server's. */
  readonly system: System;
}

const LINUX_ROOT = 'Root sees the firewall, the packets that arrive and who listens. Run';
/** What more rights show, and where they are had. */
const ROOT_SEES: Readonly<Record<System, string>> = {
  linux: LINUX_ROOT,
  other: LINUX_ROOT,
  macos: 'Root sees the packet filter and who listens. Run',
  windows:
    'An administrator sees all of the firewall and who listens. In PowerShell that was started by "Run as administrator", run',
};

const LINUX_TOOLS =
  "Install what reads the firewall's rules (nft and iptables, most often in the packages nftables and iptables), and run";
/** What a system brings along needs no package, and is not found where PATH has been changed. */
const INSTALL: Readonly<Record<System, string>> = {
  linux: LINUX_TOOLS,
  other: LINUX_TOOLS,
  macos:
    "What reads the firewall's rules comes with macOS (/sbin/pfctl, /usr/libexec/ApplicationFirewall/socketfilterfw) and was not found. Run",
  windows:
    'Windows PowerShell reads the firewall\'s rules, and was not found. In PowerShell that was started by "Run as administrator", run',
};

const LOOK =
  "A look from outside tells. On any machine elsewhere, such as a rented server, start `reach4 agent` and do what it says. Put that machine's address for AGENT, and run";

/** What to do before the command, the cheapest first: the order in which they are shown. */
const DO: Readonly<Record<Next['code'], string | ((around: Around, command: string) => string)>> = {
  'run-on-server': 'A look at the server itself tells; `reach4 collect --ssh` asks one that has no Node. Run',
  'run-as-root': ({ system }) => ROOT_SEES[system],
  'install-tool': ({ system }) => INSTALL[system],
  'say-where-this-runs': 'Where this runs could not be told. Say it, and run',
  'allow-public-services': "A public service can tell this line's public address. Allow it, and run",
  repeat: 'A second look tells. Run',
  'look-from-outside': (_, command) =>
    command.includes('//AGENT:')
      ? LOOK
      : 'A look from outside tells, and the agent that was asked could not look. When it can, run',
  'read-wan-address': ({ routerPage }) =>
    `Open ${routerPage}, and find the IPv4 address of its internet connection (on the page Status, Internet or WAN). Put it for ADDRESS, or none where it shows none, and run`,
  'give-ipv4': ({ routerPage }) =>
    `Open ${routerPage}, and find the public IPv4 address of its internet connection (on the page Status, Internet or WAN). Put it for ADDRESS, and run`,
  'read-forward': ({ port, routerPage }) =>
    `Open ${routerPage}, and look for port ${port} under Port forwarding (others call it Virtual server, NAT or Port sharing). Put the address and the port that it leads to for HOST:PORT; where there is no such entry, put none for ${port}:HOST:PORT. Then run`,
  'read-router-firewall': ({ port, routerPage }) =>
    `Open ${routerPage}, and look under Firewall, Filter or Security for a rule that blocks port ${port}. Where there is one, put blocks for open. Then run`,
  'read-box-in-front': ({ port }) =>
    `See whether another box of yours, such as the provider's, stands between your router and the line. If none does, put none for STATE. If one does, look on its page under Port forwarding for port ${port} to your router: put blocks where there is no such entry, and else the IPv4 address that the page shows for its internet connection. Then run`,
  'probe-mapping': 'A port forward that is opened for at most 60 s, and taken away again, tells. Run',
  'try-from-lan': 'A look from inside tells. Run',
  'ask-authority': "The zone's own servers tell. Run",
  'fix-first': 'What lies behind shows only when the causes above are put right. Then run',
  'wait-for-caches': 'Ask again when the old copies have run out. Then run',
};
const CHEAPEST_FIRST = Object.keys(DO);

/** What to read on the router's page, where the step's own sentence doesn't say it. */
const READ: Readonly<Record<Exclude<Next['read'], null>, Next['code']>> = {
  'wan-address': 'read-wan-address',
  forward: 'read-forward',
  firewall: 'read-router-firewall',
  'box-in-front': 'read-box-in-front',
};

/** More steps at once confuse; the next run names what is left. */
const MAX_STEPS = 3;

/** The observations that would decide what is open, each command once with what it decides; empty where none is known. */
export function whatWouldTell(diagnosis: Diagnosis, page: Page): string {
  const { verdicts, conditions, reachable, target } = diagnosis;
  // Whatever else is wrong shows when the service runs.
  if (isDown(diagnosis)) return '';
  const steps = new Map<string, { next: Next; decides: Set<CauseCode> }>();
  const add = (next: Next | null, cause: CauseCode | null): void => {
    if (next === null) return;
    const key = `${next.runOn} ${next.command}`;
    const step = steps.get(key) ?? { next, decides: new Set<CauseCode>() };
    if (cause !== null) step.decides.add(cause);
    steps.set(key, step);
  };
  for (const { next, cause, verdict } of verdicts) {
    // Nobody needs to know whether it works from inside while it doesn't from outside.
    if (cause !== 'hairpin' || verdict !== 'unknown' || reachable.ipv4 === 'yes') add(next, cause);
  }
  for (const { next } of conditions) add(next, null);
  if (steps.size === 0) return '';
  const sorted = [...steps.values()].sort(
    (one, other) =>
      CHEAPEST_FIRST.indexOf(one.next.code) - CHEAPEST_FIRST.indexOf(other.next.code) ||
      other.decides.size - one.decides.size,
  );
  const around = { port: target.port, routerPage: routerPage(diagnosis), system: systemOf(diagnosis) };
  const here = shellOf(systemHere(diagnosis));
  return [
    'What would tell',
    ...sorted.slice(0, MAX_STEPS).map(({ next, decides }) => step(next, [...decides], around, here, page)),
  ].join('\n');
}

/** Most routers show their page at the address that they have in the home network. */
function routerPage({ evidence }: Diagnosis): string {
  const [gateway] = gatewaysIn(seen(evidence, 'routes').filter(({ vantage }) => vantage !== 'outside'));
  return gateway === undefined ? "your router's page" : `your router's page (http://${gateway})`;
}

/** @param here the shell of whoever reads this */
function step(next: Next, decides: readonly CauseCode[], around: Around, here: Shell, page: Page): string {
  const shell = next.runOn === 'server' ? shellOf(around.system) : here;
  const what = DO[next.read === null ? next.code : READ[next.read]];
  const told = typeof what === 'string' ? what : what(around, next.command);
  return [
    ...(decides.length === 0
      ? []
      : [block(page, `about ${all(decides.map((cause) => CAUSE_NAMES[cause]))}:`, 2, 4)]),
    block(page, `${told} ${RUN_ON[next.runOn]}:`, 4, 4),
    ...commandLines(page, next.command, 6, shell),
  ].join('\n');
}
