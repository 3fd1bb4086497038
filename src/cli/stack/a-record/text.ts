import type { Diagnosis } from '../../../model/diagnosis.ts';
import type { ARecordPlan } from '../../../model/plan.ts';
import type { Decision, Note, RecordShown } from '../../../remedies/a-record/outcome.ts';
import { offerOf } from '../../../remedies/a-record.ts';
import type { DynamicHint } from '../../../remedies/dns-records/dynamic-dns.ts';
import { block, type Page, paint } from '../../../report/page.ts';
import { notesLines, recordSection, staleNote, ttlText } from '../plan-words.ts';
import type { Action } from '../remedy.ts';
import { returning, taken, written } from './shown.ts';

interface PlanShown {
  readonly stack: string;
  readonly diagnosis: Diagnosis;
  readonly decision: Extract<Decision, { ok: true }>;
  /** What the zone holds for the name now. */
  readonly found: readonly (RecordShown & { readonly id?: string })[];
  /** Hours since the diagnosis; null where it is fresh. */
  readonly staleHours: number | null;
}

/** The plan for a person: what is written where, what is there now, what comes back, what it costs, what to know. */
export function planText({ stack, diagnosis, decision, found, staleHours }: PlanShown, page: Page): string {
  const { plan, notes } = decision;
  const sections = [
    paint(page, 'bold', `Plan for ${plan.target.host}: ${plan.remedy}, stack ${stack}`),
    ...recordSection(
      `Writes, in the zone ${plan.zone.name} at ${AT[plan.provider]}`,
      written(plan).map((one) => writes(one, found, plan)),
    ),
    ...proof(diagnosis, plan).map((line) => block(page, line, 4)),
    ...recordSection(
      'Takes out of the zone while the stack stands',
      taken(plan).map(({ type, name, content }) => [type, name, content, 'found not to work']),
    ),
    ...recordSection('When the stack goes (reach4 down, pulumi destroy)', atTheEnd(plan)),
    '  Costs nothing: $0 a month.',
    ...notesLines(notesOf(notes, staleHours), page),
  ];
  return `${sections.filter((part) => part !== '').join('\n')}\n`;
}

export const AT: Readonly<Record<ARecordPlan['provider'], string>> = {
  cloudflare: 'Cloudflare',
  route53: 'Route 53',
};

function writes(
  record: ReturnType<typeof written>[0],
  found: PlanShown['found'],
  { provider }: ARecordPlan,
): string[] {
  const now = record.isAdopted
    ? found.find(({ id, type }) => type === record.type && (id ?? null) === record.id)
    : undefined;
  const same = now?.content === record.content;
  const change =
    now === undefined
      ? record.content
      : same
        ? `${now.content} (stays)`
        : `${now.content} -> ${record.content}`;
  const how = record.leaveContent ? 'its content is left alone' : record.isAdopted ? 'taken over' : 'new';
  return [record.type, record.name, change, `${how}, ${ttlText(record.ttl, provider)}`];
}

function proof(diagnosis: Diagnosis, plan: ARecordPlan): string[] {
  const changes = offerOf(diagnosis)?.changes ?? [];
  return changes
    .filter(({ to }) => written(plan).some(({ values }) => values.includes(to)))
    .map(({ to, seenIn }) => `${to} answers as the service does over IPv6 (evidence ${seenIn})`);
}

function atTheEnd(plan: ARecordPlan): string[][] {
  const records = written(plan);
  const ends = records
    .filter(({ isPutBack, leaveContent }) => !leaveContent && !isPutBack)
    .map(({ type, name, content }) => [type, name, content, 'is removed']);
  const left = records
    .filter(({ leaveContent }) => leaveContent)
    .map(({ type, name, content }) => [type, name, content, 'stays']);
  return [
    ...ends,
    ...left,
    ...returning(plan).map(({ type, name, content, ttl }) => [
      type,
      name,
      content,
      `comes back, ${ttlText(ttl, plan.provider)}`,
    ]),
  ];
}

/** What a person should know, a paragraph each. */
export const notesOf = (notes: readonly Note[], staleHours: number | null): string[] => [
  ...staleNote(staleHours),
  ...notes.map(note),
];

export const recordText = ({ type, name, content }: Pick<RecordShown, 'type' | 'name' | 'content'>): string =>
  `${name} ${type} ${content}`;

function note(the: Note): string {
  switch (the.code) {
    case 'zone-not-active':
      return `The zone ${the.zone} is "${the.status}" at Cloudflare: until its name servers are Cloudflare's, visitors won't see the change.`;
    case 'zone-not-in-use':
      return `The domain's name servers aren't those of the zone ${the.zone} at Route 53: until they are, visitors won't see the change.`;
    case 'seen-inside-only':
      return `${the.address} was seen to answer from this network only, where routers may answer otherwise than to the internet; reach4 verify --outside URL will tell.`;
    case 'maybe-dynamic':
      return `${recordText(the.record)} may be kept by something else, such as a dynamic DNS client: ${hintsText(the.hints)}. If so, --leave-content leaves its content to it.`;
    case 'content-left':
      return `The content of ${recordText(the.record)} is left to whatever keeps it: IPv4 works once that writes the right address.`;
    case 'left-alone':
      return `${recordText(the.record)} stays as it is: it isn't known to be wrong, and some visitors will use it.`;
    case 'comes-back-wrong':
      return the.avoidable
        ? `${recordText(the.record)} comes back when the stack goes, though the diagnosis found it wrong; --no-restore leaves it out.`
        : `${recordText(the.record)} comes back when the stack goes, though the diagnosis found it wrong: a name is never left without its AAAA.`;
    case 'made-again':
      return `The ${the.type} record of ${the.name} that this stack made is gone from the zone; it is made again.`;
  }
}

export function hintsText(hints: readonly DynamicHint[]): string {
  return hints.map(hint).join('; ');
}

function hint(the: DynamicHint): string {
  switch (the.code) {
    case 'changed':
      return `it isn't what the diagnosis saw (${the.seen.join(', ') || 'no record'}), so it has changed since`;
    case 'comment':
      return `it says "${the.text}"`;
    case 'left':
      return 'this stack leaves its address to that (--leave-content)';
    case 'recent':
      return the.minutes < 1 ? 'it was written just now' : `it was written ${the.minutes} min ago`;
    case 'short-ttl':
      return `its TTL is only ${the.ttl} s`;
  }
}

/** Two lines above Pulumi's own output: what visitors will notice, and what it costs. */
export function upHeading(plan: ARecordPlan): string {
  const changes = written(plan).map(({ type, content, leaveContent }) => {
    const family = type === 'A' ? 'IPv4' : 'IPv6';
    return leaveContent
      ? `${family} visitors notice nothing`
      : `${family} visitors of ${plan.target.host} are sent to ${content}`;
  });
  const out = taken(plan).map(({ content }) => `nobody is sent to ${content} any more`);
  return `${[...changes, ...out].join(', ') || 'Visitors notice nothing'}.\nIt costs nothing: $0 a month.`;
}

/** The same for taking it down. */
export function downHeading(plan: ARecordPlan): string {
  const parts = atTheEnd(plan).map(
    ([type, name, content, fate = '']) => `${name} ${type} ${content} ${fate}`,
  );
  return `${parts.join('; ') || 'Visitors notice nothing'}.\nIt ends no costs: $0 a month.`;
}

/** What was achieved, and what to type next. */
export function afterwards(action: Action, plan: ARecordPlan): string {
  switch (action) {
    case 'preview':
      return 'Nothing has been changed. Next:  reach4 up';
    case 'up':
      return 'Done. To see whether IPv4 works now:  reach4 verify';
    case 'down':
      return `Done. ${plan.restore ? 'DNS is as it was before.' : "The stack's records are gone; old A records were left out (--no-restore)."} The plan is kept; reach4 up would do it again.`;
  }
}
