/** Resource types as they stand in a stack's state; here, so that reading a state doesn't load Pulumi. */

/** Module and name of the dynamic resource that holds previous records. */
export const PREVIOUS_RECORDS = { module: 'reach4', name: 'PreviousRecords' } as const;

/** The same, as Pulumi writes it. */
export const PREVIOUS_RECORDS_TYPE = `pulumi-nodejs:dynamic/${PREVIOUS_RECORDS.module}:${PREVIOUS_RECORDS.name}`;

/** Module and name of the dynamic resource that takes records out of a zone while the stack stands. */
export const SET_ASIDE_RECORDS = { module: 'reach4', name: 'SetAsideRecords' } as const;

/** Module and name of the dynamic resource that holds an address until DNS no longer leads to it. */
export const ADDRESS_HOLD = { module: 'reach4', name: 'AddressHold' } as const;

/** The same, as Pulumi writes it. */
export const ADDRESS_HOLD_TYPE = `pulumi-nodejs:dynamic/${ADDRESS_HOLD.module}:${ADDRESS_HOLD.name}`;

/** Module and name of the dynamic resource that holds previous record sets of Route 53. */
export const PREVIOUS_RECORD_SETS = { module: 'reach4', name: 'PreviousRecordSets' } as const;

/** The same, as Pulumi writes it. */
export const PREVIOUS_RECORD_SETS_TYPE = `pulumi-nodejs:dynamic/${PREVIOUS_RECORD_SETS.module}:${PREVIOUS_RECORD_SETS.name}`;

/** The record of `@pulumi/cloudflare`. */
export const DNS_RECORD_TYPE = 'cloudflare:index/dnsRecord:DnsRecord';

/** Module and name of the dynamic resource that stands between a new host and the address. */
export const GATE = { module: 'reach4', name: 'Gate' } as const;

/** Module and name of the dynamic resource that removes what was made and never recorded. */
export const LEFTOVERS = { module: 'reach4', name: 'Leftovers' } as const;

/** The record set of Route 53, of `@pulumi/aws`. */
export const RECORD_SET_TYPE = 'aws:route53/record:Record';

/** Module and name of the dynamic resource that says whether a connector was seen on a tunnel. */
export const TUNNEL_READY = { module: 'reach4', name: 'TunnelReady' } as const;

/** The same, as Pulumi writes it. */
export const TUNNEL_READY_TYPE = `pulumi-nodejs:dynamic/${TUNNEL_READY.module}:${TUNNEL_READY.name}`;

/** Module and name of the dynamic resource that takes the connectors off a tunnel before it is deleted. */
export const TUNNEL_END = { module: 'reach4', name: 'TunnelEnd' } as const;

/** Module and name of the dynamic resource that removes a tunnel which was made and never recorded. */
export const TUNNEL_LEFTOVERS = { module: 'reach4', name: 'TunnelLeftovers' } as const;

/** The tunnel of `@pulumi/cloudflare`. */
export const TUNNEL_TYPE = 'cloudflare:index/zeroTrustTunnelCloudflared:ZeroTrustTunnelCloudflared';

/** Module and name of the dynamic resource that owns all address and CNAME records of a name at Cloudflare. */
export const NAME_RECORDS = { module: 'reach4', name: 'NameRecords' } as const;

/** The same, as Pulumi writes it. */
export const NAME_RECORDS_TYPE = `pulumi-nodejs:dynamic/${NAME_RECORDS.module}:${NAME_RECORDS.name}`;

/** Its name in every program, so that a stack that changes to another remedy changes it in place. */
export const NAME_RECORDS_RESOURCE = 'name';

/** Module and name of the dynamic resource that owns record sets of one name at Route 53. */
export const HOSTED_SETS = { module: 'reach4', name: 'HostedSets' } as const;

/** The same, as Pulumi writes it. */
export const HOSTED_SETS_TYPE = `pulumi-nodejs:dynamic/${HOSTED_SETS.module}:${HOSTED_SETS.name}`;

/** Module and name of the dynamic resource that puts a name's records back where what owns them was never recorded. */
export const NAME_BACK = { module: 'reach4', name: 'NameBack' } as const;
