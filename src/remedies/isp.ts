import type { CauseCode } from '../model/cause-code.ts';
import type { Verdict } from '../model/diagnosis.ts';
import { seen } from '../model/evidence.ts';
import type { ManualStep } from '../model/remedy-offer.ts';
import type { Case } from '../model/view/case.ts';
import { serverAddresses4 } from '../model/view/home.ts';
import { lineOf, observed4 } from '../model/view/line.ts';
import { reachSeen } from '../model/view/reach-seen.ts';
import { stateOf } from '../model/view/service.ts';
import { askForAddress, askForPort, type Figures } from './isp/message.ts';
import {
  concluded,
  form,
  isConfirmed,
  isOwnBoxInFront,
  notTheCause,
  type Offer,
  transportOf,
  UNKNOWN_CLIENT,
  type Way,
  writtenAs,
} from './manual.ts';

/** What only the provider can change, and the ports that it lets through already. */
export const offerIsp: Offer = (the, verdicts) => {
  const cures = (['cgnat', 'isp-block'] as const).filter((cause) => isConfirmed(verdicts, cause));
  // A second NAT of one's own is nothing that the provider can help with.
  const asked = isOwnBoxInFront(verdicts) ? cures.filter((cause) => cause !== 'cgnat') : cures;
  if (asked.length === 0) {
    return cures.length === 0 ? notTheCause(verdicts, 'cgnat', 'isp-block') : { code: 'own-box-in-front' };
  }
  const other = otherPort(the, verdicts);
  const open = other?.known === 'answers' ? other.port : null;
  const figures = figuresOf(the, open);
  const ways = [
    ...(other === null ? [] : [otherPortWay(the, other)]),
    providerWay(asked, figures, verdicts),
    ...clientsWay(the),
  ];
  return {
    remedy: 'isp',
    cures: [...asked] satisfies CauseCode[],
    monthlyUSD: null,
    carries: 'everything',
    minutes: null,
    ways,
    loses: [
      'The provider may say no, take days, or want money for it.',
      ...(other === null
        ? []
        : [`At another port, everybody has to write it: ${writtenAs(the, other.port)}.`]),
    ],
    alternatePort: open,
  };
};

function providerWay(asked: readonly CauseCode[], figures: Figures, verdicts: readonly Verdict[]): Way {
  const isSet = concluded(verdicts, 'cgnat', 'port-outside-set').length > 0;
  const send = (does: string, change: ManualStep['change']): ManualStep => ({
    where: 'provider',
    software: 'your provider',
    does,
    change,
    undo: null,
  });
  return {
    for: 'your provider',
    steps: [
      ...(asked.includes('cgnat')
        ? [
            send(
              'asks for an IPv4 address of your own',
              askForAddress(figures, isSet ? 'port-set' : 'shared'),
            ),
          ]
        : []),
      ...(asked.includes('isp-block') ? [send('asks for the port', askForPort(figures))] : []),
    ],
  };
}

interface OtherPort {
  readonly port: number;
  /**
   * `answers`: the router passes it on already; `answered`: it did while reach4 had a mapping of it open; `own`: one of
   * the line's set, which nobody has tried.
   */
  readonly known: 'answers' | 'answered' | 'own';
}

const KNOWN: Readonly<Record<OtherPort['known'], string>> = {
  answers: 'which answers already',
  answered: 'which answered while it was forwarded for a moment',
  own: "which is one of the line's own",
};

/** A port at which the service was seen from outside, best one that stays open; else one of the line's own set. */
function otherPort(the: Case, verdicts: readonly Verdict[]): OtherPort | null {
  const seenOpen = [
    ...concluded(verdicts, 'isp-block', 'other-port-answers').map((args) => args.otherPort),
    ...differential(the),
  ];
  const tried = seen(the.evidence, 'mapping-trial')
    .filter(({ facts }) => facts.opened)
    .map(({ facts }) => facts.externalPort);
  const lasting = seenOpen.find((port) => !tried.includes(port));
  if (lasting !== undefined) return { port: lasting, known: 'answers' };
  const [passing] = seenOpen;
  if (passing !== undefined) return { port: passing, known: 'answered' };
  const [usable] = concluded(verdicts, 'cgnat', 'port-outside-set').flatMap((args) => args.usable);
  return usable === undefined ? null : { port: usable, known: 'own' };
}

/** Other ports of the line at which the service answered somebody outside. */
const differential = (the: Case): number[] =>
  reachSeen(the.evidence)
    .filter(
      (item) =>
        item.vantage === 'outside' &&
        item.facts.family === 'ipv4' &&
        item.facts.port !== the.target.port &&
        item.facts.roles.includes('differential') &&
        stateOf(the, item) === 'answers',
    )
    .map(({ facts }) => facts.port);

function otherPortWay(the: Case, { port, known }: OtherPort): Way {
  const page = 'Port forwarding (virtual server, NAT)';
  const client = serverAddresses4(the).find(({ scope }) => scope === 'private')?.address ?? UNKNOWN_CLIENT;
  const protocol = transportOf(the).toUpperCase();
  const forward: ManualStep = {
    where: 'router',
    software: 'your router',
    does: `passes port ${port} on to the server`,
    change: form(page, {
      Name: 'reach4',
      Protocol: protocol,
      'External port': String(port),
      'Internal address': client,
      'Internal port': String(the.target.port),
    }),
    undo: form(page, { 'Delete the entry': `reach4, ${protocol}, external port ${port}` }),
  };
  const tell: ManualStep = {
    where: 'outside',
    software: 'the people who use the service',
    does: 'tells them the port',
    change: {
      kind: 'message',
      to: 'the people who use the service',
      text: `Over IPv4, please use ${writtenAs(the, port)} from now on. Over IPv6, ${writtenAs(the)} keeps working.`,
    },
    undo: null,
  };
  return {
    for: `port ${port}, ${KNOWN[known]}`,
    steps: [...(known === 'answers' ? [] : [forward]), tell],
  };
}

/** The way that needs no IPv4: those who have none of IPv6 can ask for it. */
function clientsWay(the: Case): Way[] {
  const text = `${writtenAs(the)} can be reached over IPv6. If it doesn't open for you, your connection has no IPv6: look for it in the settings of your router, or ask your provider to switch it on. https://test-ipv6.com shows whether you have it.`;
  return [
    {
      for: 'a few known people, over IPv6',
      steps: [
        {
          where: 'outside',
          software: 'the people who use the service',
          does: 'asks them to get IPv6',
          change: { kind: 'message', to: 'the people who use the service', text },
          undo: null,
        },
      ],
    },
  ];
}

function figuresOf(the: Case, other: number | null): Figures {
  const line = lineOf(the);

  return {
    service: writtenAs(the),
    port: the.target.port,
    protocol: transportOf(the),
    wan: 'wan' in line ? line.wan : null,
    seenAs: observed4(the)[0]?.address ?? null,
    otherPort: other,
  };
}
