import type { MachineFacts } from '../../connector/machine-facts.ts';
import { tokenFile, unitName } from '../../connector/names.ts';
import { CLOUDFLARE_PACKAGES } from '../../connector/script/package.ts';
import { asTyped, block, type Page, paint } from '../../report/page.ts';
import type { Left, WhyNot } from './trouble-text.ts';

/** Files and commands stand on lines of their own: they are looked up, and copied. */
const line = (page: Page, text: string): string => `     ${asTyped(page, text)}`;

/** What a connector is made of: each fits a line of 80 columns. */
const madeLines = (tunnelId: string): string[] => [
  `${tokenFile(tunnelId)} (0600)`,
  `${unitName(tunnelId)} (systemd)`,
];

export interface InstallPlan {
  readonly tunnelId: string;
  readonly hostname: string | null;
  readonly label: string;
  readonly facts: MachineFacts;
}

const titleOf = (page: Page, tunnelId: string, hostname: string | null, label: string): string =>
  `${paint(page, 'bold', block(page, `Connector of ${hostname ?? 'a tunnel'} on ${label}`, 0))}\n\n  tunnel ${tunnelId}`;

/** What `install` is about to do. */
export function installPlanText({ tunnelId, hostname, label, facts }: InstallPlan, page: Page): string {
  const there = facts.connectors.some((each) => each.tunnelId === tunnelId);
  const steps = [
    ...(facts.cloudflared === null ? [packageStep(facts.manager)] : []),
    {
      what: there ? 'Write these again where they differ:' : 'Write:',
      lines: madeLines(tunnelId),
    },
    {
      what: `${there ? 'Start it again if anything differed' : 'Start it, now and with the machine'}, and wait until it is connected to Cloudflare (outgoing, port 7844).`,
      lines: [],
    },
  ];
  const used =
    facts.cloudflared === null
      ? []
      : [
          '',
          block(
            page,
            `cloudflared ${facts.cloudflared.version ?? 'of an unknown version'} is there: ${facts.cloudflared.program}`,
            2,
          ),
        ];
  return [
    titleOf(page, tunnelId, hostname, label),
    ...used,
    '',
    ...steps.flatMap(({ what, lines }, index) => [
      block(page, `${index + 1}  ${what}`, 2, 5),
      ...lines.map((each) => line(page, each)),
    ]),
    '',
    block(
      page,
      `It runs as a user of its own that may write nothing and sees no other files of yours. ${goesAgain(facts)}`,
      2,
    ),
    '',
  ].join('\n');
}

/** What was there before a connector came stays in any case. */
const goesAgain = ({ cloudflared }: MachineFacts): string =>
  cloudflared === null
    ? '`reach4 connector remove` takes the service and its token away again; with --package, cloudflared and what came with it as well.'
    : '`reach4 connector remove` takes all of it away again.';

function packageStep(manager: string | null): { what: string; lines: string[] } {
  const { apt, rpm } = CLOUDFLARE_PACKAGES;
  return manager === 'apt-get'
    ? {
        what: 'Install cloudflared by apt from pkg.cloudflare.com, and for that:',
        lines: [apt.keyFile, apt.sourceFile],
      }
    : {
        what: `Install cloudflared by ${manager ?? 'the package manager'} from pkg.cloudflare.com, and for that:`,
        lines: [rpm.sourceFile],
      };
}

/** What is being done; the words of a script's steps. */
export const STEPS: Readonly<Record<string, string>> = {
  package: 'cloudflared: the package manager is at work …',
  unit: 'Writing the service …',
  ready: 'Waiting for its connection to Cloudflare …',
  remove: 'Stopping it, and taking its files away …',
};

const LEFT: Readonly<Record<Left, (flags: string) => string>> = {
  undone: () => 'Everything is as it was before.',
  untouched: () => 'Nothing was changed.',
  unknown: (flags) => `What was changed, nobody told; reach4 connector status${flags} tells what is there.`,
};

/** It didn't work out: why, what the log says, and what is left. */
export function failureText({ text, quote }: WhyNot, left: Left, flags: string, page: Page): string {
  return [
    block(page, text, 0),
    ...(quote === null ? [] : ['', block(page, quote, 2, 4)]),
    '',
    block(page, `${LEFT[left](flags)} Then:  reach4 connector install${flags}`, 0),
    '',
  ].join('\n');
}

/** It runs. */
export function installedText(
  {
    changed,
    version,
    connections,
    label,
    flags,
    fromStack,
  }: {
    readonly changed: boolean;
    readonly version: string;
    readonly connections: number | null;
    readonly label: string;
    readonly flags: string;
    readonly fromStack: boolean;
  },
  page: Page,
): string {
  const count = connections === null ? '' : `, ${counted(connections, 'connection')}`;
  const done = changed
    ? `The connector runs on ${label} and is connected to Cloudflare (cloudflared ${version}${count}).`
    : `The connector ran on ${label} already, with this token, and is connected to Cloudflare (cloudflared ${version}${count}); nothing was changed.`;
  const next = fromStack ? 'Next:  reach4 up' : 'Next, in the folder with the plan:  reach4 up';
  return [
    '',
    block(page, done, 0),
    '',
    block(page, next, 0),
    block(page, `How it does:  reach4 connector status${flags}`, 0),
    '',
  ].join('\n');
}

export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** What `remove` is about to do. */
export function removePlanText(
  tunnelId: string,
  { label, withPackage }: { readonly label: string; readonly withPackage: boolean },
  page: Page,
): string {
  return [
    titleOf(page, tunnelId, null, label),
    '',
    block(page, '1  Stop it. What visitors ask for through this tunnel is answered no more.', 2, 5),
    block(page, '2  Take away:', 2, 5),
    ...madeLines(tunnelId).map((each) => line(page, each)),
    ...(withPackage
      ? [
          block(
            page,
            '3  Take away cloudflared with its key and source, as far as a connector brought them and nothing else here runs it.',
            2,
            5,
          ),
        ]
      : []),
    '',
  ].join('\n');
}

const PACKAGE: Readonly<Record<string, string>> = {
  left: 'cloudflared came with it and stays; `reach4 connector remove --package` takes it away.',
  'not-ours': 'cloudflared stays: no connector of reach4 has installed it.',
  'in-use': 'cloudflared stays: something else on this machine runs it.',
  removed: 'cloudflared is gone as well.',
  'still-there': 'The package of cloudflared is gone, but another cloudflared is on PATH.',
};

/** What `remove` did. */
export function removedText(removed: boolean, brought: string | null, label: string, page: Page): string {
  return [
    block(
      page,
      removed
        ? `The connector is gone from ${label}; so is its token.`
        : `There was no such connector on ${label}.`,
      0,
    ),
    ...(brought === null || PACKAGE[brought] === undefined ? [] : [block(page, PACKAGE[brought], 0)]),
    '',
  ].join('\n');
}

/** Beside the compose file, which stands on standard output alone. */
export const dockerText = (owner: number, page: Page): string =>
  [
    block(page, 'Nothing was changed. Here, in the folder with the plan:', 0),
    '  reach4 connector install --docker > compose.yaml',
    '  reach4 connector token token',
    block(page, "Both go into one folder where Docker runs; the token is to be the image's user's alone:", 0),
    `  sudo chown ${owner} token`,
    '  docker compose up -d',
    '',
  ]
    .map((each) => asTyped(page, each))
    .join('\n');
