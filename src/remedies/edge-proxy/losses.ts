import type { Target } from '../../model/target.ts';

/** Megabytes of one upload, on the Free and Pro plans (Cloudflare's docs, "Request limits"). */
const UPLOAD_MB = 100;

/** What changes for the owner of a service behind Cloudflare's proxy, each a short sentence; what weighs most first. */
export const lossesOf = ({ protocol }: Pick<Target, 'protocol'>): string[] => [
  'The name carries the web only: SSH, mail or games under it are lost, over IPv6 too.',
  'Cloudflare sees all traffic: TLS ends there, and a second connection goes on to the server.',
  'The server sees Cloudflare as the client of everybody; the address of a visitor is in the header CF-Connecting-IP.',
  `An upload may have ${UPLOAD_MB} MB at most on the Free and Pro plans.`,
  ...(protocol === 'tls'
    ? [
        "The zone's SSL mode has to be Full or Full (strict): with Flexible, Cloudflare asks the server without TLS.",
        'A name with more than one label below the zone, such as a.b.example.org, needs an Advanced Certificate, which costs extra.',
      ]
    : []),
];
