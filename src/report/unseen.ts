import type { Diagnosis } from '../model/diagnosis.ts';
import { type Evidence, isHere, type Reason } from '../model/evidence.ts';
import { block, type Page } from './page.ts';

const REASONS: Readonly<Record<Reason['code'], string>> = {
  'not-consented': 'not asked, because nobody agreed to it',
  'no-tool': 'a program that is needed is missing',
  'no-privilege': 'this user may not',
  'no-network': 'there is no network for it',
  'timed-out': 'no answer in time',
  unreachable: "can't be reached",
  refused: 'it refused',
  unauthorised: 'it refuses the token',
  malformed: "the answer isn't one that can be used",
  'too-large': 'the answer is too large',
  unsupported: 'not built yet',
  'not-applicable': 'not applicable',
  interrupted: 'interrupted',
};

/** What was asked for and gave no answer, and why: an agent, a service that tells the address. One line each. */
export function unseen({ evidence, target }: Diagnosis, page: Page): string {
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
    ...(target.protocol === 'udp' ? ['UDP services are not tried by this version'] : []),
  ];
  return [...new Set(lines)].map((line) => block(page, `note: ${line}`, 2, 4)).join('\n');
}

const observer = ({ id }: Evidence): string => `the agent ${id.split(':')[1] ?? ''}`;

/** The service, from an id such as `whoami:here:ipv4:HOST`. */
const subject = ({ id }: Evidence): string => id.split(':').slice(3).join(':');

const why = ({ code, detail }: Reason): string =>
  detail === undefined ? REASONS[code] : `${REASONS[code]} (${detail})`;
