import type { Vantage } from '../model/evidence.ts';
import { shellQuoted } from '../model/shell.ts';
import { hostPort, type Target } from '../model/target.ts';
import { curl, hostsLines, lookUp, macLookUp } from './commands.ts';
import { familiesOf } from './families.ts';
import { framed, type Part, run } from './frame.ts';
import { LINUX } from './linux.ts';
import { MACOS } from './macos.ts';
import { windowsScript } from './windows.ts';

/** Systems that there is a script for. */
export const SCRIPT_SYSTEMS = ['linux', 'windows', 'macos'] as const;
export type ScriptSystem = (typeof SCRIPT_SYSTEMS)[number];

export interface Asked {
  /** Where the machine stands that runs it. */
  readonly vantage: Vantage;
  /** Services that may see this machine's address, to tell it; by URL. */
  readonly whoami: readonly string[];
}

/** A target as the script names it: the same when it is read again. */
const namedTarget = ({ protocol, host, port }: Target): string =>
  `${protocol === 'tls' ? 'https' : protocol}://${hostPort(host, port)}`;

/** A script for a machine without Node that shows what it knows of itself, to be read by people before they run it. */
export function lookScript(system: ScriptSystem, target: Target, { vantage, whoami }: Asked): string {
  const about = { target: namedTarget(target), vantage };
  // As a browser would send it: without line ends and other letters than those of ASCII.
  const services = whoami.map((url) => new URL(url).href);
  const above = remark(system, target, services);
  if (system === 'windows') return windowsScript(about, above, target, services);
  return framed(about, above, [...PARTS[system](target), ...publicAddress(services)]);
}

/** A script for whichever of the two a machine turns out to be. It is for reach4 to send, not for people to read. */
export function unixScript(target: Target, { vantage, whoami }: Asked): string {
  const either: Part[] = [
    { remark: 'A Mac, or anything else.', lines: ['if [ "$(uname -s)" = Darwin ]; then'] },
    ...PARTS.macos(target),
    { remark: 'Not a Mac.', lines: ['else'] },
    ...PARTS.linux(target),
    { remark: 'Both.', lines: ['fi'] },
  ];
  const services = whoami.map((url) => new URL(url).href);
  return framed({ target: namedTarget(target), vantage }, [], [...either, ...publicAddress(services)]);
}

const PARTS = {
  linux: (target: Target): Part[] => [...LINUX, ...name(target, lookUp)],
  macos: (target: Target): Part[] => [...MACOS, ...name(target, macLookUp)],
};

const AS_ROOT = [
  'As root it sees all of that. As another user it lacks the rules, and whose the programs of others are.',
  '',
  'Run it on the server:   sudo sh look.sh > seen.txt',
];
const HOW_TO_RUN: Readonly<Record<ScriptSystem, readonly string[]>> = {
  linux: AS_ROOT,
  macos: AS_ROOT,
  windows: [
    'Run it in a PowerShell that was opened as administrator: without, rules or programs may be missing.',
    '',
    'Run it on the server:   powershell -ExecutionPolicy Bypass -File look.ps1 > seen.txt',
  ],
};

function remark(system: ScriptSystem, target: Target, whoami: readonly string[]): string[] {
  const input = shellQuoted(target.input);
  const asks = [
    ...(target.hostKind === 'name' ? [`this machine's own resolver for ${target.host}`] : []),
    ...whoami.map((url) => `${url} for this machine's public address`),
  ];
  return [
    `What this machine knows of its own network, to find out why ${hostPort(target.host, target.port)} is not reached over IPv4.`,
    '',
    `This script changes nothing and writes no file. It asks ${asks.length === 0 ? 'nobody' : `nobody but ${asks.join(', and ')}`}.`,
    'It shows addresses and routes, which programs listen on which ports, and the rules of the firewall.',
    ...HOW_TO_RUN[system],
    `and where reach4 is:    reach4 diagnose ${input} --evidence seen.txt`,
    `To show it to others:   reach4 collect ${input} --transcript seen.txt --redact --out evidence.json`,
  ];
}

const name = ({ host, hostKind }: Target, ask: (name: string) => string[]): Part[] =>
  hostKind === 'name'
    ? [{ remark: 'What programs here get for the name.', lines: [run(ask(host)), run(hostsLines(host))] }]
    : [];

const publicAddress = (whoami: readonly string[]): Part[] =>
  whoami.length === 0
    ? []
    : [
        {
          remark: 'Its public address, as those see it who may.',
          lines: whoami.flatMap((url) => familiesOf(url).map((family) => run(curl(url, family)))),
        },
      ];
