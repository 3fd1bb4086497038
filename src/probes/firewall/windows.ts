import type { Family } from '../../model/address.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { FirewallDecision } from '../../model/facts/host.ts';
import type { Ports } from '../../ports/ports.ts';
import { evidenceOf, type ProbeContext } from '../context.ts';
import { holdersOf } from '../windows/holders.ts';
import { addressesOf, defaultsOf, interfacesOf, mediumOf } from '../windows/network.ts';
import type { WindowsReading } from '../windows/parse.ts';
import { windowsReading } from '../windows/reading.ts';
import type { SectionFacts } from '../windows/sections.ts';
import { destinationsOf, type Network } from './own.ts';
import { someNeighbour, someoneOnTheInternet } from './strangers.ts';
import { agreed, evaluate, unknown } from './windows/evaluate.ts';
import { isOn, profilesOf } from './windows/profiles.ts';
import type { Question } from './windows/question.ts';

const HOW =
  'Get-NetFirewallProfile -PolicyStore ActiveStore; Get-NetFirewallRule -PolicyStore ActiveStore -Direction Inbound -Enabled True';

export interface FirewallQuestion {
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
}

/** The firewall of Windows. What can't be evaluated is `unknown`; without the rules or the profiles it fails. */
export async function windowsFirewall(
  question: FirewallQuestion,
  ports: Ports,
  context: ProbeContext,
): Promise<Evidence> {
  const item = evidenceOf('firewall', `${question.port}`, context, ports.clock);
  const reading = await windowsReading(ports, context.signal);
  const [profiles, rules, addresses] = [
    reading.section('firewall-profiles'),
    reading.section('firewall-rules'),
    reading.section('addresses'),
  ];
  if ('reason' in profiles) return item.failed(profiles.reason, HOW);
  if ('reason' in rules) return item.failed(rules.reason, HOW);
  if ('reason' in addresses) return item.failed(addresses.reason, HOW);
  const network = networkOf(reading, addresses.facts);
  const [own] = [...destinationsOf(network, 'ipv4'), ...destinationsOf(network, 'ipv6')];
  return item.ok(
    {
      software: [{ name: 'windows-firewall', active: isOn(profiles.facts) }],
      interface: own?.interface ?? null,
      decisions: decide(question, reading, network, profiles.facts, rules.facts),
    },
    HOW,
  );
}

function decide(
  { port, protocol }: FirewallQuestion,
  reading: WindowsReading,
  network: Network,
  told: SectionFacts<'firewall-profiles'>,
  rules: SectionFacts<'firewall-rules'>,
): FirewallDecision[] {
  const doubt = doubtOf(reading, told);
  const adapters = reading.section('adapters');
  const system = reading.section('system');
  const environment = 'facts' in system ? system.facts.environment : {};
  return (['ipv4', 'ipv6'] as const).flatMap((family) =>
    destinationsOf(network, family).flatMap((own) => {
      const neighbour = someNeighbour(own.address, own.prefixLength);
      const sources: Pick<Question, 'source' | 'who'>[] = [
        { source: 'internet', who: someoneOnTheInternet[family] },
      ];
      if (neighbour !== null) sources.push({ source: 'lan', who: neighbour });
      return sources.map(({ source, who }): FirewallDecision => {
        const question: Question = {
          family,
          protocol,
          source,
          who,
          destination: own.address,
          port,
          alias: own.interface,
          medium: 'facts' in adapters ? mediumOf(adapters.facts, own.interface) : null,
          holders: holdersOf(reading, { protocol, family, port }),
          environment,
        };
        const profiles = profilesOf(told, own.interface) ?? [];
        const verdict =
          doubt === null
            ? agreed(profiles.map((profile) => evaluate(profile, rules.list, question)))
            : unknown(doubt);
        return {
          family,
          source,
          destination: own.address,
          port,
          path: 'input',
          translatedTo: null,
          ...verdict,
        };
      });
    }),
  );
}

/** Why the rules may not be what decides; null where they are. */
function doubtOf(reading: WindowsReading, { service }: SectionFacts<'firewall-profiles'>): string | null {
  if (service !== 'Running') return 'the service of Windows Firewall (MpsSvc) is not running';
  const products = reading.section('firewall-products');
  if ('reason' in products)
    return 'whether another firewall has taken over from Windows Firewall was not told';
  const [product] = products.facts.names;
  return product === undefined ? null : `another firewall is registered with Windows: ${product}`;
}

function networkOf(reading: WindowsReading, addresses: SectionFacts<'addresses'>): Network {
  const adapters = reading.section('adapters');
  const routes = reading.section('routes');
  const interfaces =
    'facts' in adapters ? interfacesOf(adapters.facts, 'facts' in routes ? routes.facts : null) : [];
  const defaults = 'facts' in routes ? defaultsOf(routes.facts) : [];
  const best = (family: Family): string | null =>
    defaults
      .filter((each) => each.family === family)
      .toSorted((one, other) => (one.metric ?? 0) - (other.metric ?? 0))[0]?.interface ?? null;
  return {
    held: addressesOf(addresses).map((each) => ({
      ...each,
      isStable: each.temporary !== true && each.deprecated !== true,
    })),
    inner: new Set(interfaces.filter(({ tunnel }) => tunnel).map(({ name }) => name)),
    bridges: new Set(),
    defaults: { ipv4: best('ipv4'), ipv6: best('ipv6') },
  };
}
