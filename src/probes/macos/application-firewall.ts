import type { DecidingRule } from '../../model/facts/host.ts';
import { plainText } from '../../ports/plain-text.ts';

/**
 * One start tells all of it, and no root is needed to read it, on managed Macs neither (fleetdm/fleet#53594,
 * ParetoSecurity/pareto-mac#139). The property list that held it before macOS 15 is gone (Apple's release notes of 15).
 */
export const SOCKETFILTERFW_ARGS: readonly string[] = [
  '--getglobalstate',
  '--getblockall',
  '--getallowsigned',
  '--getstealthmode',
  '--listapps',
];

/** The application firewall's settings; null where it didn't say. */
export interface ApplicationFirewall {
  /** 0 off, 1 by program, 2 only what the system needs. */
  readonly state: 0 | 1 | 2;
  readonly blockAll: boolean | null;
  readonly allowsBuiltIn: boolean | null;
  readonly allowsSigned: boolean | null;
  readonly stealth: boolean | null;
  /** Null where the list is missing or not whole. */
  readonly apps: readonly App[] | null;
}

interface App {
  readonly path: string;
  readonly allows: boolean;
}

/** Its words changed over the years: both forms of each are known. They aren't localized. */
const STATE = /^Firewall is .{1,80} ?\(State = ([012])\)/mu;
const BLOCK_ALL = /^(?:Firewall has block all state set to|Block all) (enabled|disabled)/imu;
const BUILT_IN = /^Automatically allow (?:built-in )?signed (?:built-in )?software (enabled|disabled)/imu;
const SIGNED = /^Automatically allow downloaded signed software (enabled|disabled)/imu;
const STEALTH = /^(?:Firewall )?stealth mode (?:is )?(on|off|enabled|disabled)/imu;
const COUNT = /^(?:ALF: )?total number of apps = (\d{1,5})/imu;
const APP = /^\s*\d{1,5} ?: +(\S.*?)\s*$/u;
const RULE = /^\s*\(\s*(Allow|Block) incoming connections\s*\)\s*$/u;

/** Null where it doesn't say whether it is on. */
export function parseApplicationFirewall(text: string): ApplicationFirewall | null {
  const state = STATE.exec(text)?.[1];
  if (state === undefined) return null;
  return {
    state: state === '0' ? 0 : state === '1' ? 1 : 2,
    blockAll: isOn(BLOCK_ALL.exec(text)?.[1]),
    allowsBuiltIn: isOn(BUILT_IN.exec(text)?.[1]),
    allowsSigned: isOn(SIGNED.exec(text)?.[1]),
    stealth: isOn(STEALTH.exec(text)?.[1]),
    apps: appsIn(text),
  };
}

const isOn = (word: string | undefined): boolean | null =>
  word === undefined ? null : /^(?:on|enabled)$/iu.test(word);

function appsIn(text: string): readonly App[] | null {
  const count = COUNT.exec(text)?.[1];
  if (count === undefined) return null;
  const apps: App[] = [];
  let path: string | null = null;
  for (const line of text.split('\n')) {
    const rule = RULE.exec(line)?.[1];
    if (rule !== undefined && path !== null) {
      apps.push({ path, allows: rule === 'Allow' });
      path = null;
    } else path = APP.exec(line)?.[1] ?? path;
  }
  return apps.length === Number(count) ? apps : null;
}

/** What it does with connections to a program; it doesn't look at the family. */
export interface AppVerdict {
  readonly verdict: 'accept' | 'drop' | 'unknown';
  readonly by: DecidingRule | null;
  readonly unknownBecause: string | null;
}

/** A program that takes the connections; the path is null where it can't be told. */
export interface Program {
  readonly name: string;
  readonly pid: number | null;
  readonly path: string | null;
}

/** What "block all" lets in: DHCP, Bonjour, IPsec (Apple, "Change Firewall settings on Mac"). */
const ESSENTIAL: ReadonlySet<string> = new Set(['configd', 'mDNSResponder', 'racoon', 'nesessionmanager']);
/** On the sealed system volume, where everything is Apple's and signed. */
const BUILT_IN_PATH = /^\/(?:System|bin|sbin|usr\/(?:bin|sbin|libexec))\//u;

/** @param programs those that take connections at the port; empty where none was seen. */
export function decideByApp(firewall: ApplicationFirewall | null, programs: readonly Program[]): AppVerdict {
  if (firewall === null) return unknown('the application firewall was not read');
  const { state, blockAll } = firewall;
  if (state === 0) return { verdict: 'accept', by: null, unknownBecause: null };
  if (blockAll === null) return unknown('whether the application firewall blocks all');
  if (blockAll) {
    const isEssential = programs.some(({ name }) => ESSENTIAL.has(name));
    return isEssential
      ? unknown('a program of the system itself')
      : decided(false, 'Block all incoming connections');
  }
  if (state === 2) return unknown('the application firewall says two things of blocking all');
  if (programs.length === 0)
    return unknown('no program was seen at the port for the application firewall to judge');
  const each = programs.map((program) => judge(firewall, program));
  const [first] = each;
  const agree = each.every(({ verdict }) => verdict === first?.verdict);
  return first !== undefined && agree
    ? first
    : (each.find(({ verdict }) => verdict === 'unknown') ?? unknown('programs that share the port'));
}

function judge({ apps, allowsBuiltIn }: ApplicationFirewall, { name, pid, path }: Program): AppVerdict {
  // launchd opens the socket for another program, which is the one that is judged.
  if (name === 'launchd' || pid === 1) return unknown('the program that launchd opens the port for');
  if (apps === null) return unknown('the list of programs of the application firewall');
  if (path === null) return unknown(`where the program ${name} lies`);
  const rules = apps.filter((app) => isFor(app.path, path));
  const [rule] = rules;
  if (rule !== undefined) {
    if (rules.some(({ allows }) => allows !== rule.allows)) return unknown(`several rules for ${path}`);
    const word = rule.allows ? 'Allow' : 'Block';
    return decided(rule.allows, `${rule.path} (${word} incoming connections)`);
  }
  if (allowsBuiltIn === true && BUILT_IN_PATH.test(path)) {
    return decided(true, 'Automatically allow built-in signed software');
  }
  // Whether it is signed, and what was answered at the screen, isn't in any list.
  return unknown(`the application firewall has no rule for ${path}`);
}

/** The list names a program or the bundle that it lies in; names may be composed in either way, or escaped as in a URL. */
function isFor(listed: string, path: string): boolean {
  const program = path.normalize('NFC');
  return [listed, unescaped(listed)].some((each) => {
    const named = each.normalize('NFC').replace(/\/$/u, '');
    return program === named || program.startsWith(`${named}/Contents/`);
  });
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text.replace(/^file:\/\//u, ''));
  } catch {
    return text;
  }
}

/** What it stops gets no answer: the caller waits until the time is up. */
const decided = (allows: boolean, rule: string): AppVerdict => ({
  verdict: allows ? 'accept' : 'drop',
  by: {
    software: 'macos-application-firewall',
    table: '',
    chain: '',
    rule: plainText(rule, 300),
    position: null,
    handle: null,
    isPolicy: false,
  },
  unknownBecause: null,
});

const unknown = (why: string): AppVerdict => ({
  verdict: 'unknown',
  by: null,
  unknownBecause: plainText(why, 300),
});
