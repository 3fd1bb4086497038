import type { ListeningSocket, System } from '../model/facts/host.ts';
import type { ManualStep } from '../model/remedy-offer.ts';
import type { Case } from '../model/view/case.ts';
import { serverAddresses4 } from '../model/view/home.ts';
import { listeningOf } from '../model/view/host.ts';
import { systemOf } from '../model/view/system.ts';
import { anyProgram, CODE } from './listener/code.ts';
import { docker } from './listener/docker.ts';
import { socat, socketProxy, sysctl } from './listener/host-wide.ts';
import { launchdSocket, socatDaemon } from './listener/macos.ts';
import { givesUp, holderOf } from './listener/other-program.ts';
import type { Bound, Program } from './listener/socket.ts';
import { sshd } from './listener/sshd.ts';
import { systemdSocket } from './listener/systemd-socket.ts';
import { WEB_SERVERS } from './listener/web-servers.ts';
import { httpSys, portproxy } from './listener/windows.ts';
import { concluded, isConfirmed, notTheCause, type Offer, transportOf, type Way } from './manual.ts';

/** Docker and systemd first: the program that is told may be theirs only by name. */
const PROGRAMS: readonly Program[] = [
  ...[docker, systemdSocket, launchdSocket, httpSys],
  ...[sshd, ...WEB_SERVERS, ...CODE],
];

/** These set IPV6_V6ONLY themselves, so that the system's default changes nothing for them. */
const CHOOSE: readonly string[] = ['nginx', 'Apache', 'Caddy', 'sshd', 'Docker', 'Node.js'];

/** There are so few IPv4 addresses that all of them are tried all the time, unlike those of IPv6. */
const GUESSED =
  'Over IPv4 strangers begin to guess passwords within hours: let sshd take keys only (PasswordAuthentication no).';

/** Minutes: find the line, change it, load it. */
const MINUTES = 5;

/** The dual-stack setting for the program that listens; or a relay beside it, which fits any. */
export const offerListener: Offer = (the, verdicts) => {
  if (!isConfirmed(verdicts, 'ipv6-only-listener')) return notTheCause(verdicts, 'ipv6-only-listener');
  const isTaken = concluded(verdicts, 'ipv6-only-listener', 'other-service-on-ipv4').length > 0;
  const bound = boundOf(the, isTaken);
  if (bound === null) return { code: 'listener-unseen' };
  const holder = isTaken ? holderOf(listeningOf(the).sockets) : null;
  const first = holder === null ? [] : [givesUp(holder, bound)];
  return {
    remedy: 'listener',
    cures: ['ipv6-only-listener'],
    monthlyUSD: 0,
    carries: 'everything',
    minutes: MINUTES,
    ways: waysFor(bound, !isTaken || holder !== null).map((way) => ({
      ...way,
      steps: [...first, ...way.steps],
    })),
    loses: [
      `With ${RELAYS[bound.system]} the program sees this machine's own address for every IPv4 client.`,
      ...(bound.socket.program?.name === 'sshd' ? [GUESSED] : []),
    ],
  };
};

/** @param isFree nothing keeps the port on IPv4, so that a relay beside the program can have it */
function waysFor(bound: Bound, isFree: boolean): Way[] {
  const known = PROGRAMS.find(({ isMeant }) => isMeant(bound));
  const own: Way =
    known === undefined
      ? {
          for: 'a program of your own',
          steps: [anyProgram(bound, bound.socket.program?.name ?? 'the program')],
        }
      : { for: known.software, steps: known.steps(bound) };
  const wide = sysctl(bound);
  const system: Way[] = wide === null ? [] : [{ for: "the system's default", steps: wide }];
  const chooses = known !== undefined && CHOOSE.includes(known.software);
  const beside = besideAny(bound);
  return [
    ...(chooses ? [own, ...system] : [...system, own]),
    ...beside.flatMap(([what, steps]) => (steps === null || !isFree ? [] : [{ for: what, steps }])),
  ];
}

/** What passes IPv4 on to the listener, on each system. */
const RELAYS: Readonly<Record<System, string>> = {
  linux: 'socat or systemd-socket-proxyd',
  macos: 'socat',
  windows: 'portproxy',
  other: 'socat or systemd-socket-proxyd',
};

function besideAny(bound: Bound): (readonly [string, ManualStep[] | null])[] {
  switch (bound.system) {
    case 'windows':
      return [['portproxy of Windows, beside any program', portproxy(bound)]];
    case 'macos':
      return [['socat, beside any program', socatDaemon(bound)]];
    default:
      return [
        ['systemd-socket-proxyd, beside any program', socketProxy(bound)],
        ['socat, beside any program', socat(bound)],
      ];
  }
}

/** @param isTaken what listens on IPv4 isn't the service */
function boundOf(the: Case, isTaken: boolean): Bound | null {
  const { sockets: all, bindv6only } = listeningOf(the);
  const sockets = isTaken ? all.filter(({ family }) => family === 'ipv6') : all;
  const socket = chosen(sockets);
  if (socket === undefined) return null;
  const { address, family, port } = socket;
  return {
    how: family === 'ipv4' ? 'loopback' : address === null ? 'v6only' : 'address',
    socket,
    port,
    protocol: transportOf(the),
    tls: the.target.protocol === 'tls',
    written: family === 'ipv4' ? (address ?? '0.0.0.0') : `[${address ?? '::'}]`,
    bindv6only,
    system: systemOf(the),
    lan: serverAddresses4(the)[0]?.address ?? null,
  };
}

/** IPv4 on loopback is what has to change where it is there; else the widest IPv6 socket. */
const chosen = (sockets: readonly ListeningSocket[]): ListeningSocket | undefined =>
  sockets.find(({ family, address }) => family === 'ipv4' && address !== null) ??
  sockets.find(({ address }) => address === null) ??
  sockets.find(({ address }) => address !== '::1');
