import type { CauseCode } from '../model/cause-code.ts';
import type { WhyNot } from '../model/choice.ts';
import type { Verdict } from '../model/diagnosis.ts';
import type { Target } from '../model/target.ts';
import type { Case } from '../model/view/case.ts';
import { type DnsProvider, dnsHost, isKeptAt } from '../model/view/dns-host.ts';
import { goesAround } from './origin.ts';

/** A provider that answers the web for a name, whose zone it has to be able to write in. */
export interface WebEdge {
  readonly provider: string;
  /** Ports at which it takes a protocol; null for what it does not speak at all. */
  readonly ports: (protocol: Target['protocol']) => readonly number[] | null;
  readonly zoneAt: DnsProvider;
}

/** What a provider's edge in front of a name cures; or why it isn't offered, whatever is behind it. */
export function ofWebEdge(
  { provider, ports: portsFor, zoneAt }: WebEdge,
  the: Case,
  verdicts: readonly Verdict[],
): { cures: CauseCode[] } | WhyNot {
  const around = goesAround(the, verdicts);
  if ('code' in around) return around;
  const { host, hostKind, protocol, port } = the.target;
  if (hostKind !== 'name') return { code: 'no-name' };
  const ports = portsFor(protocol);
  if (ports === null) return { code: 'not-carried', carries: 'web', protocol };
  if (!ports.includes(port)) return { code: 'port-not-served', provider, port, ports: [...ports] };
  const kept = dnsHost(the, host);
  if (kept === null) return { code: 'records-unknown', type: 'AAAA' };
  return isKeptAt(kept, [zoneAt]) === true ? around : { code: 'dns-elsewhere', host: kept, needs: [zoneAt] };
}
