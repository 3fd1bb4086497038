import { type Connector, type MachineFacts, machineFacts } from '../../connector/machine-facts.ts';
import { UNIT_PREFIX } from '../../connector/names.ts';
import { LOOK_SCRIPT } from '../../connector/script/look.ts';
import { asTyped } from '../../report/page.ts';
import { printableJson } from '../../report/printable.ts';
import { isFine, line, type Status, type StatusLine } from '../status/status.ts';
import { statusText } from '../status/text.ts';
import { type ConnectorContext, EXIT_DONE, EXIT_NOT_ACHIEVED } from './context.ts';
import { machineOf } from './machine.ts';
import { counted } from './text.ts';

export interface StatusChoice {
  readonly ssh: string | null;
  readonly json: boolean;
}

/** Connections that a connector holds when all is well (cloudflared, `--ha-connections`). */
const ALL_CONNECTIONS = 4;

/** Cloudflare supports a version until the latest is a year ahead (cloudflared, README); months. */
const SUPPORTED_MONTHS = 12;

/** How the connectors of a machine are. @returns the exit code. @throws UserError for what only the user can change */
export async function status(choice: StatusChoice, context: ConnectorContext): Promise<number> {
  const { io, ports } = context;
  const machine = machineOf(choice.ssh, context);
  const facts = machineFacts(await machine.run({ text: LOOK_SCRIPT, root: false }));
  const found = connectorStatus(facts, machine, ports.clock.now());
  const fine = isFine(found);
  io.out(
    choice.json
      ? printableJson({ machine: machine.label, fine, ...found.facts })
      : asTyped(io.page, statusText(`Connectors on ${machine.label}`, found, io.page)),
  );
  return fine ? EXIT_DONE : EXIT_NOT_ACHIEVED;
}

export function connectorStatus(
  facts: MachineFacts,
  { label, flags }: { readonly label: string; readonly flags: string },
  now: Date,
): Status {
  const { connectors, cloudflared } = facts;
  const wrong = connectors.filter((each) => !connectorLines(each).every(({ state }) => state !== 'wrong'));
  return {
    parts: [
      ...(connectors.length === 0
        ? [{ label: 'connector', lines: [line('wrong', `there is none on ${label}`)] }]
        : connectors.map((each) => ({ label: `tunnel ${each.tunnelId}`, lines: connectorLines(each) }))),
      { label: 'cloudflared', lines: [programLine(cloudflared, connectors.length > 0, now)] },
    ],
    facts: {
      cloudflared: cloudflared === null ? null : { ...cloudflared },
      connectors: connectors.map((each) => ({ ...each, since: each.since?.toISOString() ?? null })),
    },
    next: [
      ...(connectors.length === 0 ? [`To make one:  reach4 connector install${flags}`] : []),
      ...wrong.flatMap(({ tunnelId }) => [
        `What it says, on ${label}:`,
        `journalctl -u ${UNIT_PREFIX}${tunnelId} -n 50`,
      ]),
    ],
  };
}

function connectorLines(each: Connector): StatusLine[] {
  const { active, sub, enabled, since, restarts, connections } = each;
  const times = restarts === null || restarts === 0 ? '' : `, after ${counted(restarts, 'restart')}`;
  return [
    active === 'active'
      ? line('fine', `runs${since === null ? '' : ` since ${shortTime(since)}`}${times}`)
      : line('wrong', `doesn't run: ${active} (${sub})${times}`),
    enabled ? line('fine', 'starts with the machine') : line('wrong', "doesn't start with the machine"),
    connections === null
      ? active === 'active'
        ? line(
            'unknown',
            'how many connections to Cloudflare it has: nothing there could ask it (curl, wget or bash)',
          )
        : line('wrong', 'no connection to Cloudflare')
      : line(
          connections === 0 ? 'wrong' : 'fine',
          `${counted(connections, 'connection')} to Cloudflare${connections > 0 && connections < ALL_CONNECTIONS ? ` of ${ALL_CONNECTIONS}` : ''}`,
        ),
  ];
}

const shortTime = (time: Date): string => `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

function programLine(cloudflared: MachineFacts['cloudflared'], needed: boolean, now: Date): StatusLine {
  if (cloudflared === null) {
    return line(needed ? 'wrong' : 'note', 'not on PATH');
  }
  const { program, version } = cloudflared;
  const { year, month } = /^(?<year>\d{4})\.(?<month>\d{1,2})\./u.exec(version ?? '')?.groups ?? {};
  const months =
    year === undefined
      ? 0
      : (now.getUTCFullYear() - Number(year)) * 12 + now.getUTCMonth() + 1 - Number(month);
  const text = `${version ?? 'unknown version'}, ${program}`;
  return months > SUPPORTED_MONTHS
    ? line('note', `${text}: over a year old, and Cloudflare supports the last year's; update it`)
    : line('fine', text);
}
