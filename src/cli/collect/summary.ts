import { type Evidence, isHere, type ProbeCode, type Reason } from '../../model/evidence.ts';
import type { EvidenceFile } from '../../model/evidence-file.ts';
import { shellQuoted } from '../../model/shell.ts';
import { hostPort } from '../../model/target.ts';
import { printable } from '../../report/printable.ts';
import { REASONS } from '../../report/prose/words.ts';

/** What each probe looks at. */
const LOOKS_AT: Readonly<Record<ProbeCode, string>> = {
  resolver: 'what resolvers say',
  'resolver-again': 'what resolvers say',
  delegation: 'what the zone says',
  authority: 'what the zone says',
  'os-lookup': 'the hosts file',
  system: 'the system',
  addresses: 'own addresses',
  whoami: 'the public address',
  vantage: 'where this machine stands',
  place: 'who looked from outside',
  reach: 'what answers at the addresses',
  'udp-reach': 'what answers at the addresses',
  stun: 'the public ports',
  trace: 'the way out',
  listeners: 'what listens here',
  firewall: "the firewall's rules",
  routes: 'the routes',
  arrivals: 'what arrives from outside',
  upnp: 'the router over UPnP',
  'nat-pmp': 'the router over NAT-PMP',
  pcp: 'the router over PCP',
  told: "what was read on the router's page",
  'mapping-trial': 'a port opened on the router',
};

const PLACE = {
  server: 'on the server itself',
  lan: "on the server's network",
  outside: 'outside',
  unknown: "at a place that can't be told (--from says it)",
} as const;

/** What would show it. */
const HELP: Partial<Record<Reason['code'], string>> = {
  'no-privilege': 'run it as root',
  'not-consented': '--public-services asks for it',
};

/** What was collected, what wasn't and why, and what to type next. @param out where it was written; null for standard output */
export function summary(file: EvidenceFile, out: string | null): string {
  const path = out === null ? null : printable(out);
  const { target, vantage, evidence, complete, redacted } = file;
  const shown = hostPort(target.host, target.port);
  const lines = [
    ...(complete ? [] : ['Interrupted: this is what was learnt so far.']),
    `Collected for ${shown}, ${PLACE[vantage]}. Nothing was judged, and nothing was changed.`,
    `Seen: ${list(seenIn(evidence)) || 'nothing'}.`,
    ...unseen(evidence).map((line) => `Not seen: ${line}.`),
    redacted
      ? `${path ?? 'It'} holds stand-ins for addresses, names and texts: it can be shown to anybody, and be judged alone.`
      : `${path ?? 'It'} holds addresses and names of this machine and its network; --redact replaces them.`,
    'Next, on any machine with reach4:',
    `  ${next(file, path ?? 'FILE')}`,
  ];
  return `${lines.join('\n')}\n`;
}

const next = ({ target, redacted }: EvidenceFile, path: string): string =>
  redacted
    ? `reach4 diagnose --evidence ${shellQuoted(path)}`
    : `reach4 diagnose ${shellQuoted(target.input)} --evidence ${shellQuoted(path)}`;

const seenIn = (evidence: readonly Evidence[]): string[] => [
  ...new Set(
    evidence.flatMap((item) =>
      item.status === 'ok' && item.probe !== 'vantage' && item.probe !== 'place'
        ? [LOOKS_AT[item.probe] + elsewhere(item)]
        : [],
    ),
  ),
];

const elsewhere = (item: Evidence): string => (isHere(item) ? '' : ' from outside');

/** What no probe of the kind could see, by the reason. */
function unseen(evidence: readonly Evidence[]): string[] {
  const seen = new Set(seenIn(evidence));
  const byReason = new Map<Reason['code'], Set<string>>();
  for (const item of evidence) {
    if (item.status === 'ok' || item.reason.code === 'not-applicable') continue;
    const what = LOOKS_AT[item.probe] + elsewhere(item);
    if (seen.has(what)) continue;
    byReason.set(item.reason.code, (byReason.get(item.reason.code) ?? new Set()).add(what));
  }
  return [...byReason].map(([code, what]) => {
    const help = HELP[code];
    return `${list([...what])} (${REASONS[code]}${help === undefined ? '' : `; ${help}`})`;
  });
}

const list = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
