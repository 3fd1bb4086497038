import type { Diagnosis } from '../model/diagnosis.ts';
import { type Evidence, isHere, type ProbeCode, type Reason, seen } from '../model/evidence.ts';
import type { System } from '../model/facts/host.ts';
import { shellOf } from '../model/shell.ts';
import { systemOf } from '../model/view/system.ts';
import { commandLines, diagnoseAgain } from './command.ts';
import { hasNoWayOut } from './known.ts';
import { block, type Page } from './page.ts';
import { all, REASONS } from './prose/words.ts';
import { udpNotes } from './udp-notes.ts';

/** What a probe of this machine shows, where it couldn't for want of privilege or of a program. */
const SHOWS: Partial<Record<ProbeCode, string>> = {
  firewall: "the firewall's rules",
  arrivals: 'which packets arrive',
  listeners: 'what listens here',
  routes: 'the routes',
  trace: 'the way out, hop by hop',
};

/** What was asked for and gave no answer, and why: an agent, a service that tells the address, a probe of this server. */
export function unseen(diagnosis: Diagnosis, page: Page): string {
  const { evidence } = diagnosis;
  const failed = evidence.flatMap((item) => (item.status === 'failed' ? [item] : []));
  const agents = failed.filter(
    (item) =>
      !isHere(item) &&
      (item.probe === 'reach' || item.probe === 'udp-reach') &&
      item.reason.code !== 'interrupted',
  );
  const knowsAddress = evidence.some(
    (item) => item.probe === 'whoami' && item.status === 'ok' && item.facts.family === 'ipv4',
  );
  // Without a way out nobody can be asked: that is told as the fault that it is.
  const services =
    knowsAddress || hasNoWayOut(diagnosis)
      ? []
      : failed.filter(({ probe, id }) => probe === 'whoami' && id.includes(':ipv4:'));
  const lines = [
    ...agents.map(({ reason }) => agentFailed(reason)),
    ...services.map((item) => `${subject(item)} didn't tell the public IPv4 address: ${why(item.reason)}`),
    ...withoutTool(evidence),
    ...udpNotes(diagnosis),
  ];
  return [
    ...[...new Set(lines)].map((line) => block(page, `note: ${line}`, 2, 4)),
    ...unprivileged(diagnosis, page),
  ].join('\n');
}

const without = (evidence: readonly Evidence[], code: Reason['code']): Evidence[] =>
  evidence.filter((item) => isHere(item) && item.status !== 'ok' && item.reason.code === code);

const shown = (items: readonly Evidence[]): string[] => [
  ...new Set(items.flatMap(({ probe }) => SHOWS[probe] ?? [])),
];

function withoutTool(evidence: readonly Evidence[]): string[] {
  const missing = without(evidence, 'no-tool').filter(({ probe }) => SHOWS[probe] !== undefined);
  return missing.map((item) => {
    const detail = item.status === 'ok' ? undefined : item.reason.detail;
    return `Not seen: ${SHOWS[item.probe] ?? item.probe}, because ${REASONS['no-tool']}${detail === undefined ? '' : ` (${detail})`}`;
  });
}

const WITHOUT: Readonly<Record<System, string>> = {
  linux: 'root',
  macos: 'root',
  other: 'root',
  windows: 'an elevated PowerShell',
};

/** What root would see of the server, with the command, where no verdict's own next step says so already. */
function unprivileged(diagnosis: Diagnosis, page: Page): string[] {
  const { evidence, target, verdicts, vantage, reachable } = diagnosis;
  const isTold = verdicts.some(({ next }) => next?.code === 'run-as-root');
  if (vantage !== 'server' || reachable.ipv4 === 'yes' || isTold) return [];
  const hidden = shown(without(evidence, 'no-privilege'));
  const ownerless = seen(evidence, 'listeners')
    .filter(isHere)
    .flatMap(({ facts }) => facts.sockets)
    .some(({ port, program }) => port === target.port && program === null);
  const all_ = [...hidden, ...(ownerless ? ['which program listens'] : [])];
  if (hidden.length === 0) return [];
  const system = systemOf(diagnosis);
  const sudo = system === 'windows' ? '' : 'sudo ';
  return [
    block(page, `note: Not seen without ${WITHOUT[system]}: ${all(all_)}. This shows it:`, 2, 4),
    ...commandLines(page, `${sudo}${diagnoseAgain(page, diagnosis)}`, 6, shellOf(system)),
  ];
}

/** What went wrong with a place is told in whole sentences, which name it. */
const NAMES_THE_PLACE = /\b(?:agent|ssh|Globalping)\b/u;

const agentFailed = (reason: Reason): string =>
  reason.detail !== undefined && NAMES_THE_PLACE.test(reason.detail)
    ? reason.detail.replace(/\.$/u, '').replace(/\bE[A-Z]+$/u, (code) => ERRNO[code] ?? REASONS[reason.code])
    : `a place outside couldn't look: ${why(reason)}`;

/** What the system says of a connection (errno(3), getaddrinfo(3)). */
const ERRNO: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut off',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name could not be looked up',
};

/** The service, from an id such as `whoami:here:ipv4:HOST`. */
const subject = ({ id }: Evidence): string => id.split(':').slice(3).join(':');

const why = ({ code, detail }: Reason): string =>
  detail === undefined || /^E[A-Z]+$/u.test(detail) ? REASONS[code] : `${REASONS[code]} (${detail})`;
