import type { Diagnosis } from '../model/diagnosis.ts';
import { type Evidence, isHere, type ProbeCode, type Reason, seen } from '../model/evidence.ts';
import { commandLines, shellWord } from './command.ts';
import { block, type Page } from './page.ts';
import { all, REASONS } from './prose/words.ts';

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
  const { evidence, target } = diagnosis;
  const failed = evidence.flatMap((item) => (item.status === 'failed' ? [item] : []));
  const agents = failed.filter((item) => !isHere(item) && item.probe === 'reach');
  const knowsAddress = evidence.some(
    (item) => item.probe === 'whoami' && item.status === 'ok' && item.facts.family === 'ipv4',
  );
  const services = knowsAddress
    ? []
    : failed.filter(({ probe, id }) => probe === 'whoami' && id.includes(':ipv4:'));
  const lines = [
    ...agents.map((item) => `${observer(item)} couldn't look: ${why(item.reason)}`),
    ...services.map((item) => `${subject(item)} didn't tell the public IPv4 address: ${why(item.reason)}`),
    ...withoutTool(evidence),
    ...(target.protocol === 'udp' ? ['UDP services are not tried by this version'] : []),
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

/** What root would see, with the command; without it where a verdict's own next step shows it. */
function unprivileged({ evidence, target, verdicts }: Diagnosis, page: Page): string[] {
  const hidden = shown(without(evidence, 'no-privilege'));
  const ownerless = seen(evidence, 'listeners')
    .filter(isHere)
    .flatMap(({ facts }) => facts.sockets)
    .some(({ port, program }) => port === target.port && program === null);
  const all_ = [...hidden, ...(ownerless ? ['which program listens'] : [])];
  if (hidden.length === 0) return [];
  const text = `note: Not seen without root: ${all(all_)}`;
  if (verdicts.some(({ next }) => next?.code === 'run-as-root')) return [block(page, text, 2, 4)];
  return [
    block(page, `${text}. This shows it:`, 2, 4),
    ...commandLines(page, `sudo reach4 diagnose ${shellWord(target.input)}`, 6),
  ];
}

const observer = ({ id }: Evidence): string => `the agent ${id.split(':')[1] ?? ''}`;

/** The service, from an id such as `whoami:here:ipv4:HOST`. */
const subject = ({ id }: Evidence): string => id.split(':').slice(3).join(':');

const why = ({ code, detail }: Reason): string =>
  detail === undefined ? REASONS[code] : `${REASONS[code]} (${detail})`;
