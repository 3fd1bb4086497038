import type { Reason } from '../model/evidence.ts';
import { plainText } from '../ports/plain-text.ts';
import type { NetworkInterfaceAddress, Ports } from '../ports/ports.ts';
import { IFCONFIG } from '../probes/macos/commands.ts';
import { HOSTS_FILE, HOSTS_FILE_WINDOWS } from '../probes/os-lookup.ts';
import { addressesOf } from '../probes/windows/network.ts';
import { parseWindowsReading } from '../probes/windows/parse.ts';
import { addressesFound, FOUND, httpAnswer, MAC_FOUND } from './answers.ts';
import {
  curl,
  firstWord,
  hostsLines,
  LINK_ADDRESSES,
  lookUp,
  macLookUp,
  SAYS,
  WINDOWS_READING,
  WINDOWS_SYSTEM,
} from './commands.ts';
import { fromIfconfig, fromJson, fromText } from './interfaces.ts';
import { commandKey, type Recorded, type Transcript } from './transcript.ts';

/** A world in which probes see what a machine printed, and nothing else. */
export interface RecordedPorts {
  readonly ports: Ports;
  /** Why what was asked for isn't there: a probe that asked in vain has seen only part of what it judges by. */
  readonly missing: readonly Reason[];
}

/** Thrown to a probe that asks for what nobody asked there. */
class NotAsked extends Error {}

type Whole = Exclude<Recorded, { kind: 'broken' }>;
type Find = (command: readonly string[]) => Whole;

const PLATFORMS: Readonly<Record<string, NodeJS.Platform>> = {
  Linux: 'linux',
  Darwin: 'darwin',
  [WINDOWS_SYSTEM]: 'win32',
};
/** Any that no probe knows. */
const OTHER_PLATFORM = 'aix';
/** Where probes look a second time: the scripts have these on their PATH. */
const FOLDERS = /^\/(?:(?:usr\/)?sbin|usr\/libexec\/ApplicationFirewall)\//u;
/** By which way packets leave. */
const WAY = /^(?:ip (?:-j -[46] )?route get|route -n get) /u;
const UNTOLD = { exitCode: 1, stdout: '', stderr: 'not asked for there' };
/** Characters of a release, and of a complaint. */
const TEXT_LENGTH = 100;
/** Files of a process, which may have ended before it was its turn. */
const PROCESS_FILE = /^\/proc\/\d{1,10}\/(?:cgroup|comm|cmdline)$/u;

/**
 * @param name the target's, where it is one: who else is in the hosts file isn't told
 * @param at when it was seen
 */
export function recordedPorts(transcript: Transcript, name: string, at: Date): RecordedPorts {
  const missing: Reason[] = [];
  const refuse = (reason: Reason): never => {
    missing.push(reason);
    throw new NotAsked(reason.detail);
  };
  const find: Find = (command) => {
    const key = commandKey(command);
    const recorded = transcript.commands.get(key);
    if (recorded === undefined) return refuse(notThere(key, transcript.complete));
    if (recorded.kind !== 'broken') return recorded;
    return refuse({ code: 'malformed', detail: `what ${shown(key)} printed there is not whole` });
  };
  const told = (command: readonly string[]): string => {
    const recorded = transcript.commands.get(commandKey(command));
    return recorded?.kind === 'ran' && recorded.exitCode === 0 ? recorded.stdout.trim() : '';
  };
  const unasked = async (what: string): Promise<never> => refuse(notThere(what, true));
  const byteOrder = told(SAYS.byteOrder);
  const user = told(SAYS.user);
  const ports: Ports = {
    net: {
      connect: () => unasked('a connection'),
      identify: () => unasked('a connection'),
      udp: () => unasked('a datagram'),
      http: async ({ url, family }) => httpAnswer(find(curl(url, family ?? null))),
    },
    dns: {
      resolvers: () => unasked('a DNS query'),
      ask: () => unasked('a DNS query'),
      nameServers: () => unasked('a DNS query'),
      caa: () => unasked('a DNS query'),
      lookup: async (asked) =>
        told(SAYS.system) === 'Darwin'
          ? addressesFound(find(macLookUp(asked)), MAC_FOUND, refuse)
          : addressesFound(find(lookUp(asked)), FOUND, refuse),
    },
    exec: {
      run: async (file, args) => {
        if (/^(?:powershell|pwsh)\.exe$/u.test(file)) return windowsLines(transcript, find);
        // The script looks where an ordinary user's PATH doesn't, as well.
        const command = [file.replace(FOLDERS, ''), ...args];
        const key = commandKey(command);
        // Of a host with many addresses, a script that came to its end has not asked for all: what these would tell is left open.
        if (transcript.complete && WAY.test(key) && !transcript.commands.has(key)) return UNTOLD;
        const recorded = find(command);
        return recorded.kind === 'not-found' ? null : recorded;
      },
      watch: () => unasked('a program that watches'),
    },
    files: {
      read: async (path) => {
        if (path === HOSTS_FILE || path === HOSTS_FILE_WINDOWS)
          return linesFound(path, find(hostsLines(name)));
        const command = path.endsWith('/cmdline') ? firstWord(path) : ['cat', path];
        const isAsked = transcript.commands.has(commandKey(command));
        // A script that came to its end has asked of every process that it saw.
        if (!isAsked && transcript.complete && PROCESS_FILE.test(path)) return null;
        const text = textOf(path, find(command));
        // The kernel's has a NUL after each word (proc(5)).
        return path.endsWith('/cmdline') ? (text?.replace(/\n$/u, '\0') ?? null) : text;
      },
      write: () => unasked('a file to write'),
      exists: async (path) => {
        const recorded = find(['test', '-e', path]);
        return recorded.kind === 'ran' && recorded.exitCode === 0;
      },
    },
    clock: {
      now: () => at,
      monotonic: () => 0,
      // What is recorded is there at once: nothing that is waited for comes later, but the caller's end.
      sleep: (_ms, signal) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
        }),
    },
    host: {
      get platform() {
        const said = find(SAYS.system);
        return (said.kind === 'ran' && PLATFORMS[said.stdout.trim()]) || OTHER_PLATFORM;
      },
      release: plainText(told(SAYS.release), TEXT_LENGTH) || null,
      isRoot: /^\d+$/u.test(user) ? user === '0' : null,
      get littleEndian() {
        return byteOrder === '1' || byteOrder === '256'
          ? byteOrder === '1'
          : refuse({ code: 'no-tool', detail: "od, which tells the machine's byte order" });
      },
      interfaces: () =>
        transcript.commands.has(commandKey(WINDOWS_READING))
          ? windowsInterfaces(transcript, find, refuse)
          : interfacesOf(find, refuse),
    },
  };
  return { ports, missing };
}

/**
 * What the one start of PowerShell printed. It is one line of JSON for each section, each of which tells by itself
 * whether it is whole: what came before a cut counts.
 */
function windowsLines(
  { commands }: Transcript,
  find: Find,
): { exitCode: number; stdout: string; stderr: string } {
  const recorded = commands.get(commandKey(WINDOWS_READING));
  if (recorded?.kind === 'broken') return { exitCode: 0, stdout: recorded.stdout, stderr: '' };
  const whole = find(WINDOWS_READING);
  return whole.kind === 'ran' ? whole : { exitCode: 127, stdout: '', stderr: '' };
}

function windowsInterfaces(
  transcript: Transcript,
  find: Find,
  refuse: (reason: Reason) => never,
): NetworkInterfaceAddress[] {
  const section = parseWindowsReading(windowsLines(transcript, find).stdout).section('addresses');
  return 'facts' in section ? addressesOf(section.facts) : refuse(section.reason);
}

const shown = (command: string): string => `\`${plainText(command, TEXT_LENGTH)}\``;

const notThere = (command: string, complete: boolean): Reason =>
  complete
    ? { code: 'unsupported', detail: `${shown(command)} was not asked for there` }
    : { code: 'malformed', detail: `the transcript is cut off before ${shown(command)}` };

const told = (find: Find, command: readonly string[]): string => {
  const recorded = find(command);
  return recorded.kind === 'ran' && recorded.exitCode === 0 ? recorded.stdout.trimEnd() : '';
};

/** By whichever of the commands told; without any of them, no address is known. */
function interfacesOf(find: Find, refuse: (reason: Reason) => never): NetworkInterfaceAddress[] {
  if (told(find, SAYS.system) === 'Darwin') {
    const fromMac = fromIfconfig(told(find, IFCONFIG));
    return fromMac ?? refuse({ code: 'unsupported', detail: 'ifconfig told no interface' });
  }
  const json = find(LINK_ADDRESSES.json);
  const fromOne = json.kind === 'ran' && json.exitCode === 0 ? fromJson(json.stdout) : null;
  if (fromOne !== null) return fromOne;
  const text = find(LINK_ADDRESSES.text);
  const fromOther = text.kind === 'ran' && text.exitCode === 0 ? fromText(text.stdout) : null;
  if (fromOther !== null) return fromOther;
  return refuse(
    text.kind === 'not-found'
      ? { code: 'no-tool', detail: 'ip (iproute2)' }
      : { code: 'unsupported', detail: plainText(text.stderr, TEXT_LENGTH) || 'ip told no address' },
  );
}

/** What `cat` says of a file that isn't there (errno(3): ENOENT, and ESRCH of a process that has ended). */
const NO_FILE = /No such (?:file|process)/u;

/** Null where there is no such file; throws where it may not be read. */
function textOf(path: string, recorded: Whole): string | null {
  if (recorded.kind === 'ran' && recorded.exitCode === 0) return recorded.stdout;
  if (recorded.kind === 'ran' && NO_FILE.test(recorded.stderr)) return null;
  throw Object.assign(new Error(`${path} can't be read there`), { code: 'EACCES' });
}

/** The same by `grep`, which exits with 1 where no line is like that. */
const linesFound = (path: string, recorded: Whole): string | null =>
  recorded.kind === 'ran' && recorded.exitCode === 1 ? '' : textOf(path, recorded);
