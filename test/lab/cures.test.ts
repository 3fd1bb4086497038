import { describe, expect, test } from 'vitest';
import { NGINX, SSHD } from '../support/real-programs.ts';
import { type Cure, cure, type Plan } from './cures/cure.ts';
import { WAYS_NOT_RUN } from './cures/not-run.ts';
import { WORLDS } from './worlds/index.ts';

/** ms; a world and up to five diagnoses, each repeated at most twice, beside others on two cores. */
const TIMEOUT = 180_000;

const firewall = (software: string): Plan => ({ 'host-firewall': software });
const listener = (way: string): Plan => ({ listener: way });
const forward = (way: string): Plan => ({ 'port-forward': way });
const hairpin = (way: string): Plan => ({ hairpin: way });
const SOCAT = 'socat, beside any program';
const PROXYD = 'systemd-socket-proxyd, beside any program';
const PAGE = "your router's page";
const LOOPBACK = "your router's NAT loopback";

/** Without a forward, nobody sees whether the provider lets the port through. */
const TOLD_NONE = { flags: ['--forward', 'none'], row: 'R R U C R R U' };

type Case = Omit<Cure, 'world'> & { readonly name: string };

const CASES: readonly Case[] = [
  { name: 'firewall-nft-drop', plans: [firewall('nftables')] },
  { name: 'firewall-nft-reject', plans: [firewall('nftables')] },
  { name: 'firewall-lan-only', plans: [firewall('nftables')] },
  { name: 'firewall-iptables-legacy', plans: [firewall('iptables-legacy')] },
  { name: 'firewall-iptables-nft', plans: [firewall('iptables-nft')] },
  { name: 'firewall-iptables-both', plans: [firewall('iptables-legacy')] },
  { name: 'firewall-ufw', plans: [firewall('ufw')] },
  { name: 'firewall-firewalld', plans: [firewall('firewalld')] },
  { name: 'firewall-docker', plans: [firewall('docker')] },
  { name: 'listener-v6only', plans: [listener('Node.js'), listener(SOCAT), listener(PROXYD)] },
  { name: 'listener-v6only', serves: NGINX, plans: [listener('nginx')] },
  { name: 'listener-ssh-v6only', serves: SSHD, plans: [listener('sshd')] },
  { name: 'listener-address6', plans: [listener('Node.js'), listener(SOCAT)] },
  { name: 'listener-loopback4', plans: [listener('Node.js'), listener(SOCAT), listener(PROXYD)] },
  { name: 'listener-bindv6only', plans: [listener("the system's default")] },
  { name: 'listener-docker-ipv6-only', plans: [listener(SOCAT)] },
  { name: 'forward-none', told: TOLD_NONE, plans: [forward('UPnP'), forward('NAT-PMP')] },
  { name: 'forward-upnp-off', told: TOLD_NONE, plans: [forward(PAGE)] },
  { name: 'forward-wrong-host', plans: [forward(PAGE)] },
  { name: 'forward-wrong-port', plans: [forward('UPnP')] },
  {
    name: 'forward-by-hand-wrong-host',
    told: { flags: ['--forward', '443:192.168.77.20:443'], row: 'R R R C R R U' },
    plans: [forward(PAGE)],
  },
  // Nothing tells of it; whoever looks at the page sees it, and changes it.
  { name: 'forward-by-hand-wrong-host', plans: [forward(PAGE)] },
  { name: 'forward-router-firewall', plans: [forward(PAGE)] },
  { name: 'forward-router-page', plans: [forward(PAGE)] },
  { name: 'healthy-no-hairpin', plans: [hairpin(LOOPBACK)] },
  { name: 'healthy-router-page', plans: [hairpin(LOOPBACK)] },
  { name: 'healthy-no-hairpin', laptop: 'hosts', plans: [hairpin('one machine alone')] },
  { name: 'healthy-no-hairpin', laptop: 'dnsmasq', plans: [hairpin('dnsmasq')] },
  { name: 'healthy-no-hairpin', laptop: 'unbound', plans: [hairpin('Unbound')] },
  {
    name: 'forward-wrong-port-firewall',
    plans: [{ 'host-firewall': 'nftables', 'port-forward': 'UPnP' }],
  },
  {
    name: 'forward-router-page-firewall-listener',
    plans: [{ listener: 'Node.js', 'host-firewall': 'nftables', 'port-forward': PAGE }],
  },
];

describe.concurrent('what is shown cures, and its undo brings the cause back', () => {
  test.each(CASES.map((each) => ({ ...each, title: titleOf(each) })))(
    '$title',
    { timeout: TIMEOUT, retry: 1 },
    async ({ name, ...rest }) => {
      const world = WORLDS.get(name);
      if (world === undefined) throw new Error(`There is no world ${name}.`);
      const { mistakes, offered } = await cure({ ...rest, world });
      expect(mistakes.join('\n')).toBe('');
      const known = new Set([
        ...CASES.flatMap(({ plans }) => plans.flatMap(waysOf)),
        ...Object.keys(WAYS_NOT_RUN),
      ]);
      expect([...offered].filter((way) => !known.has(way))).toEqual([]);
    },
  );
});

const waysOf = (plan: Plan): string[] => Object.entries(plan).map(([remedy, way]) => `${remedy}: ${way}`);

function titleOf({ name, plans }: Case): string {
  return `${name}: ${plans.map((plan) => Object.values(plan).join(' + ')).join('; ')}`;
}
