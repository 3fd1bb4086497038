import { comingBack } from '../../../model/coming-back.ts';
import type { EdgeProxyPlan } from '../../../model/edge-proxy-plan.ts';
import type { FoundRecord } from '../../../model/zone-records.ts';
import { lossesOf } from '../../../remedies/edge-proxy/losses.ts';
import type { EdgeDecision, EdgeNote } from '../../../remedies/edge-proxy.ts';
import { block, type Page, paint } from '../../../report/page.ts';
import { lostNote } from '../lost-ports-text.ts';
import { nameNote } from '../name-text.ts';
import { notesLines, recordSection, staleNote, ttlText } from '../plan-words.ts';
import type { Action } from '../remedy.ts';

interface PlanShown {
  readonly stack: string;
  readonly decision: Extract<EdgeDecision, { ok: true }>;
  /** What the zone holds for the name now. */
  readonly found: readonly FoundRecord[];
  /** Hours since the diagnosis; null where it is fresh. */
  readonly staleHours: number | null;
}

/** The plan for a person: what changes where, what is there now, what comes back, what it costs, what to know. */
export function planText({ stack, decision, found, staleHours }: PlanShown, page: Page): string {
  const { plan, notes } = decision;
  const lines = [
    paint(page, 'bold', `Plan for ${plan.target.host}: ${plan.remedy}, stack ${stack}`),
    ...recordSection(
      `Changes in the zone ${plan.zone.name} at Cloudflare, in one request`,
      changes(plan, found),
    ),
    block(
      page,
      `${originText(plan)} answers as the service, by the diagnosis: Cloudflare fetches from there.`,
      4,
    ),
    ...recordSection('When the stack goes (reach4 down, pulumi destroy)', atTheEnd(plan)),
    '  Costs nothing: $0 a month.',
    '  What changes with it',
    ...lossesOf(plan.target).map((text) => block(page, `- ${text}`, 4, 6)),
    ...notesLines(
      [...staleNote(staleHours), ...notes.map(noteText), ...lostNote(plan.name, plan.lost)],
      page,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

const originText = ({ records, proven }: EdgeProxyPlan): string => {
  const written = records.flatMap(({ content }) => content ?? []);
  return (written.length > 0 ? written : proven).join(', ');
};

function changes(plan: EdgeProxyPlan, found: readonly FoundRecord[]): string[][] {
  const kept = plan.records.map(({ type, content, recordId }) => {
    const now = found.find(({ id }) => id === recordId);
    const was = now?.content ?? content ?? '';
    const address = content === null || content === was ? `${was} (stays)` : `${was} -> ${content}`;
    const how = now === undefined ? 'made again' : now.proxied ? 'proxied, as it is' : 'becomes proxied';
    return [type, plan.name, address, content === null ? `${how}; its content is left alone` : how];
  });
  const ids = plan.records.map(({ recordId }) => recordId);
  const gone = found
    .filter(({ id, type }) => type === 'A' && !ids.includes(id))
    .map(({ type, content }) => [type, plan.name, content, 'is taken out meanwhile']);
  return [...kept, ...gone];
}

function atTheEnd(plan: EdgeProxyPlan): string[][] {
  const left = new Set(plan.records.flatMap(({ content, recordId }) => (content === null ? [recordId] : [])));
  const back = comingBack(plan);
  return back.map(({ id, type, name, content, ttl, proxied }) => [
    type,
    name,
    left.has(id) ? 'as its keeper has it' : content,
    type === 'AAAA'
      ? `${proxied ? 'proxied' : 'not proxied'} as before, ${ttlText(ttl, 'cloudflare')}`
      : `comes back, ${ttlText(ttl, 'cloudflare')}`,
  ]);
}

/** What a person should know, in a paragraph. */
export function noteText(note: EdgeNote): string {
  switch (note.code) {
    case 'deep-name':
      return `${note.name} has more than one label below ${note.zone}: Cloudflare's free certificate doesn't cover it. Without an Advanced Certificate, which costs extra, HTTPS stops working under it, over IPv6 too; order it before reach4 up.`;
    case 'untrusted-origin':
      return "The server's certificate is none that a public authority gave for the name: the zone's SSL mode has to be Full, because Full (strict) refuses it.";
    case 'seen-inside-only':
      return `${note.addresses.join(', ')} was seen to answer from this network only. Cloudflare needs it to answer to the internet; reach4 diagnose --outside URL tells.`;
    default:
      return nameNote(note);
  }
}

/** Two lines above Pulumi's own output: what visitors will notice, and what it costs. */
export const upHeading = (plan: EdgeProxyPlan): string =>
  `Visitors of ${plan.name} come to Cloudflare, over IPv4 and IPv6, which fetches from ${originText(plan)}.\nIt costs nothing: $0 a month.`;

/** The same for taking it down. */
export const downHeading = (plan: EdgeProxyPlan): string =>
  `Visitors of ${plan.name} come straight to the server again: ${atTheEnd(plan)
    .map(([type, , content, fate]) => `${type} ${content} ${fate}`)
    .join('; ')}.\nIt ends no costs: $0 a month.`;

/** What was achieved, and what to type next. */
export function afterwards(action: Action, plan: EdgeProxyPlan): string {
  switch (action) {
    case 'preview':
      return 'Nothing has been changed. Next:  reach4 up';
    case 'up':
      return 'Done. To see whether IPv4 works now:  reach4 verify';
    case 'down':
      return `Done. ${plan.restore ? 'DNS is as it was before.' : 'The name is no longer proxied; old A records were left out (--no-restore).'} The plan is kept; reach4 up would do it again.`;
  }
}
