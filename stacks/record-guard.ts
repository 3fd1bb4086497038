import { checkHostedNameFree } from '../src/cloud/aws/route53.ts';
import { freeCloudflareName } from '../src/cloud/cloudflare/free-name.ts';
import type { RecordGuard } from '../src/components/relay-dns.ts';
import type { RelayDns } from '../src/model/relay-plan.ts';
import { nodePorts } from '../src/ports/node/node-ports.ts';

/** What is looked at before a record is made: only then, so that a record that is there already is never in its own way. */
export function recordGuard(dns: RelayDns): RecordGuard | null {
  const { signal } = new AbortController();
  switch (dns.provider) {
    case 'cloudflare': {
      const { net, clock } = nodePorts();
      const world = { net, clock, env: process.env };
      const comments = new Map(dns.records.map(({ name, comment }) => [name, comment]));
      return (record) =>
        freeCloudflareName({ ...record, comment: comments.get(record.name) ?? null }, world, signal);
    }
    case 'route53':
      return ({ address, ...record }) =>
        checkHostedNameFree({ ...record, type: 'A', values: [address] }, signal);
    case 'manual':
      return null;
  }
}
