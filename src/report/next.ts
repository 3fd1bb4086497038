import type { CauseCode } from '../model/cause-code.ts';
import type { Diagnosis, Next } from '../model/diagnosis.ts';
import { CAUSE_NAMES } from './causes.ts';
import { commandLines } from './command.ts';
import { block, type Page } from './page.ts';
import { all } from './prose/words.ts';

const RUN_ON: Readonly<Record<Next['runOn'], string>> = {
  server: 'on the server',
  lan: 'on another machine in the home network',
  outside: 'on a machine elsewhere on the internet',
  anywhere: 'on any machine',
};

/** What to do before the command, the cheapest first: the order in which they are shown. */
const DO: Readonly<Record<Next['code'], string>> = {
  'run-on-server': 'A look at the server itself tells. Run',
  'run-as-root': 'Root sees the firewall, the packets that arrive and who listens. Run',
  'say-where-this-runs': 'Where this runs could not be told. Say it, and run',
  'allow-public-services': "A public service can tell this line's public address. Allow it, and run",
  repeat: 'It came and went. Look again, and run',
  'look-from-outside':
    'A look from outside decides. While `reach4 agent` runs on a machine elsewhere, whose address takes the place of AGENT, run',
  'read-wan-address':
    "Read on the router's page what it says under WAN or Internet address. With that for ADDRESS (or none), run",
  'give-ipv4': "Read the line's public IPv4 address on the router's page. With that for ADDRESS, run",
  'read-forward':
    "Read on the router's page where it forwards the port to. With that for HOST:PORT (or --forward none), run",
  'read-router-firewall':
    "Read on the router's page whether its firewall lets the port in. With open or blocks, run",
  'read-box-in-front':
    "Look whether another router of yours, such as the provider's box, stands in front, and whether its page forwards the port to your router. For STATE say none, blocks, or, where it forwards it, the address that the page shows for its internet connection. Run",
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
export function whatWouldTell({ verdicts, conditions, reachable }: Diagnosis, page: Page): string {
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
  return [
    'What would tell',
    ...sorted.slice(0, MAX_STEPS).map(({ next, decides }) => step(next, [...decides], page)),
  ].join('\n');
}

function step(next: Next, decides: readonly CauseCode[], page: Page): string {
  const told = DO[next.read === null ? next.code : READ[next.read]];
  return [
    ...(decides.length === 0
      ? []
      : [block(page, `about ${all(decides.map((cause) => CAUSE_NAMES[cause]))}:`, 2, 4)]),
    block(page, `${told} ${RUN_ON[next.runOn]}:`, 4, 4),
    ...commandLines(page, next.command, 6),
  ].join('\n');
}
