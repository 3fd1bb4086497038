import type { RecordSet } from './record-set.ts';

/** A public hosted zone of Route 53. */
export interface HostedZone {
  /** `Z0123456789ABCDEFGHIJ` */
  readonly id: string;
  readonly name: string;
  /** Whether the domain's name servers, as the internet knows them, are this zone's; null where nobody could be asked. */
  readonly isDelegated: boolean | null;
}

/** Why a record set can't be held as a name, a TTL and addresses: Route 53 computes its answer. */
export type ComputedAnswer =
  | 'alias'
  | 'weighted'
  | 'latency'
  | 'geographic'
  | 'failover'
  | 'multivalue'
  | 'by-network'
  | 'traffic-policy';

/** What a zone of Route 53 holds for one name. */
export interface NameInHostedZone {
  readonly zone: HostedZone;
  readonly a: RecordSet | null;
  /** How the answer for A is found where it isn't simply what `a` says. */
  readonly computed: ComputedAnswer | null;
  /** There is an AAAA record set, of whatever kind. */
  readonly hasAaaa: boolean;
  readonly aaaa: RecordSet | null;
  /** The same for AAAA as `computed` for A. */
  readonly computedAaaa: ComputedAnswer | null;
  /** The target of a CNAME record of the name. */
  readonly cname: string | null;
  /** Where NS records hand the name over to other servers: the name itself, or one between it and the zone. */
  readonly delegatedAt: string | null;
}
