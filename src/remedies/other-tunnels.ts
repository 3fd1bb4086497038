import { CAUSE_CODES } from '../model/cause-code.ts';
import type { System } from '../model/facts/host.ts';
import type { ManualStep } from '../model/remedy-offer.ts';
import { isHostName } from '../model/target.ts';
import type { Case } from '../model/view/case.ts';
import { listeningOf } from '../model/view/host.ts';
import { publicRecords } from '../model/view/records.ts';
import { systemOf } from '../model/view/system.ts';
import { form, isConfirmed, notTheCause, type Offer, type Way } from './manual.ts';
import { macosAlways, macosNgrok } from './other-tunnels/macos.ts';
import { ngrok, ngrokService, type Passed } from './other-tunnels/ngrok.ts';
import {
  allowed,
  always,
  autossh,
  gatewayPorts,
  type Inner,
  key,
  macosKey,
  once,
  VPS,
} from './other-tunnels/ssh.ts';
import {
  windowsAlways,
  windowsKey,
  windowsNgrok,
  windowsNgrokService,
  windowsOnce,
} from './other-tunnels/windows.ts';

/** Minutes, with a host that is there already. */
const MINUTES = 30;

/** A way in that the server opens from inside: it needs nothing of the line, the router or the firewall. */
export const offerOtherTunnels: Offer = (the, verdicts) => {
  if (!isConfirmed(verdicts, 'cgnat') && !isConfirmed(verdicts, 'isp-block')) {
    return notTheCause(verdicts, 'cgnat', 'isp-block');
  }
  // Neither carries UDP.
  const { protocol } = the.target;
  if (protocol === 'udp') return { code: 'not-carried', carries: 'tcp', protocol };
  const inner: Inner = { port: the.target.port, local: localOf(the) };
  const dns = record(the);
  const isWeb = the.target.protocol === 'tls' || the.target.protocol === 'http';
  const ssh = (what: string, ...steps: ManualStep[]): Way => ({
    for: what,
    steps: [gatewayPorts, ...steps, ...dns],
  });
  const passed = passedBy(the, inner, isWeb);
  const { kept, tried, service, trial } = stepsOn(systemOf(the), inner, passed);
  const ways = [
    ...kept.map(([what, ...steps]) => ssh(`reverse SSH, kept up by ${what}`, ...steps)),
    ssh('reverse SSH, to try it', tried),
    { for: 'ngrok, as a service', steps: [service] },
    { for: 'ngrok, to try it', steps: [trial] },
  ];
  return {
    remedy: 'other-tunnels',
    // The users come in elsewhere: whatever else is in their way at home is not on the way any more.
    cures: CAUSE_CODES.filter((cause) => isConfirmed(verdicts, cause)),
    monthlyUSD: null,
    carries: 'tcp',
    minutes: MINUTES,
    ways,
    loses: [
      'The server sees the tunnel as the client: the addresses of users are lost.',
      'Reverse SSH needs a host with a public IPv4: about 5 dollars a month where there is none.',
      'Everything goes by way of that host: slower, and through one TCP connection.',
      'ngrok wants an account, gives an address of its own, limits the traffic of free accounts, and shows browsers a warning page.',
      ...(isWeb ? ['ngrok ends TLS and can read along.'] : ['ngrok wants a payment card for TCP tunnels.']),
    ],
  };
};

interface Steps {
  /** By what a tunnel of SSH is kept up, and how. */
  readonly kept: readonly (readonly [string, ...ManualStep[]])[];
  readonly tried: ManualStep;
  /** Of ngrok. */
  readonly service: ManualStep;
  readonly trial: ManualStep;
}

/** The same tunnels with what each system has. */
function stepsOn(system: System, inner: Inner, passed: Passed): Steps {
  switch (system) {
    case 'windows':
      return {
        kept: [['the Task Scheduler', windowsKey, allowed(inner), windowsAlways(inner)]],
        tried: windowsOnce(inner),
        service: windowsNgrokService(passed),
        trial: windowsNgrok(passed),
      };
    case 'macos':
      return {
        kept: [['launchd', macosKey, allowed(inner), macosAlways(inner)]],
        tried: once(inner),
        service: ngrokService(passed),
        trial: macosNgrok(passed),
      };
    default:
      return {
        kept: [
          ['systemd', key, allowed(inner), always(inner)],
          ['autossh', key, allowed(inner), autossh(inner)],
        ],
        tried: once(inner),
        service: ngrokService(passed),
        trial: ngrok(passed),
      };
  }
}

function passedBy({ target }: Case, { local }: Inner, isWeb: boolean): Passed {
  if (!isWeb) return { kind: 'tcp', local, host: null };
  const scheme = target.protocol === 'tls' ? 'https' : 'http';
  const named = target.hostKind === 'name' && isHostName(target.host);
  return { kind: 'http', local: `${scheme}://${local}`, host: named ? target.host : null };
}

/** The listener as this machine reaches it: the tunnel comes from the machine itself. */
function localOf(the: Case): string {
  const { port } = the.target;
  const own = listeningOf(the).sockets.find(({ family, address }) => family === 'ipv6' && address !== null);
  const any = listeningOf(the).sockets.some(({ family, address }) => family === 'ipv6' && address === null);
  return !any && own?.address != null ? `[${own.address}]:${port}` : `[::1]:${port}`;
}

/** The name has to lead to the host, over IPv4 only: the AAAA works as it is. */
function record(the: Case): ManualStep[] {
  if (the.target.hostKind !== 'name') return [];
  const { canonical, addresses } = publicRecords(the, 'A');
  const page = 'DNS records';
  return [
    {
      where: 'dns',
      software: 'your DNS provider',
      does: 'leads IPv4 to that host; the AAAA stays',
      change: form(page, { Name: canonical, Type: 'A', Content: VPS }),
      undo:
        addresses.length === 0
          ? form(page, { 'Delete the entry': `${canonical} A ${VPS}` })
          : form(page, { Name: canonical, Type: 'A', Content: addresses.join(', ') }),
    },
  ];
}
