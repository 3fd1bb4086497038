import type { Target } from '../../model/target.ts';
import type { WebEdge } from '../web-edge.ts';

/** Ports that Cloudflare's proxy serves, on every plan (Cloudflare's docs, "Network ports"; facts/cloudflare.md, e). */
const HTTP_PORTS: readonly number[] = [80, 8080, 8880, 2052, 2082, 2086, 2095];
const HTTPS_PORTS: readonly number[] = [443, 2053, 2083, 2087, 2096, 8443];

/** All of them: what a name behind the proxy still carries. */
export const EDGE_PORTS: readonly number[] = [...HTTP_PORTS, ...HTTPS_PORTS];

/** Ports at which the proxy takes a protocol; null for what it does not speak at all. */
export function edgePorts(protocol: Target['protocol']): readonly number[] | null {
  switch (protocol) {
    case 'tls':
      return HTTPS_PORTS;
    case 'http':
      return HTTP_PORTS;
    default:
      return null;
  }
}

/** Its proxy in front of a name, for which the zone has to be there. */
export const CLOUDFLARE: WebEdge = { provider: 'Cloudflare', ports: edgePorts, zoneAt: 'cloudflare' };

/** Labels below the zone that the certificate which every zone gets covers (Cloudflare's docs, "Universal SSL"). */
const COVERED_LABELS = 1;

/** Whether Cloudflare has a certificate for the name without more being bought. */
export const isCovered = (name: string, zone: string): boolean =>
  name === zone || name.slice(0, -(zone.length + 1)).split('.').length <= COVERED_LABELS;
