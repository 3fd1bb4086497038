/** Resource types as they stand in a stack's state; here, so that reading a state doesn't load Pulumi. */

/** Module and name of the dynamic resource that holds previous records. */
export const PREVIOUS_RECORDS = { module: 'reach4', name: 'PreviousRecords' } as const;

/** The same, as Pulumi writes it. */
export const PREVIOUS_RECORDS_TYPE = `pulumi-nodejs:dynamic/${PREVIOUS_RECORDS.module}:${PREVIOUS_RECORDS.name}`;

/** The record of `@pulumi/cloudflare`. */
export const DNS_RECORD_TYPE = 'cloudflare:index/dnsRecord:DnsRecord';
