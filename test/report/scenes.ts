import { judge } from '../../src/cli/diagnose/judge.ts';
import type { Diagnosis } from '../../src/model/diagnosis.ts';
import type { Evidence } from '../../src/model/evidence.ts';
import type { ManualChange, RemedyOffer } from '../../src/model/remedy-offer.ts';
import { osLookup, reach } from '../support/evidence.ts';
import {
  arrivals,
  firewall,
  forbidden,
  listeners,
  noListeners,
  routes,
  told,
  upnp,
} from '../support/evidence-host.ts';
import { caseOf, dead, deadOutside, LINE, outside, type Scene, SIX, zone } from '../support/home.ts';
import { LAN4, STABLE6, WAN4 } from '../support/names.ts';
import { MADE } from './diagnoses.ts';

const commands = (...all: string[]): ManualChange => ({
  kind: 'commands',
  root: true,
  shell: 'sh',
  commands: all,
});

/** Offers as the remedies make them, so that these pages don't change with every word there. */
const HOST_FIREWALL: RemedyOffer = {
  remedy: 'host-firewall',
  cures: ['host-firewall'],
  monthlyUSD: 0,
  carries: 'everything',
  minutes: 2,
  ways: [
    {
      for: 'nftables',
      steps: [
        {
          where: 'server',
          software: 'nftables',
          does: 'let IPv4 in before the rule that drops it',
          change: commands(
            'nft insert rule inet filter input handle 19 meta nfproto ipv4 tcp dport 443 counter accept comment "reach4"',
          ),
          undo: commands('nft delete rule inet filter input handle 23'),
        },
        {
          where: 'server',
          software: 'nftables',
          does: 'keep it after a restart',
          change: {
            kind: 'edit',
            root: true,
            shell: 'sh',
            file: '/etc/nftables.conf',
            edits: [
              {
                find: 'tcp dport { 22, 80, 443 } accept',
                replace: '# reach4\ntcp dport { 22, 80, 443 } accept',
              },
            ],
            load: ['nft -c -f /etc/nftables.conf', 'systemctl reload nftables'],
          },
          undo: null,
        },
      ],
    },
  ],
  loses: [],
};

const PORT_FORWARD: RemedyOffer = {
  remedy: 'port-forward',
  cures: ['port-forward'],
  monthlyUSD: 0,
  carries: 'everything',
  minutes: 5,
  ways: [
    {
      for: "the router's own page",
      steps: [
        {
          where: 'router',
          software: 'your router',
          does: 'add a port forward',
          change: {
            kind: 'form',
            form: 'Port forwarding',
            fields: [
              { field: 'External port', value: '443' },
              { field: 'Internal address', value: LAN4 },
              { field: 'Internal port', value: '443' },
              { field: 'Protocol', value: 'TCP' },
            ],
          },
          undo: {
            kind: 'form',
            form: 'Port forwarding',
            fields: [{ field: 'External port 443', value: 'delete' }],
          },
        },
      ],
    },
    {
      for: 'UPnP',
      steps: [
        {
          where: 'server',
          software: 'upnpc',
          does: 'ask the router for it',
          change: { kind: 'commands', root: false, shell: 'sh', commands: [`upnpc -a ${LAN4} 443 443 TCP`] },
          undo: { kind: 'commands', root: false, shell: 'sh', commands: ['upnpc -d 443 TCP'] },
        },
      ],
    },
  ],
  loses: [],
};

const ISP: RemedyOffer = {
  remedy: 'isp',
  cures: ['cgnat'],
  monthlyUSD: null,
  carries: 'everything',
  minutes: null,
  ways: [
    {
      for: 'a public IPv4 address',
      steps: [
        {
          where: 'provider',
          software: 'your provider',
          does: 'ask for a public IPv4 address',
          change: {
            kind: 'message',
            to: "your provider's support",
            text: `Dear support team,\n\nmy line is behind carrier-grade NAT: my router has the address 100.64.9.7, the internet sees ${WAN4}. Please give it a public IPv4 address.\n\nKind regards`,
          },
          undo: null,
        },
      ],
    },
  ],
  loses: ['Some providers charge for it.'],
  alternatePort: null,
};

const TUNNELS: RemedyOffer = {
  remedy: 'other-tunnels',
  cures: ['cgnat', 'host-firewall'],
  monthlyUSD: 5,
  carries: 'tcp',
  minutes: 15,
  ways: [
    {
      for: 'reverse SSH to a server of yours',
      steps: [
        {
          where: 'server',
          software: 'ssh',
          does: 'open the tunnel',
          change: {
            kind: 'commands',
            root: false,
            shell: 'sh',
            commands: ['ssh -N -R 0.0.0.0:443:localhost:443 USER@HOST'],
          },
          undo: null,
        },
      ],
    },
  ],
  loses: ["The server sees the relay's address for every client."],
};

/** The server as root sees it, with nothing wrong. */
const HOST: readonly Evidence[] = [listeners(), firewall(), routes(), arrivals({ packets: 3 })];
const SEEN_OUTSIDE: readonly Evidence[] = [...LINE, ...SIX];

interface Page extends Scene {
  readonly remedies?: readonly RemedyOffer[];
  readonly combination?: Diagnosis['combination'];
}

const diagnosis = ({ remedies = [], combination = [], ...scene }: Page): Diagnosis => ({
  ...judge(caseOf(scene), MADE),
  remedies: [...remedies],
  combination,
});

const CGNAT_LINE: readonly Evidence[] = [...SEEN_OUTSIDE, upnp('100.64.9.7'), routes()];

/** What readers get to see most, by name. */
export const SCENES = {
  cgnatAndFirewall: diagnosis({
    evidence: [
      ...zone('no-data'),
      ...CGNAT_LINE,
      listeners(),
      firewall('drop'),
      arrivals(null),
      deadOutside(WAN4),
    ],
    remedies: [TUNNELS, ISP, HOST_FIREWALL],
  }),
  /** Nobody looked from outside, and nobody watched what arrives. */
  firewallUnseenWay: diagnosis({
    evidence: [...zone([WAN4], undefined, false), ...LINE, ...SIX, listeners(), firewall('drop'), routes()],
    remedies: [HOST_FIREWALL],
  }),
  forwardOrProvider: diagnosis({
    evidence: [
      ...zone([WAN4]),
      ...SEEN_OUTSIDE,
      upnp(WAN4),
      listeners(),
      firewall(),
      routes(),
      arrivals(null),
      dead(WAN4),
      deadOutside(WAN4),
    ],
  }),
  listener: diagnosis({
    evidence: [
      ...zone([WAN4]),
      ...SEEN_OUTSIDE,
      upnp(WAN4),
      listeners({ v6only: true }),
      firewall(),
      routes(),
      arrivals({ packets: 3 }),
      outside(WAN4, { outcome: 'refused' }),
    ],
  }),
  dnsAndForward: diagnosis({
    evidence: [
      ...zone('no-data'),
      ...SEEN_OUTSIDE,
      upnp(WAN4),
      told({ forwards: 'none' }),
      listeners(),
      firewall(),
      routes(),
      arrivals(null),
      deadOutside(WAN4),
    ],
    remedies: [PORT_FORWARD],
    combination: ['port-forward', 'a-record'],
  }),
  healthy: diagnosis({
    evidence: [...zone([WAN4]), ...SEEN_OUTSIDE, upnp(WAN4, [{}]), ...HOST, reach(WAN4), outside(WAN4)],
  }),
  serviceDown: diagnosis({
    evidence: [
      ...zone([WAN4]),
      ...LINE,
      upnp(WAN4, [{}]),
      noListeners(),
      firewall(),
      routes(),
      arrivals({ packets: 3 }),
      reach(STABLE6, { outcome: 'refused' }),
      outside(STABLE6, { outcome: 'refused' }),
      outside(WAN4, { outcome: 'refused' }),
    ],
  }),
  ipv6Broken: diagnosis({
    evidence: [
      ...zone([WAN4]),
      ...LINE,
      upnp(WAN4, [{}]),
      listeners(),
      firewall(),
      routes(),
      reach(STABLE6),
      deadOutside(STABLE6),
      deadOutside(WAN4),
    ],
  }),
  vpn: diagnosis({
    evidence: [
      ...zone([WAN4]),
      ...SEEN_OUTSIDE,
      upnp(WAN4, [{}]),
      listeners(),
      firewall(),
      routes('wg0'),
      arrivals({ packets: 3 }),
      deadOutside(WAN4),
    ],
  }),
  outsideOnly: diagnosis({
    vantage: 'outside',
    evidence: [...zone([WAN4]), reach(STABLE6), dead(WAN4), osLookup([WAN4, STABLE6])],
  }),
  unprivileged: diagnosis({
    evidence: [
      ...zone([WAN4]),
      ...SEEN_OUTSIDE,
      listeners({ program: null }),
      routes(),
      forbidden('firewall'),
      forbidden('arrivals'),
      deadOutside(WAN4),
    ],
  }),
} as const;
