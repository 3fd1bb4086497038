import { comingBack } from '../../../model/coming-back.ts';
import { type TunnelPlan, tunnelName } from '../../../model/tunnel-plan.ts';
import type { FoundRecord } from '../../../model/zone-records.ts';
import type { TunnelDecision, TunnelNote } from '../../../remedies/tunnel/plan.ts';
import { block, type Page, paint } from '../../../report/page.ts';
import { lostNote } from '../lost-ports-text.ts';
import { nameNote } from '../name-text.ts';
import { notesLines, section, staleNote, ttlText } from '../plan-words.ts';
import type { Action } from '../remedy.ts';
import type { SeenConnector } from './state.ts';

interface PlanShown {
  readonly stack: string;
  readonly decision: Extract<TunnelDecision, { ok: true }>;
  /** What the zone holds for the name now. */
  readonly found: readonly FoundRecord[];
  /** Hours since the diagnosis; null where it is fresh. */
  readonly staleHours: number | null;
  /** The stack is up, and the name leads to the tunnel. */
  readonly connected: boolean;
}

const INSTALL = 'reach4 connector install';

/** The plan for a person: what is made, what becomes of visitors and DNS, what is to be done on the server, and the end. */
export function planText({ stack, decision, found, staleHours, connected }: PlanShown, page: Page): string {
  const { plan, notes } = decision;
  const { account, zone, name } = plan;
  const sections = [
    block(page, paint(page, 'bold', `Plan for ${name}: tunnel, stack ${stack}`), 0, 2),
    section(page, `A tunnel at Cloudflare, in the account ${account.name || account.id}`, [
      `called ${tunnelName(plan)}; cloudflared on the server opens it, and leads to ${plan.ingress.service}`,
    ]),
    section(page, 'It costs nothing: $0 a month', []),
    section(page, 'What changes for people', peopleLines(plan)),
    section(page, 'To do on the server', [
      `${INSTALL}   once reach4 up has made the tunnel; then reach4 up again`,
    ]),
    section(
      page,
      `Writes, in the zone ${zone.name} at Cloudflare${connected ? '' : ', once cloudflared is connected'}`,
      [['CNAME', name, 'the tunnel', `proxied, ${ttlText(1, 'cloudflare')}`]],
    ),
    ...(found.length === 0
      ? []
      : [
          section(
            page,
            'Takes out of the zone in the same moment, and keeps',
            found.map(({ type, content, ttl }) => [type, name, content, ttlText(ttl, 'cloudflare')]),
          ),
        ]),
    section(page, 'When the stack goes (reach4 down, pulumi destroy)', endLines(plan)),
    ...notesLines(notesOf(notes, name, staleHours), page),
  ];
  return `${sections.join('\n')}\n`;
}

const peopleLines = ({ target, name }: TunnelPlan): string[] => [
  `everybody reaches ${name} by Cloudflare, over IPv4 and IPv6; nothing has to be let in at home`,
  "Cloudflare reads what is sent, and gives a visitor's address to the server in the header CF-Connecting-IP",
  'an upload may have 100 MB at most on the Free and Pro plans',
  ...(target.protocol === 'http'
    ? ['visitors may use HTTPS as well: Cloudflare has a certificate for the name']
    : []),
];

function endLines({ previous, restore }: TunnelPlan): string[] {
  const back = comingBack({ previous, restore });
  const records = back.map(({ type, content }) => `${type} ${content}`).join(', ');
  return [
    back.length === 0
      ? 'first the CNAME is removed'
      : `first, in one moment, the CNAME is removed and ${records} ${back.length === 1 ? 'comes' : 'come'} back`,
    'then cloudflared is cut off, and the tunnel is deleted; on the server, reach4 connector remove takes cloudflared away',
  ];
}

/** What a person should know, a paragraph each. */
export const notesOf = (notes: readonly TunnelNote[], name: string, staleHours: number | null): string[] => [
  ...staleNote(staleHours),
  ...notes.flatMap((each) => noteText(each, name)),
];

function noteText(the: TunnelNote, name: string): string[] {
  switch (the.code) {
    case 'own-certificate':
      return [
        "The program's certificate is none that a public authority vouches for, so cloudflared takes it as it is. The way from cloudflared to the program stays inside the server.",
      ];
    case 'other-host':
      return [
        `${the.service} is not on the server that was diagnosed: cloudflared has to run where that can be reached, and what is sent passes the network between them.`,
      ];
    case 'not-covered':
      return [
        `The certificate that Cloudflare gives the zone ${the.zone} covers one label below it, and ${the.name} has more: HTTPS needs an Advanced Certificate for it, which costs extra.`,
      ];
    case 'lost':
      return lostNote(name, the.ports);
    default:
      return [nameNote(the)];
  }
}

/** Two lines above Pulumi's own output: what visitors will notice, and what it costs. */
export function heading(action: Action, plan: TunnelPlan): string {
  const { name, ingress } = plan;
  if (action !== 'down') {
    return `Everybody reaches ${name} by Cloudflare, over IPv4 and IPv6, which leads through a tunnel to ${ingress.service} on the server; DNS leads there once cloudflared is connected.\nIt costs nothing: $0 a month.`;
  }
  const back = comingBack(plan);
  const where =
    back.length === 0
      ? 'is not found any more'
      : `is at ${back.map(({ content }) => content).join(', ')} again`;
  return `${name} ${where}, and IPv4 visitors no longer get to the server through the tunnel.\nIt cost nothing, and ends nothing that does.`;
}

/** What was achieved, and what to type next. @param seen whether a connector was; without one, the name stays as it is */
export function afterwards(
  action: Action,
  { name, previous, restore }: TunnelPlan,
  seen: SeenConnector,
): string {
  switch (action) {
    case 'preview':
      return 'Nothing has been changed. Next:  reach4 up';
    case 'up':
      return upText(name, seen);
    case 'down': {
      const dns = restore
        ? previous.length === 0
          ? ''
          : ', and DNS is as it was before'
        : '; so is the CNAME, and old A records were left out (--no-restore)';
      return `Done: the tunnel is gone${dns}. To take cloudflared off the server:\n  reach4 connector remove\nThe plan is kept; reach4 up would do it again, with another tunnel.`;
    }
  }
}

function upText(name: string, seen: SeenConnector): string {
  switch (seen) {
    case 'now':
      return `Done: cloudflared is connected, and ${name} leads through the tunnel. To see whether IPv4 works now:\n  reach4 verify`;
    case 'before':
      return `Done: ${name} leads through the tunnel; reach4 status tells whether cloudflared is connected. To see whether IPv4 works now:\n  reach4 verify`;
    case 'none':
      return `The tunnel is there, and nothing has been changed in DNS: cloudflared isn't connected yet. Next, on the server:\n  ${INSTALL}\nThen here, to lead ${name} there:\n  reach4 up`;
  }
}
