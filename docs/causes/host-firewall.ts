import { type Evidence, seen } from '../../src/model/evidence.ts';
import type { FirewallDecision } from '../../src/model/facts/host.ts';
import { rule } from '../../test/remedies/scene.ts';
import { reach, without } from '../../test/support/evidence.ts';
import { firewall, forbidden, inRole } from '../../test/support/evidence-host.ts';
import { LAN4 } from '../../test/support/names.ts';
import { type Example, NO_ANSWER, NOBODY_OUTSIDE, NOTHING_COMES } from './home.ts';

type Decided = Partial<FirewallDecision>;

/** What the rules do, with some decisions made otherwise. @param how the command that prints them */
function decided(change: (decision: FirewallDecision) => Decided, how?: string): Evidence[] {
  return seen([firewall('drop')], 'firewall').map((item) => ({
    ...item,
    how: how ?? item.how,
    facts: {
      ...item.facts,
      decisions: item.facts.decisions.map((decision) => ({ ...decision, ...change(decision) })),
    },
  }));
}

/** The rules of iptables and ip6tables. */
const iptables = (four: Decided, six: Decided): Evidence[] =>
  decided(({ family }) => (family === 'ipv4' ? four : six), 'sudo iptables-save; sudo ip6tables-save');

const UFW = { software: 'ufw', table: 'filter', handle: null } as const;
const UFW4 = rule({ ...UFW, chain: 'INPUT', rule: '-P INPUT DROP', position: null, isPolicy: true });
const UFW6 = rule({
  ...UFW,
  chain: 'ufw6-user-input',
  rule: '-A ufw6-user-input -p tcp -m tcp --dport 443 -j ACCEPT',
  position: 1,
});
const DOCKER = { software: 'docker', table: 'filter', handle: null, position: 1 } as const;
const DOCKER4 = rule({ ...DOCKER, chain: 'DOCKER-USER', rule: '-A DOCKER-USER -i eth0 -j DROP' });
const DOCKER6 = rule({
  ...DOCKER,
  chain: 'DOCKER',
  rule: '-A DOCKER -d fd00:172:17::2/128 ! -i docker0 -o docker0 -p tcp -m tcp --dport 443 -j ACCEPT',
});
const toContainer = (address: string, by: FirewallDecision['by']): Decided => ({
  by,
  path: 'forward',
  translatedTo: { address, port: 443 },
});
/** Neighbours get in over IPv4, and nobody else. */
const lanOnly = (): Evidence[] =>
  decided(({ family, source }) =>
    family === 'ipv4' && source === 'lan' ? { verdict: 'accept', by: LAN_ONLY } : {},
  );
const LAN_ONLY = rule({ rule: 'ip saddr 192.168.77.0/24 tcp dport 443 accept', position: 3 });

const neighbour = (outcome: 'connected' | 'timed-out'): Evidence => ({
  ...inRole(reach(LAN4, { outcome }), 'lan'),
  vantage: 'lan',
});

/** Seen from a machine beside the server alone. */
const FROM_LAN = { routes: [], listeners: [], firewall: [], arrivals: [] };

export const hostFirewall: readonly Example[] = [
  { where: 'a rule drops IPv4', seen: { ...NO_ANSWER, firewall: [firewall('drop')] } },
  {
    where: 'a rule rejects IPv4',
    seen: {
      ...NO_ANSWER,
      firewall: [
        firewall(
          'reject',
          rule({ rule: 'meta nfproto ipv4 tcp dport 443 reject with tcp reset', position: 7 }),
        ),
      ],
    },
  },
  {
    where: 'a rule lets only the local network in over IPv4, and packets from outside come as strangers',
    seen: { ...NO_ANSWER, firewall: lanOnly() },
  },
  {
    where: 'a rule lets only the local network in over IPv4, and nobody has looked from outside',
    seen: { ...NOBODY_OUTSIDE, firewall: lanOnly() },
  },
  {
    where: 'no rule lets IPv4 in, and the policy drops the rest',
    seen: { ...NO_ANSWER, firewall: iptables({ by: UFW4 }, { by: UFW6 }) },
  },
  {
    where: 'the port is published for a container, and a rule on the way there drops IPv4',
    seen: {
      ...NO_ANSWER,
      firewall: iptables(toContainer('172.17.0.2', DOCKER4), toContainer('fd00:172:17::2', DOCKER6)),
    },
  },
  {
    where: 'a machine on the same network gets no answer over IPv4, and one over IPv6',
    vantage: 'lan',
    seen: { ...NOTHING_COMES, ...FROM_LAN, aside: [neighbour('timed-out')] },
  },
  {
    where: 'nothing answers, the program listens, and only root may read the rules',
    seen: { ...NO_ANSWER, firewall: [forbidden('firewall')], arrivals: [forbidden('arrivals')] },
  },
  {
    where: "connections arrive, the program listens, and a rule that counts can't be worked out",
    seen: { ...NO_ANSWER, firewall: [firewall('unknown')] },
  },
  {
    where: 'nothing arrives, and there is no tool to read the rules',
    seen: { ...NOTHING_COMES, firewall: [without('firewall', 'failed', 'no-tool')] },
  },
  {
    where: 'a machine on the same network gets in, and nobody has looked at the server itself',
    vantage: 'lan',
    seen: { ...NOTHING_COMES, ...FROM_LAN, aside: [neighbour('connected')] },
  },
  { where: "the service answers at the line's own address", seen: { firewall: [forbidden('firewall')] } },
  { where: 'a rule accepts IPv4', seen: NOTHING_COMES },
  {
    where: 'nothing on the server filters',
    seen: {
      ...NOTHING_COMES,
      firewall: decided(() => ({ verdict: 'accept', by: null })),
    },
  },
];
