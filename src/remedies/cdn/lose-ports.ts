import type { CdnPlan } from '../../model/cdn-plan.ts';
import { type LostPort, type LostPorts, notAgreed } from '../../model/lost-port.ts';
import { lostOverIpv4, lostPorts } from '../lost-ports.ts';
import type { CdnCase } from './case.ts';
import type { CdnRefusal } from './outcome.ts';

/** Ports that CloudFront answers on as well. */
const CDN_PORTS = [80, 443] as const;

/** What else is no longer reached under the name, and what nobody has agreed to yet. */
export function losePorts(
  the: CdnCase,
  earlier: CdnPlan | null,
): { lost: readonly LostPort[]; refusals: readonly CdnRefusal[] } {
  const { flags, diagnosis, held } = the;
  const { ipv4Only } = flags;
  const lost = ipv4Only ? overIpv4(the) : lostPorts(diagnosis, CDN_PORTS);
  // A stack that is up has taken them away already, but for a family that it didn't have.
  const before = earlier !== null && (ipv4Only || earlier.types.includes('AAAA')) ? earlier : null;
  // Those of IPv6 come back to the name with its AAAA.
  const agreed = ipv4Only && earlier?.types.includes('AAAA') === true ? [] : (earlier?.lost ?? []);
  const open = notAgreed(lost.ports, before === null ? [] : agreed);
  const unseen = !lost.looked && before === null;
  const isAsked = !flags.yesLosePorts && (open.length > 0 || unseen);
  const name = held?.name.name ?? diagnosis.target.host;
  return {
    lost: [...lost.ports, ...notAgreed(agreed, lost.ports)],
    refusals: isAsked
      ? [{ code: 'loses-ports', name, lost: { looked: lost.looked, ports: open }, ipv4Only }]
      : [],
  };
}

/** The A record is what is replaced: a name without one has nothing to lose. */
function overIpv4({ diagnosis, held, stack }: CdnCase): LostPorts {
  const replaced = (held?.name.sets ?? []).filter(
    ({ type }) => type === 'A' && !stack.recorded.includes(type),
  );
  const addresses = replaced.flatMap(({ values }) => values);
  return { looked: true, ports: lostOverIpv4(diagnosis, addresses, CDN_PORTS) };
}
