import { METRICS_PORTS, MIN_CLOUDFLARED, MIN_SYSTEMD } from '../../connector/names.ts';
import { type Trouble, troubleIn } from '../../connector/trouble.ts';

/** Why a script gave up, in a sentence or two, and whether only the user can change it. */
export interface WhyNot {
  readonly text: string;
  /** A line of the program's own log. */
  readonly quote: string | null;
  readonly byUser: boolean;
}

/** What a script that gave up has left behind. */
export type Left = 'undone' | 'untouched' | 'unknown';

interface Failed {
  readonly code: string;
  readonly detail: string;
}

const DOWNLOADS = 'https://developers.cloudflare.com/tunnel/downloads/';

/** Only the user can change these; nothing was tried. `label`: the machine. */
const BY_USER: Readonly<Record<string, (detail: string, label: string) => string>> = {
  'not-linux': (system, label) =>
    `The connector is a service of Linux with systemd, and ${label} runs ${system || 'another system'}; expected such a server.`,
  'no-systemd': (_, label) =>
    `The connector is a service of systemd, and ${label} runs another init; expected systemd, or the Docker variant (reach4 connector install --docker).`,
  'not-root': (_, label) => `This needs root on ${label}; expected root, or a user who may use sudo.`,
  'old-systemd': (version, label) =>
    `${capital(label)} has systemd ${version || 'of an unknown version'}; expected ${MIN_SYSTEMD} or later, which can give a service a secret of its own (LoadCredential).`,
  'no-token': () => 'No token came; expected one of a tunnel.',
  'no-manager': (_, label) =>
    `${capital(label)} has no cloudflared, and none of apt-get, dnf and yum, for which Cloudflare publishes it; expected cloudflared ${MIN_CLOUDFLARED} or later on PATH (${DOWNLOADS}).`,
  'odd-program': (program) =>
    `cloudflared is at ${program}, which a unit of systemd can't name; expected a path of letters, digits and ._+- alone, such as /usr/local/bin/cloudflared.`,
  'hidden-program': (program) =>
    `cloudflared is at ${program}, in a folder that the service doesn't see; expected it elsewhere, such as /usr/local/bin/cloudflared.`,
  'old-program': (detail) => {
    const [version = 'unknown', program = 'cloudflared'] = detail.split(' ');
    return `${program} has version ${version} and can't read its token from a file; expected ${MIN_CLOUDFLARED} or later: update it.`;
  },
  'no-port': () =>
    `Each of the ports ${METRICS_PORTS.first} to ${METRICS_PORTS.last} on loopback is taken; expected a free one for the connector's own state.`,
};

const OTHERS: Readonly<Record<string, (detail: string) => string>> = {
  'no-key': (what) => `Cloudflare's key can't be fetched: ${what}.`,
  'no-source': (what) => `The list of Cloudflare's packages can't be written: ${what}.`,
  'no-update': (said) => `Cloudflare's list of packages can't be read: ${said}.`,
  'no-package': (said) => `cloudflared can't be installed: ${said || 'its package brought no such program'}.`,
  'no-folder': (what) => `A file can't be written: ${what}.`,
  'no-start': (said) => `systemd doesn't take the service: ${said}.`,
  'no-remove': (what) => `A file can't be taken away: ${what}.`,
  interrupted: () => 'It was interrupted.',
};

const TROUBLE: Readonly<Record<Trouble['code'], string>> = {
  token: 'cloudflared takes this for no token.',
  refused:
    'Cloudflare refuses the connector: the tunnel is gone, or its token was replaced. `reach4 status` tells whether it is gone; if so, `reach4 down` and then `reach4 up` make another. Then install the connector again.',
  port: 'Another program listens on the port that was free a moment ago; run it again.',
  intercepted:
    'Something on the way to Cloudflare answers in its place, with a certificate of its own; let connections to region1.v2.argotunnel.com and region2.v2.argotunnel.com, port 7844, through untouched.',
  egress:
    "This machine doesn't get out to Cloudflare on port 7844; let it out over UDP (QUIC) or TCP to region1.v2.argotunnel.com and region2.v2.argotunnel.com, over IPv6 or IPv4.",
  dns: "This machine's resolver doesn't find Cloudflare's servers (SRV and addresses below argotunnel.com); check its DNS.",
  unknown: 'Its log says no more than this:',
};

export function whyNot({ code, detail }: Failed, log: readonly string[], label: string): WhyNot {
  const byUser = BY_USER[code];
  if (byUser !== undefined) return { text: byUser(detail, label), quote: null, byUser: true };
  if (code === 'not-ready') {
    const trouble = troubleIn(log);
    const why = trouble.line === null ? 'Its log says nothing.' : TROUBLE[trouble.code];
    return {
      text: `The connector has no connection to Cloudflare after ${detail} s. ${why}`,
      quote: trouble.line,
      byUser: false,
    };
  }
  const text = OTHERS[code]?.(detail) ?? `It broke off (${code}${detail === '' ? '' : `: ${detail}`}).`;
  return { text, quote: null, byUser: false };
}

/** A script that broke off, or was interrupted, may have told neither what it did nor whether it put that back. */
const WITHOUT_A_WORD: readonly string[] = ['broke-off', 'interrupted'];

/** @param undone it said that it put back what was there before */
export function leftBehind({ code }: Failed, undone: boolean): Left {
  if (undone) return 'undone';
  return WITHOUT_A_WORD.includes(code) ? 'unknown' : 'untouched';
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
