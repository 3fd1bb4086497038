import { dnsRecord } from './dns-record.ts';
import type { ResourceKind } from './resource.ts';
import { tunnel } from './tunnel.ts';
import { tunnelConfig } from './tunnel-config.ts';

/** The resources that reach4 may use, by their type. */
const RESOURCES: Readonly<Record<string, ResourceKind>> = {
  'cloudflare:index/dnsRecord:DnsRecord': dnsRecord,
  'cloudflare:index/zeroTrustTunnelCloudflared:ZeroTrustTunnelCloudflared': tunnel,
  'cloudflare:index/zeroTrustTunnelCloudflaredConfig:ZeroTrustTunnelCloudflaredConfig': tunnelConfig,
};

/** By the URN, whose third part from the end is the type, behind its parents' (`parent$type`). */
export function resourceOf(urn: string): ResourceKind {
  const type = urn.split('::').at(-2)?.split('$').at(-1) ?? '';
  const found = RESOURCES[type];
  if (found === undefined) {
    throw new Error(`the stand-in has no such resource: ${urn}`);
  }
  return found;
}
