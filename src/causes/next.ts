import { fromAuthority } from '../model/by-hand/dns.ts';
import type { Next } from '../model/diagnosis.ts';
import { powershellQuoted, shellOf, shellQuoted } from '../model/shell.ts';
import { hostPort } from '../model/target.ts';
import type { Case } from '../model/view/case.ts';
import { reachSeen } from '../model/view/reach-seen.ts';
import { systemHere, systemOf } from '../model/view/system.ts';

function again(the: Case): string {
  const { target, flags = '', redacted } = the;
  if (redacted === true) return 'reach4 diagnose TARGET';
  // macOS's own shell takes the brackets of an IPv6 address for a pattern.
  const quoted = shellOf(systemOf(the)) === 'powershell' ? powershellQuoted : shellQuoted;
  return `reach4 diagnose ${quoted(target.input)}${flags}`;
}

/** That it ran elsewhere before: true on the server no more. */
const ELSEWHERE = / --from (?:lan|outside)\b/u;
/** Where it ran before, and where it is to run. */
const TOLD_TWICE = / --from \w+(?=.* --from )/u;

const next = (
  code: Next['code'],
  command: string,
  runOn: Next['runOn'],
  read: Next['read'] = null,
): Next => ({
  code,
  command: command.replace(runOn === 'server' ? ELSEWHERE : TOLD_TWICE, ''),
  runOn,
  read,
});

/** That nobody was to look: not so any more. */
const NOBODY = / --outside none\b/u;

/** Asks an agent elsewhere to look: settles what no test from inside can. One that could not look is asked again. */
export const lookFromOutside = (the: Case): Next => {
  // A place that sends no datagrams won't be able to look another time either.
  const isUnable = the.evidence.some(
    (item) =>
      item.probe === 'udp-reach' &&
      item.vantage === 'outside' &&
      item.status === 'skipped' &&
      item.reason.code === 'unsupported',
  );
  const inVain =
    !isUnable &&
    the.flags?.replace(NOBODY, '').includes(' --outside ') === true &&
    !reachSeen(the.evidence).some(({ vantage }) => vantage === 'outside');
  const agent = inVain ? '' : ` --outside http://${hostPort('AGENT', 4460)}`;
  return next('look-from-outside', `${again(the).replace(NOBODY, '')}${agent}`, 'server');
};

/** Lets a public service tell the line's address. */
export const allowPublicServices = (the: Case): Next =>
  next('allow-public-services', `${again(the)} --public-services`, 'server');

export const giveIpv4 = (the: Case): Next => next('give-ipv4', `${again(the)} --ipv4 ADDRESS`, 'server');

export const sayWhereThisRuns = (the: Case): Next =>
  next('say-where-this-runs', `${again(the)} --from server`, 'server');

/** Follows the delegation from the root, past every cache. */
export const askAuthority = (the: Case, name: string): Next =>
  next('ask-authority', fromAuthority(systemHere(the), name), 'anywhere');

export const repeatLater = (the: Case): Next => next('repeat', again(the), 'anywhere');

export const waitForCaches = (the: Case): Next => next('wait-for-caches', again(the), 'anywhere');

/** Most layers can be seen from the server only. */
export const runOnServer = (the: Case): Next => next('run-on-server', again(the), 'server');

/** Windows gives its rights to a window, not to a command: there the words around it say so. */
const sudo = (the: Case): string => (systemOf(the) === 'windows' ? '' : 'sudo ');

/** Rules of the firewall and what arrives are shown to root only. */
export const runAsRoot = (the: Case): Next => next('run-as-root', `${sudo(the)}${again(the)}`, 'server');

/** What reads the rules is in a package of its own, which not every system has. */
export const installTool = (the: Case): Next => next('install-tool', `${sudo(the)}${again(the)}`, 'server');

export const readWanAddress = (the: Case): Next =>
  next('read-wan-address', `${again(the)} --wan-ipv4 ADDRESS`, 'server', 'wan-address');

export const readForward = (the: Case): Next =>
  next('read-forward', `${again(the)} --forward ${the.target.port}:HOST:PORT`, 'server', 'forward');

export const readRouterFirewall = (the: Case): Next =>
  next('read-router-firewall', `${again(the)} --router-firewall open`, 'server', 'firewall');

/** Only a person sees whether the box in front of the router passes the port on: most don't list what was set by hand. */
export const readBoxInFront = (the: Case): Next =>
  next('read-box-in-front', `${again(the)} --box-in-front STATE`, 'server', 'box-in-front');

/** What is fixed first makes the rest visible. */
export const fixFirst = (the: Case): Next => next('fix-first', again(the), 'server');

export const tryFromLan = (the: Case): Next => next('try-from-lan', `${again(the)} --from lan`, 'lan');
