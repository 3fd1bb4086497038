import type { Target } from '../../model/target.ts';
import { CDN_REQUESTS, CDN_TRAFFIC } from './prices.ts';

/** What a distribution loses or costs otherwise, each a short sentence; what weighs most first. */
export function cdnLosses({ protocol }: Pick<Target, 'protocol'>): string[] {
  const { includedGB, perGBUSD } = CDN_TRAFFIC;
  return [
    // Developer guide, "Request and response behavior for custom origins", Client IP addresses.
    "The server sees CloudFront as the client; visitors' addresses come in the header X-Forwarded-For.",
    'Only HTTP and HTTPS, WebSocket among it, and only on ports 80 and 443: the name loses its other ports, also over IPv6 (--ipv4-only leaves IPv6 as it is).',
    ...(protocol === 'tls'
      ? [
          'TLS ends at CloudFront, which can read along, and a certificate that the server renews by TLS-ALPN-01 no longer renews: use HTTP-01 or DNS-01.',
        ]
      : []),
    // Developer guide, "Quotas": response time-out; "Using WebSockets": idle connections.
    'An answer has to begin within 60 seconds, and a connection on which nothing is said for 10 minutes is closed.',
    "The server's address gets a name of its own, whose AAAA the stack writes: where the prefix changes, something has to keep it (--origin-name).",
    `It needs an account at AWS. ${includedGB / 1024} TB and ${CDN_REQUESTS / 1_000_000} million requests a month are free for the whole account; each GB beyond is $${perGBUSD} or more.`,
  ];
}
