import { isProvisioned } from '../model/choice.ts';
import type { ConditionCode, Diagnosis } from '../model/diagnosis.ts';
import type { Vantage } from '../model/evidence.ts';
import { commandLines, diagnoseAgain } from './command.ts';
import { settingOf } from './finding.ts';
import { isNamed } from './known.ts';
import { whatWouldTell } from './next.ts';
import { notes } from './notes.ts';
import { asTyped, block, type Page, paint, spread } from './page.ts';
import { pathLines, pathOf } from './path.ts';
import { placesLine, placesOutside } from './places.ts';
import { printable } from './printable.ts';
import { plural } from './prose/words.ts';
import { reasons } from './reasons.ts';
import { remaining } from './remaining.ts';
import { remedies } from './remedies.ts';
import { unseen } from './unseen.ts';

const PROTOCOLS = { tls: 'TLS', http: 'HTTP', ssh: 'SSH', tcp: 'TCP', udp: 'UDP' } as const;

const HERE: Readonly<Record<Exclude<Vantage, 'outside'>, string>> = {
  server: 'this server',
  lan: 'this network',
  unknown: 'this machine',
};

/** The same of a machine whose file is judged elsewhere. */
const THERE: typeof HERE = {
  server: 'the server',
  lan: "the server's network",
  unknown: 'another machine',
};

/** The diagnosis for a person: the two paths, what explains them, what helps, and what to type next. */
export function diagnosisText(made: Diagnosis, page: Page): string {
  const diagnosis: Diagnosis = {
    ...printable({ ...made, remedies: [] }),
    remedies: printable(made.remedies, true),
  };
  const setting = settingOf(diagnosis);
  const looks = whatWouldTell(diagnosis, page);
  const sections = [
    header(diagnosis, page),
    pathLines(page, [
      ['ipv6', pathOf(diagnosis, 'ipv6')],
      ['ipv4', pathOf(diagnosis, 'ipv4')],
    ]).join('\n'),
    notes(diagnosis, page),
    ...reasons(diagnosis, page, setting),
    remaining(diagnosis, page, setting),
    unseen(diagnosis, page),
    looks,
    remedies(diagnosis, page),
    footer(diagnosis, page, looks !== ''),
  ];
  return asTyped(page, `${sections.filter((section) => section !== '').join('\n\n')}\n`);
}

function header({ target, evidence, vantage, complete, notes: said }: Diagnosis, page: Page): string {
  const outside = placesOutside({ evidence }).length;
  const places = outside === 0 ? '' : ` and ${plural(outside, 'place')} outside`;
  const machines = said.some(({ code }) => code === 'files-alone') ? THERE : HERE;
  const from =
    vantage === 'outside' ? `${plural(outside + 1, 'place')} outside only` : `${machines[vantage]}${places}`;
  const subject = `${target.host}, port ${target.port} (${PROTOCOLS[target.protocol]})`;
  const who = placesLine({ evidence });
  const line = [
    spread(page, paint(page, 'bold', subject), `seen from ${from}`),
    ...(who === '' ? [] : [block(page, who, 2, 4)]),
  ].join('\n');
  return complete
    ? line
    : `${line}\n${paint(page, 'yellow', 'Interrupted: this is what was learnt so far.')}`;
}

/** What was not touched, and what to type next. @param looks something would tell more, and stands above */
function footer(diagnosis: Diagnosis, page: Page, looks: boolean): string {
  const { remedies: offers, combination } = diagnosis;
  // Nothing may be made of stand-ins.
  if (diagnosis.notes.some(({ code }) => code === 'redacted'))
    return block(page, 'Nothing has been changed.', 0);
  const again = diagnoseAgain(page, diagnosis);
  const first = combination.find((code) => offers.some(({ remedy }) => remedy === code)) ?? offers[0]?.remedy;
  if (first !== undefined && isProvisioned(first)) {
    return block(page, `Nothing has been changed. Next:  ${paint(page, 'cyan', 'reach4 plan')}`, 0);
  }
  if (first !== undefined) {
    const plan = offers.some(({ remedy }) => isProvisioned(remedy) && !combination.includes(remedy));
    return [
      block(
        page,
        `Nothing has been changed. Next, when you have made ${combination.length > 1 ? 'these changes' : 'the change'}:`,
        0,
      ),
      ...commandLines(page, again, 2),
      ...(plan ? [block(page, 'or, for what reach4 can make instead:  reach4 plan', 0)] : []),
    ].join('\n');
  }
  return withoutRemedy(diagnosis, page, again, looks);
}

/** What no remedy is for, and has to be put right before anything else. */
const FIRST: Partial<Record<ConditionCode, string>> = {
  'service-down': 'the service runs',
  'replies-elsewhere': 'replies have a way back',
};

function withoutRemedy(diagnosis: Diagnosis, page: Page, again: string, looks: boolean): string {
  const { verdicts, conditions, reachable, evidence } = diagnosis;
  const works = reachable.ipv4 === 'yes';
  const say = (text: string): string => block(page, text, 0);
  const explained = conditions.some(({ condition }) => condition !== 'healthy');
  const first = conditions.find(({ condition }) => condition in FIRST)?.condition;
  if (first !== undefined) {
    return [
      say(`Nothing has been changed. Next, when ${FIRST[first]}:`),
      ...commandLines(page, again, 2),
    ].join('\n');
  }
  if (verdicts.some(isNamed) || explained) {
    return say(`Nothing has been changed.${looks ? ' Next: what would tell, above.' : ''}`);
  }
  const edge = verdicts.flatMap(({ because }) => because).find(({ code }) => code === 'a-is-proxy');
  if (works && edge?.code === 'a-is-proxy') {
    return say(
      `IPv4 reaches the edge of ${edge.args.provider}, as IPv6 does. What the edge gets from the server isn't judged by this version. Nothing was changed.`,
    );
  }
  if (works) return say('IPv4 works. Nothing needs to be changed, and nothing was.');
  if (reachable.ipv4 === 'no') {
    return say('IPv4 fails, and no cause could be named from what was seen. Nothing has been changed.');
  }
  const untold = say("Whether IPv4 works for others can't be told from here. Nothing has been changed.");
  if (evidence.some((item) => item.vantage === 'outside' && item.status === 'ok')) return untold;
  if (verdicts.some(({ next }) => next?.code === 'look-from-outside')) return untold;
  return [
    untold,
    say('A look from outside tells: run `reach4 agent` on any machine elsewhere, then'),
    ...commandLines(page, `${again} --outside http://AGENT:4460`, 2),
  ].join('\n');
}
