import type { DecidingRule, FirewallDecision, FirewallSoftware, System } from '../model/facts/host.ts';
import type { ManualStep } from '../model/remedy-offer.ts';
import type { Case } from '../model/view/case.ts';
import { onServer } from '../model/view/home.ts';
import { systemOf } from '../model/view/system.ts';
import { docker } from './host-firewall/docker.ts';
import { firewalld } from './host-firewall/firewalld.ts';
import type { Dialect, Fix } from './host-firewall/fix.ts';
import { iptablesLegacy, iptablesNft } from './host-firewall/iptables.ts';
import { addedToApplicationFirewall, applicationFirewall, macosManaged, pf } from './host-firewall/macos.ts';
import { nftables } from './host-firewall/nftables.ts';
import { ufw } from './host-firewall/ufw.ts';
import { windowsManaged, windowsNetsh, windowsPowershell } from './host-firewall/windows.ts';
import { isConfirmed, notTheCause, type Offer, transportOf, type Way } from './manual.ts';

const DIALECTS: Readonly<Record<FirewallSoftware, Dialect>> = {
  nftables,
  'iptables-nft': iptablesNft,
  'iptables-legacy': iptablesLegacy,
  ufw,
  firewalld,
  docker,
  'windows-firewall': windowsPowershell,
  'macos-application-firewall': applicationFirewall,
  pf,
};

/** The same by other means, where not everybody can use the first. */
const OTHERWISE: Partial<Record<FirewallSoftware, Readonly<Record<string, Dialect>>>> = {
  'windows-firewall': {
    'Windows Firewall, by netsh': windowsNetsh,
    'a computer whose firewall a Group Policy owns': windowsManaged,
  },
  'macos-application-firewall': { 'a Mac whose firewall is managed': macosManaged },
};

/** Minutes: a command or two. */
const MINUTES = 2;

/** The rule to add, in the words of the firewall that keeps IPv4 out. */
export const offerHostFirewall: Offer = (the, verdicts) => {
  if (!isConfirmed(verdicts, 'host-firewall')) return notTheCause(verdicts, 'host-firewall');
  const fixes = fixesFor(the);
  const steps = fixes.flatMap((fix) => DIALECTS[fix.rule.software](fix) ?? []);
  const isWhole = fixes.length > 0 && fixes.every((fix) => DIALECTS[fix.rule.software](fix) !== null);
  const ways: readonly Way[] = isWhole
    ? [{ for: softwareOf(steps), steps }, ...otherwise(fixes)]
    : waysAsked(the);
  return {
    remedy: 'host-firewall',
    cures: ['host-firewall'],
    monthlyUSD: 0,
    carries: 'everything',
    minutes: MINUTES,
    ways: [...ways],
    loses: [
      'The port is open to the whole IPv4 internet, as it is over IPv6.',
      isWhole
        ? 'Another rule may block it as well: run the diagnosis again afterwards.'
        : `The rule that blocks it is not known: take the way for the firewall in use, and run the diagnosis ${RIGHTS[systemOf(the)]}.`,
    ],
  };
};

const RIGHTS: Readonly<Record<System, string>> = {
  linux: 'as root',
  macos: 'as root',
  windows: 'in an elevated PowerShell',
  other: 'as root',
};

/** Other ways of the one firewall that decides; each has to have words for all that it does. */
function otherwise(fixes: readonly Fix[]): Way[] {
  const [first] = fixes;
  const others = first === undefined ? undefined : OTHERWISE[first.rule.software];
  if (others === undefined || fixes.some(({ rule }) => rule.software !== first?.rule.software)) return [];
  return Object.entries(others).flatMap(([what, dialect]) => {
    const all = fixes.map((fix) => dialect(fix));
    const steps = all.flatMap((each) => each ?? []);
    return all.includes(null) ? [] : [{ for: what, steps }];
  });
}

const softwareOf = (steps: readonly ManualStep[]): string =>
  [...new Set(steps.map(({ software }) => software))].join(', ');

/** Rules that keep IPv4 from the internet out; each once, however many addresses it is in the way of. */
function fixesFor(the: Case): Fix[] {
  const fixes = onServer(the, 'firewall').flatMap(({ facts }) => {
    const blocked = facts.decisions.filter(
      ({ family, verdict }) => family === 'ipv4' && (verdict === 'drop' || verdict === 'reject'),
    );
    const fromInternet = blocked.filter(({ source }) => source === 'internet');
    const getsIn = facts.decisions.some(
      ({ family, source, verdict }) => family === 'ipv4' && source === 'lan' && verdict === 'accept',
    );
    return (fromInternet.length > 0 ? fromInternet : blocked).flatMap((decision) =>
      fixFor(the, decision, facts.interface, getsIn),
    );
  });
  const key = ({ rule: { software, table, chain, rule, position, handle }, port, path }: Fix): string =>
    JSON.stringify([software, table, chain, rule, position, handle, port, path]);
  return [...new Map(fixes.map((fix) => [key(fix), fix])).values()];
}

function fixFor(
  the: Case,
  { by, path, port, translatedTo }: FirewallDecision,
  arrivesBy: string | null,
  lanGetsIn: boolean,
): Fix[] {
  if (by === null) return [];
  const protocol = transportOf(the);
  // Rules before the translation see the packet as it came (nft(8), NAT: prerouting at -100, raw at -300).
  const isEarly = /prerouting/iu.test(by.chain) || by.table.endsWith('raw');
  const translated = isEarly ? null : translatedTo;
  return [
    {
      rule: by,
      path,
      protocol,
      port: translated?.port ?? port,
      arrivedAt: port,
      to: path === 'forward' ? (translated?.address ?? null) : null,
      interface: arrivesBy,
      does: whatItDoes(path, port, lanGetsIn),
    },
  ];
}

function whatItDoes(path: FirewallDecision['path'], port: number, lanGetsIn: boolean): string {
  if (path === 'output') return `lets the replies from port ${port} out over IPv4`;
  return lanGetsIn
    ? `lets everybody in to port ${port} over IPv4, not only the local network`
    : `lets IPv4 in to port ${port}`;
}

/** Software whose change is the same whichever rule decides, with how to see that it is in use. */
function waysAsked(the: Case): Way[] {
  switch (systemOf(the)) {
    case 'windows':
      return [
        forSoftware(the, 'Windows Firewall', windowsPowershell, WINDOWS_DEFAULT),
        forSoftware(the, 'Windows Firewall, by netsh', windowsNetsh, WINDOWS_DEFAULT),
      ];
    case 'macos':
      return [{ for: "macOS's application firewall", steps: [addedToApplicationFirewall] }];
    default:
      return [
        forSoftware(the, 'ufw, where `ufw status` says active', ufw, { software: 'ufw' }),
        forSoftware(the, 'firewalld, where `firewall-cmd --state` says running', firewalld, {
          software: 'firewalld',
        }),
      ];
  }
}

const WINDOWS_DEFAULT = {
  software: 'windows-firewall',
  table: 'Any',
  rule: 'DefaultInboundAction Block',
} as const;

function forSoftware(
  the: Case,
  inUse: string,
  dialect: Dialect,
  by: Pick<DecidingRule, 'software'> & Partial<DecidingRule>,
): Way {
  const { port } = the.target;
  const steps = dialect({
    rule: { table: 'filter', chain: '', rule: '', position: null, handle: null, isPolicy: true, ...by },
    path: 'input',
    protocol: transportOf(the),
    port,
    arrivedAt: port,
    to: null,
    interface: null,
    does: whatItDoes('input', port, false),
  });
  return { for: inUse, steps: steps ?? [] };
}
