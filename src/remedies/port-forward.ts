import type { CauseCode } from '../model/cause-code.ts';
import type { Verdict } from '../model/diagnosis.ts';
import type { ManualStep } from '../model/remedy-offer.ts';
import type { Case } from '../model/view/case.ts';
import { forwardOf } from '../model/view/forward.ts';
import { atHome, gatewaysIn, onServer, serverAddresses4 } from '../model/view/home.ts';
import { systemOf } from '../model/view/system.ts';
import {
  concluded,
  isConfirmed,
  isOwnBoxInFront,
  notTheCause,
  type Offer,
  plainWord,
  transportOf,
  UNKNOWN_CLIENT,
  type Way,
} from './manual.ts';
import {
  bridgeMode,
  forwardForm,
  movePage,
  outerForm,
  reservation,
  routerFirewallForm,
} from './port-forward/form.ts';
import { overNatPmp, overUpnp } from './port-forward/protocols.ts';
import { type Forwarding, ROUTER, type Wrong } from './port-forward/situation.ts';

/** Minutes: find the page, fill it in. */
const MINUTES = 10;

/** The mapping that is missing or wrong on the router, and on the box in front of it. */
export const offerPortForward: Offer = (the, verdicts) => {
  const outer = ownBoxInFront(verdicts);
  const inner = isConfirmed(verdicts, 'port-forward');
  if (!inner && outer === undefined) return notTheCause(verdicts, 'port-forward');
  const forwarding = forwardingOf(the, verdicts);
  const cures: CauseCode[] = [
    ...(outer === undefined ? [] : (['cgnat'] as const)),
    ...(inner ? (['port-forward'] as const) : []),
  ];
  const inFront = outer === undefined ? [] : [outerForm(forwarding, outer.wan)];
  const ways = inner
    ? innerWays(the, verdicts, forwarding).map((way) => ({ ...way, steps: [...inFront, ...way.steps] }))
    : [{ for: 'the router in front of yours', steps: inFront }];
  // Without the box in front, the inner router still has to forward: that is no step less.
  const bridged: Way[] =
    outer === undefined
      ? []
      : [
          {
            for: 'the router in front of yours, as a modem only',
            steps: [bridgeMode, ...(inner ? [forwardForm(forwarding)] : [])],
          },
        ];
  return {
    remedy: 'port-forward',
    cures,
    monthlyUSD: 0,
    carries: 'everything',
    minutes: MINUTES,
    ways: [...ways, ...bridged],
    loses: [
      'The port is open to the whole IPv4 internet, as it is over IPv6.',
      'A mapping made over UPnP or NAT-PMP may be gone after a restart of the router.',
    ],
  };
};

/** The router's address behind a box in front that its owner can set up; undefined where none is known to stop the port. */
function ownBoxInFront(verdicts: readonly Verdict[]): { readonly wan: string } | undefined {
  if (!isOwnBoxInFront(verdicts)) return undefined;
  const [told] = concluded(verdicts, 'cgnat', 'wan-private');
  return told ?? concluded(verdicts, 'cgnat', 'double-nat')[0];
}

function innerWays(the: Case, verdicts: readonly Verdict[], forwarding: Forwarding): Way[] {
  const blocks = concluded(verdicts, 'port-forward', 'router-firewall').length > 0;
  const before = concluded(verdicts, 'port-forward', 'router-page-answers').map(() => movePage(forwarding));
  const after: ManualStep[] = [
    ...(blocks ? [routerFirewallForm(forwarding)] : []),
    ...(forwarding.client === UNKNOWN_CLIENT ? [] : [reservation(forwarding)]),
  ];
  const { state } = forwardOf(the);
  // A forward that is right already needs nothing but the firewall.
  const isRight = state === 'right' && blocks;
  const byHand: Way = {
    for: `${ROUTER}'s page`,
    steps: isRight ? [routerFirewallForm(forwarding)] : [...before, forwardForm(forwarding), ...after],
  };
  const answersUpnp = atHome(the, 'upnp').some(({ facts }) => facts.level === 1);
  // A mapping set by hand can't be replaced over UPnP (718 ConflictInMappingEntry), nor can one of another machine
  // (606 Action not authorized, from every router with miniupnpd's secure_mode); and the page stays in the way.
  const { wrong } = forwarding;
  const replaceable = wrong === null || (wrong.overUpnp && wrong.client === forwarding.client);
  const free = !isRight && before.length === 0 && replaceable && forwarding.client !== UNKNOWN_CLIENT;
  const answersNatPmp = atHome(the, 'nat-pmp').some(({ facts }) => facts.level === 1 && facts.result === 0);
  const asked: Way[] = [
    ...(free && answersUpnp ? [{ for: 'UPnP', steps: [overUpnp(forwarding), ...after] }] : []),
    // Windows brings nothing that asks by NAT-PMP.
    ...(free && answersNatPmp && wrong === null && forwarding.system !== 'windows'
      ? [{ for: 'NAT-PMP', steps: [overNatPmp(forwarding), ...after] }]
      : []),
  ];
  // One that was set by hand may not be listed: only the page shows it, and a second mapping of the port would be in its way.
  return forwarding.unlisted ? [byHand, ...asked] : [...asked, byHand];
}

function forwardingOf(the: Case, verdicts: readonly Verdict[]): Forwarding {
  const own = serverAddresses4(the).filter(({ scope }) => scope === 'private');
  const best = own.find(({ interface: name }) => name === arrivesBy(the)) ?? own[0];
  return {
    externalPort: the.target.port,
    client: best?.address ?? UNKNOWN_CLIENT,
    internalPort: the.target.port,
    protocol: transportOf(the),
    interface: best?.interface ?? null,
    system: systemOf(the),
    gateway: gatewaysIn(onServer(the, 'routes'))[0] ?? null,
    description: plainWord(
      atHome(the, 'upnp').find(({ facts }) => facts.level === 1)?.facts.location ?? null,
    ),
    wrong: wrongOf(the),
    unlisted:
      ['not-listed', 'unknown', 'unclear'].includes(forwardOf(the).state) &&
      // A mapping of the port that was made over a protocol worked.
      concluded(verdicts, 'port-forward', 'mapping-trial-answers').length === 0,
  };
}

/** The interface by which packets from the router arrive. */
const arrivesBy = (the: Case): string | undefined =>
  onServer(the, 'routes')
    .flatMap(({ facts }) => facts.defaults)
    .find(({ family }) => family === 'ipv4')?.interface;

function wrongOf(the: Case): Wrong | null {
  const forward = forwardOf(the);
  if (forward.state !== 'wrong-host' && forward.state !== 'wrong-port' && forward.state !== 'disabled')
    return null;
  const { client, port, source, state } = forward;
  // UPnP's undo could not switch it off again, only take it away.
  return {
    client,
    port,
    overUpnp: source === 'upnp' && state !== 'disabled',
    disabled: state === 'disabled',
  };
}
