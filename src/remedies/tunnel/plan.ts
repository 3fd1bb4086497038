import type { Diagnosis } from '../../model/diagnosis.ts';
import { type LostPort, type LostPorts, notAgreed } from '../../model/lost-port.ts';
import type { Target } from '../../model/target.ts';
import { type TunnelPlan, tunnelPlanSchema } from '../../model/tunnel-plan.ts';
import { publicRecords, type RecordType } from '../../model/view/records.ts';
import { control } from '../../model/view/service.ts';
import type { NameInZone } from '../../model/zone-records.ts';
import { edgePorts, isCovered } from '../dns-records/cloudflare-edge.ts';
import {
  type NameFlags,
  type NameNote,
  type NameRefusal,
  type NameSoFar,
  takeOverName,
} from '../dns-records/cloudflare-name.ts';
import { commentOf } from '../dns-records/comment.ts';
import { lostPorts } from '../lost-ports.ts';
import { ingressTo, isLocal, redirectsToHttps, serviceOf } from './service.ts';

interface TunnelFlags extends NameFlags {
  /** Put the A records that were there before back when the stack goes. */
  readonly restore: boolean;
  /** What else the name carries may be lost. */
  readonly yesLosePorts: boolean;
  /** `--tunnel-service`, read; null where nothing was said. */
  readonly service: string | null;
}

export interface TunnelCase {
  readonly diagnosis: Diagnosis;
  /** What the account holds for the name; null where it has no zone for it. */
  readonly held: NameInZone | null;
  /** The account that the zone is in; null where there is none. */
  readonly account: TunnelPlan['account'] | null;
  readonly flags: TunnelFlags;
  readonly stack: NameSoFar;
  /** The plan of a tunnel in the stack's configuration. */
  readonly earlier: TunnelPlan | null;
  readonly stackName: string;
  /** Marks the tunnel, where there is no plan of one yet. */
  readonly newId: string;
  readonly now: Date;
}

/** Why no tunnel is planned, whoever asks: nothing has to be looked up for it. */
export type TargetRefusal =
  | { readonly code: 'not-web'; readonly protocol: Target['protocol'] }
  | { readonly code: 'not-a-name'; readonly host: string }
  | { readonly code: 'port-not-served'; readonly port: number; readonly ports: readonly number[] }
  | { readonly code: 'service-down'; readonly port: number };

export type TunnelRefusal =
  | TargetRefusal
  /** The program sends everybody to HTTPS, by which they come already. */
  | { readonly code: 'redirects'; readonly service: string }
  | { readonly code: 'loses-ports'; readonly lost: LostPorts; readonly zone: string }
  | NameRefusal;

/** What a person should know before saying yes. */
export type TunnelNote =
  | NameNote
  /** The program's certificate is none that could be verified, and isn't. */
  | { readonly code: 'own-certificate' }
  /** The program runs on another host than cloudflared. */
  | { readonly code: 'other-host'; readonly service: string }
  /** The certificate that every zone gets doesn't cover the name. */
  | { readonly code: 'not-covered'; readonly name: string; readonly zone: string }
  | { readonly code: 'lost'; readonly ports: readonly LostPort[] };

export type TunnelDecision =
  | { readonly ok: true; readonly plan: TunnelPlan; readonly notes: readonly TunnelNote[] }
  | {
      readonly ok: false;
      readonly refusals: readonly TunnelRefusal[];
      readonly notes: readonly TunnelNote[];
    };

/** What speaks against a tunnel for this target. */
export function againstTunnel({ target, conditions }: Diagnosis): TargetRefusal[] {
  const { protocol, host, hostKind, port } = target;
  const ports = edgePorts(protocol);
  if (ports === null) return [{ code: 'not-web', protocol }];
  if (hostKind !== 'name') return [{ code: 'not-a-name', host }];
  if (!ports.includes(port)) return [{ code: 'port-not-served', port, ports }];
  const isDown = conditions.some((each) => each.condition === 'service-down' && each.verdict === 'confirmed');
  return isDown ? [{ code: 'service-down', port }] : [];
}

/** Turns a diagnosis into a plan, or says why not. Changes nothing and asks nobody. */
export function planTunnel(the: TunnelCase): TunnelDecision {
  const { diagnosis, held, flags, stack, stackName, earlier, now } = the;
  const against = againstTunnel(diagnosis);
  if (against.length > 0) return { ok: false, refusals: against, notes: [] };
  const name = diagnosis.target.host;
  const seen = (type: RecordType): readonly string[] | null => {
    const { definite, addresses } = publicRecords(diagnosis, type);
    return definite ? addresses : null;
  };
  const outcome = takeOverName({
    name,
    held,
    flags,
    stack,
    seen: { A: seen('A'), AAAA: seen('AAAA') },
    // A CNAME stands alone: every address record has to go.
    canLeave: () => false,
    stackName,
    now,
  });
  if (!outcome.ok) return outcome;
  const { zone, previous } = outcome.taken;
  const service = flags.service ?? earlier?.ingress.service ?? serviceOf(diagnosis);
  const lost = lostPorts(diagnosis, carriedBeside(diagnosis));
  const refusals: TunnelRefusal[] = [
    ...(redirectsToHttps(service, diagnosis) ? [{ code: 'redirects', service } as const] : []),
    ...(isAgreed(lost, the) ? [] : [{ code: 'loses-ports', lost, zone: zone.name } as const]),
  ];
  if (refusals.length > 0 || the.account === null) return { ok: false, refusals, notes: outcome.notes };
  const plan = tunnelPlanSchema.parse({
    schema: 'reach4/plan/1',
    remedy: 'tunnel',
    provider: 'cloudflare',
    target: diagnosis.target,
    id: earlier?.id ?? the.newId,
    account: the.account,
    zone,
    name,
    ingress: ingressTo(service, name, diagnosis),
    comment: commentOf(stackName),
    previous: [...previous],
    restore: flags.restore,
    lost: [...lost.ports],
    identity: control(diagnosis)?.identity ?? earlier?.identity ?? null,
    monthlyUSD: 0,
  } satisfies TunnelPlan);
  return { ok: true, plan, notes: [...outcome.notes, ...notesOn(plan, diagnosis)] };
}

/**
 * Every port of the name that Cloudflare serves leads to the one service of the tunnel. What answers on the port for plain
 * HTTP beside HTTPS is, as nearly everywhere, the same website's way to it.
 */
const carriedBeside = ({ target }: Diagnosis): readonly number[] => (target.protocol === 'tls' ? [80] : []);

/** Nothing else is lost, or somebody has said that it may be: now, or with the plan that there is. */
const isAgreed = (lost: LostPorts, { flags, earlier }: TunnelCase): boolean =>
  flags.yesLosePorts ||
  (notAgreed(lost.ports, earlier?.lost ?? []).length === 0 && (lost.looked || earlier !== null));

function notesOn({ ingress, name, zone, lost, target }: TunnelPlan, diagnosis: Diagnosis): TunnelNote[] {
  return [
    ...(ingress.noTlsVerify ? [{ code: 'own-certificate' } as const] : []),
    ...(isLocal(ingress.service, diagnosis)
      ? []
      : [{ code: 'other-host', service: ingress.service } as const]),
    ...(target.protocol === 'tls' && !isCovered(name, zone.name)
      ? [{ code: 'not-covered', name, zone: zone.name } as const]
      : []),
    ...(lost.length === 0 ? [] : [{ code: 'lost', ports: lost } as const]),
  ];
}
