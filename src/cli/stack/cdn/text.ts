import { type CdnPlan, type HostedSet, setsComingBack } from '../../../model/cdn-plan.ts';
import type { CdnNote, CdnRefusal } from '../../../remedies/cdn/outcome.ts';
import { CDN_PRICES_AS_OF, CDN_REQUESTS } from '../../../remedies/cdn/prices.ts';
import { block, type Page, paint } from '../../../report/page.ts';
import { hintsText } from '../a-record/text.ts';
import { losesPortsNext } from '../lost-ports-text.ts';
import { notesLines, section, ttlText } from '../plan-words.ts';
import type { Action } from '../remedy.ts';
import { caaText } from './caa-text.ts';
import { losesText } from './lost-text.ts';

export interface CdnShown {
  readonly stack: string;
  readonly plan: CdnPlan;
  /** What the visitors' name has now. */
  readonly now: readonly HostedSet[];
  /** What a person should know, a paragraph each. */
  readonly notes: readonly string[];
}

const PLAN = 'reach4 plan --remedy cdn';

/** The plan for a person: what is made where, what it costs, what becomes of visitors, DNS, and all of it at the end. */
export function planText({ stack, plan, now, notes }: CdnShown, page: Page): string {
  const { name, origin, zone } = plan;
  const sections = [
    block(page, paint(page, 'bold', `Plan for ${name}: cdn, stack ${stack}`), 0, 2),
    section(page, `A distribution at CloudFront answers for ${name}`, [
      `it fetches from ${origin.name}, over IPv6 only, and caches nothing`,
      SPEAKS[plan.protocol],
      'all methods, headers, cookies and WebSocket get through; the certificate for visitors is made by ACM and renewed by it',
    ]),
    section(page, 'It costs nothing within what is free: $0 a month', [priceLine(plan)]),
    section(page, 'What changes for people', peopleLines(plan)),
    section(page, `Writes, in the zone ${zone.name} at Route 53`, rows(plan, now)),
    section(page, 'In this order, about twelve minutes', [
      'the certificate is requested and validated, the distribution made and carried to all edges; DNS moves last, in one request',
    ]),
    section(page, 'When the stack goes (reach4 down, pulumi destroy)', endLines(plan)),
    section(page, 'Rights at AWS, the least that it needs, as JSON for IAM', [
      `${PLAN} --iam-policy > policy.json`,
    ]),
    ...notesLines(notes, page),
  ];
  return `${sections.join('\n')}\n`;
}

const SPEAKS: Record<CdnPlan['protocol'], string> = {
  'match-viewer': 'with the server it speaks as visitors do with it: HTTPS on port 443, HTTP on port 80',
  'https-only': 'with the server it speaks HTTPS on port 443; visitors who come by HTTP are sent to HTTPS',
  'http-only': 'with the server it speaks HTTP on port 80, in clear, also for visitors who come by HTTPS',
};

const priceLine = ({ traffic }: CdnPlan): string =>
  `free each month for the whole account: ${traffic.includedGB} GB out and ${CDN_REQUESTS / 1_000_000} million requests; each GB beyond is $${traffic.perGBUSD} in Europe and North America, more elsewhere (as of ${CDN_PRICES_AS_OF})`;

function peopleLines({ name, types, target }: CdnPlan): string[] {
  const isAll = types.includes('AAAA');
  const isTls = target.protocol === 'tls';
  const alpn = '; a certificate that the server renews by TLS-ALPN-01 needs HTTP-01 or DNS-01 from now on';
  return [
    isAll
      ? `all visitors of ${name} come by CloudFront, over IPv4 and IPv6`
      : `IPv4 visitors of ${name} come by CloudFront; IPv6 visitors go straight to the server as before`,
    isAll
      ? "the server sees CloudFront as everybody's client; visitors' addresses come in X-Forwarded-For"
      : 'the server sees CloudFront as the client of IPv4 visitors; their addresses come in X-Forwarded-For',
    ...(isAll ? ['on other ports than 80 and 443 nothing is reached under the name any more'] : []),
    ...(isTls ? [`TLS ends at CloudFront, which can read along${isAll ? alpn : ', for IPv4 visitors'}`] : []),
    'an answer has to begin within 60 seconds; a connection on which nothing is said for 10 minutes is closed',
  ];
}

const valuesOf = (set: HostedSet | undefined): string => set?.values.join(', ') ?? '';

function rows({ name, types, origin, previous }: CdnPlan, now: readonly HostedSet[]): string[][] {
  const made =
    origin.addresses === null
      ? []
      : [['AAAA', origin.name, origin.addresses.join(', '), `new, ${ttlText(60, 'route53')}`]];
  return [
    ['CNAME', `_….${name}`, "what ACM asks for, to prove that the name is the account's", 'new'],
    ...made,
    ...types.map((type) => {
      const before = valuesOf(now.find((set) => set.type === type));
      const taken = previous.some((set) => set.type === type);
      const change = `${before === '' ? '' : `${before} -> `}alias of the distribution`;
      return [type, name, change, taken ? 'taken over' : 'new'];
    }),
  ];
}

function endLines(plan: CdnPlan): string[] {
  const back = setsComingBack(plan);
  const removed = plan.types.filter((type) => !back.some((set) => set.type === type));
  return [
    `${[
      ...back.map((set) => `${set.type} ${valuesOf(set)} comes back (${ttlText(set.ttl, 'route53')})`),
      ...removed.map((type) => `${type} is removed`),
    ].join(', ')}: first, in one request`,
    'then it waits a minute, until no cache leads visitors to CloudFront; the distribution serves until then',
    'then the distribution is disabled and deleted, which takes some minutes, and last the other records and the certificate',
  ];
}

/** Two lines above Pulumi's own output: what visitors will notice, and what it costs. */
export function heading(action: Action, plan: CdnPlan): string {
  const { name, types, traffic } = plan;
  if (action === 'down') {
    const back = setsComingBack(plan).map((set) => `${set.type} ${valuesOf(set)}`);
    const a = back.some((text) => text.startsWith('A ')) ? '' : `IPv4 visitors no longer get to ${name}; `;
    return `${a}${back.length === 0 ? 'IPv6 visitors notice nothing' : `${back.join(' and ')} comes back`}. It takes about ten minutes, until CloudFront has switched off everywhere.\nIt ends no costs: $0 a month.`;
  }
  const who = types.includes('AAAA') ? 'All visitors' : 'IPv4 visitors';
  return `${who} of ${name} are led to CloudFront, which fetches from the server over IPv6; it takes about twelve minutes, and DNS moves last.\nIt costs $0 a month within ${traffic.includedGB} GB, and $${traffic.perGBUSD} or more for each GB beyond.`;
}

/** What was achieved, and what to type next. */
export function afterwards(action: Action, plan: CdnPlan): string {
  switch (action) {
    case 'preview':
      return 'Nothing has been changed. Next:  reach4 up';
    case 'up':
      return `Done: CloudFront answers for ${plan.name}. To see whether IPv4 works now:\n  reach4 verify`;
    case 'down':
      return `Done: the distribution and its certificate are gone. ${plan.restore ? 'DNS is as it was before.' : 'Old A records were left out (--no-restore).'} The plan is kept; reach4 up would do it again.`;
  }
}

const setText = (name: string, { type, values, ttl }: HostedSet): string =>
  `${name} ${type} ${values.join(', ')} (${ttlText(ttl, 'route53')})`;

/** Why nothing is planned, in a sentence. @param noZone what the account holds instead */
export function refusalText(refusal: CdnRefusal, noZone: string | null): string {
  switch (refusal.code) {
    case 'not-web':
      return 'CloudFront takes HTTPS on port 443 and HTTP on port 80, for a name, and nothing else; a relay carries the rest (reach4 plan --remedy relay).';
    case 'certificate':
      return `The server's certificate isn't one that a public authority gave for ${refusal.name}, and CloudFront answers "502" to visitors of such a server; expected one, as from Let's Encrypt.`;
    case 'caa':
      return `${caaText(refusal)}, and plan again.`;
    case 'unproven':
      return `No AAAA of ${refusal.name} was seen to answer as the service, or one of them isn't the server's own, and that is what CloudFront fetches from; diagnose again.`;
    case 'no-zone':
      return `${noZone ?? `No public zone of the AWS account holds ${refusal.name}`}; expected credentials for the account that holds it.`;
    case 'other-host':
      return `The last diagnosis is of ${refusal.host}, and the stack is up for ${refusal.name}; diagnose ${refusal.name}, or plan another stack (--stack NAME).`;
    case 'moved':
      return `The stack is up with its records in the zone ${refusal.from.zone.name} (${refusal.from.zone.id}); take it down first (reach4 down), or plan another stack (--stack NAME).`;
    case 'cname':
      return `${refusal.name} is an alias (CNAME) of ${refusal.to} in the zone, and nothing may stand beside a CNAME; give the name its AAAA record first.`;
    case 'delegated':
      return `${refusal.at} is handed over to other name servers (NS records in the zone), so records for ${refusal.name} at Route 53 would have no effect.`;
    case 'computed':
      return `The ${refusal.type} record of ${refusal.name} is ${refusal.how}, so it is no plain address that could be kept and put back; make it a simple record, or take it out, and plan again.`;
    case 'no-aaaa':
      return `The zone holds no AAAA record for ${refusal.name} that could come back when the stack goes; give the name one, or leave IPv6 as it is (--ipv4-only).`;
    case 'exists':
      return `There is already ${refusal.sets.map((set) => setText(refusal.name, set)).join(' and ')}, which this stack did not make. It is not changed unless you say so.`;
    case 'dynamic':
      return `${setText(refusal.name, refusal.set)} looks kept by something else, such as a dynamic DNS client: ${hintsText(refusal.hints)}. It would turn the record back.`;
    case 'loses-ports':
      return losesText(refusal);
    case 'origin-taken':
      return `There is already ${refusal.name} ${refusal.what}, where the server's name for CloudFront would be; expected another name, which you keep (--origin-name NAME).`;
    case 'origin-itself':
      return `--origin-name ${refusal.name} is the visitors' name, which leads to CloudFront itself; expected a name of the server's own, with its AAAA and no A.`;
    case 'origin-elsewhere':
      return `--origin-name ${refusal.name} ${refusal.addresses.length === 0 ? 'has no AAAA record' : `leads to ${refusal.addresses.join(', ')}`}, which was not seen to answer as the service; expected a name with the server's AAAA.`;
  }
}

/** What to type to go on; nothing where something has to be put right first. @param zone of the name */
export function nextCommands(refusals: readonly CdnRefusal[], zone: string): string[] {
  const only = (...some: CdnRefusal['code'][]): boolean => refusals.every(({ code }) => some.includes(code));
  if (refusals.length === 0 || !only('exists', 'dynamic', 'no-aaaa', 'computed', 'loses-ports')) return [];
  const has = (type: 'A' | 'AAAA'): boolean =>
    refusals.some((each) => each.code === 'exists' && each.sets.some((set) => set.type === type));
  const adopt = has('A') || has('AAAA') ? ' --adopt' : '';
  const ipv4Only = refusals.some((each) => concernsAaaa(each))
    ? [`${PLAN} --ipv4-only${has('A') ? ' --adopt' : ''}   IPv6 visitors go straight to the server as before`]
    : [];
  const [loses] = refusals.flatMap((each) => (each.code === 'loses-ports' ? [each] : []));
  if (loses !== undefined) {
    const plan = `${PLAN}${loses.ipv4Only ? ' --ipv4-only' : ''}${adopt}`;
    return [...ipv4Only, ...losesPortsNext(plan, loses.name, zone)];
  }
  if (!only('exists', 'dynamic')) return ipv4Only;
  const dynamic = refusals.some(({ code }) => code === 'dynamic');
  return [
    ...ipv4Only,
    dynamic
      ? `${PLAN} --own-content   take it over all the same (first stop what keeps it)`
      : `${PLAN} --adopt   take it over; its old value is kept and comes back when the stack goes`,
  ];
}

function concernsAaaa(refusal: CdnRefusal): boolean {
  switch (refusal.code) {
    case 'no-aaaa':
      return true;
    case 'loses-ports':
      return !refusal.ipv4Only;
    case 'computed':
      return refusal.type === 'AAAA';
    case 'exists':
      return refusal.sets.some(({ type }) => type === 'AAAA');
    case 'dynamic':
      return refusal.set.type === 'AAAA';
    default:
      return false;
  }
}

/** What a person should know, in a sentence. @param origin the origin's name */
export function noteText(note: CdnNote, origin: string): string {
  switch (note.code) {
    case 'caa':
      return `${caaText(note)}, or the certificate will not be renewed.`;
    case 'zone-not-in-use':
      return `The domain's name servers aren't those of the zone ${note.zone} at Route 53: until they are, the certificate is never issued, and visitors won't see the records.`;
    case 'maybe-dynamic':
      return `${setText(note.name, note.set)} may be kept by something else, such as a dynamic DNS client: ${hintsText(note.hints)}. If so, let it keep a name of the server's own from now on, and say so: --origin-name NAME.`;
    case 'no-http':
      return `Nothing answers HTTP on port 80 of the server over IPv6, so CloudFront sends visitors of http://${note.name} to HTTPS by itself.`;
    case 'http-only':
      return `The service is HTTP in clear: CloudFront offers visitors https://${note.name} too, but what it fetches from the server still crosses the internet in clear.`;
    case 'origin-kept':
      return `The server was not seen again at an address of its own; ${origin} stays ${note.addresses.join(', ')}.`;
    case 'seen-inside-only':
      return `${note.addresses.join(', ')} was seen to answer from this network only; whether CloudFront gets there, reach4 verify --outside URL will tell.`;
  }
}

/** What is said of the server's own name, which the stack or somebody else keeps. */
export const originNote = ({ origin }: CdnPlan): string =>
  origin.addresses === null
    ? `${origin.name} is yours to keep: it has to lead to the server, by AAAA only, for as long as the stack is up.`
    : `${origin.name} holds the server's address as it is now. Where the provider changes the prefix, plan and bring it up again, or let a dynamic DNS client keep a name of its own for it and say --origin-name NAME.`;
