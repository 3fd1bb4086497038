import { checkHostedNameFree } from '../src/cloud/aws/route53.ts';
import type { RecordGuard } from '../src/components/relay-dns.ts';
import type { RelayDns } from '../src/model/relay-plan.ts';

/**
 * What is looked at before a record set is made at Route 53: only then, so that one that is there already is never in its
 * own way. At Cloudflare the resource itself looks.
 */
export function recordGuard(dns: RelayDns): RecordGuard | null {
  if (dns.provider !== 'route53') return null;
  const { signal } = new AbortController();
  return ({ address, ...record }) => checkHostedNameFree({ ...record, type: 'A', values: [address] }, signal);
}
