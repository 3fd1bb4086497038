import type { Diagnosis } from '../model/diagnosis.ts';
import { seen } from '../model/evidence.ts';
import type { Finding, FindingCode } from '../model/finding.ts';
import { systemOf } from '../model/view/system.ts';
import { CONDITION_WORDS } from './prose/condition.ts';
import { DNS_WORDS } from './prose/dns.ts';
import { FORWARD_WORDS } from './prose/forward.ts';
import { FIREWALL_WORDS, LISTENER_WORDS } from './prose/host.ts';
import { LINE_WORDS } from './prose/line.ts';
import { WAY_WORDS } from './prose/way.ts';
import type { FindingOf, Prose, Setting, Words } from './prose/words.ts';

const WORDS: Words = {
  ...DNS_WORDS,
  ...LINE_WORDS,
  ...WAY_WORDS,
  ...FORWARD_WORDS,
  ...FIREWALL_WORDS,
  ...LISTENER_WORDS,
  ...CONDITION_WORDS,
};

const wordsFor = <C extends FindingCode>({ code, args }: FindingOf<C>, setting: Setting): Prose =>
  WORDS[code](args, setting);

/** The words for every finding; the compiler says when one is missing. */
export const prose = (finding: Finding, setting: Setting): Prose => wordsFor(finding, setting);

/** What sentences need to know beside the finding. */
export function settingOf({ evidence }: Pick<Diagnosis, 'evidence'>): Setting {
  const routers = [...seen(evidence, 'upnp'), ...seen(evidence, 'nat-pmp'), ...seen(evidence, 'pcp')];
  const told = seen(evidence, 'whoami').filter(({ facts }) => facts.family === 'ipv4');
  return {
    gateway: routers.find(({ facts }) => facts.level === 1)?.facts.gateway ?? null,
    system: systemOf({ evidence }),
    services: new Set(told.map(({ facts }) => facts.service)).size,
  };
}
