import { isWithin } from '../dns-name.ts';
import { seen } from '../evidence.ts';
import type { Case } from './case.ts';

/** Where reach4 can write records; `other` is known to be somebody else, `unknown` a name server that nobody knows. */
export type DnsProvider = 'cloudflare' | 'route53';

/** Who answers for a zone, as its name servers' names tell. */
export interface DnsHost {
  readonly zone: string;
  /** Where reach4 could write. Several, where the zone is served by several. */
  readonly providers: readonly DnsProvider[];
  /** The companies as people call them; empty where no name server's name is known. */
  readonly companies: readonly string[];
  readonly nameServers: readonly string[];
  /** Every name server is known, so that the zone is kept nowhere else. */
  readonly certain: boolean;
}

/**
 * What the names of a company's own name servers end in. Cloudflare's and AWS's documentation ("Nameservers",
 * "Advanced nameservers"; "Getting the name servers for a public hosted zone"), the others' set-up pages. Vanity names
 * can't be known, and a company that isn't listed is merely not recognised: nothing is ruled out for it.
 */
const COMPANIES: Readonly<Record<string, RegExp>> = {
  Cloudflare: /\.ns\.cloudflare\.com$|\.foundationdns\.(?:com|net|org)$/u,
  'Route 53': /^ns-\d+\.awsdns-\d+\.(?:com|net|org|co\.uk)$/u,
  // Records are written at the primary, wherever that is.
  'Cloudflare (as a secondary)': /\.secondary\.cloudflare\.com$/u,
  Akamai: /\.akam\.net$/u,
  Azure: /\.azure-dns\.(?:com|net|org|info)$/u,
  Bunny: /\.bunny\.net$/u,
  ClouDNS: /\.cloudns\.(?:net|uk)$/u,
  deSEC: /\.desec\.(?:io|org)$/u,
  DigitalOcean: /\.digitalocean\.com$/u,
  DNSimple: /\.dnsimple(?:-edge)?\.(?:com|net|org)$/u,
  DuckDNS: /\.duckdns\.org$/u,
  Dynu: /\.dynu\.com$/u,
  dynv6: /\.dynv6\.(?:com|net)$/u,
  FreeDNS: /\.afraid\.org$/u,
  Gandi: /\.gandi\.net$/u,
  GoDaddy: /\.domaincontrol\.com$/u,
  Google: /^ns-cloud-[a-e]\d\.googledomains\.com$/u,
  Hetzner: /\.ns\.hetzner\.(?:com|de)$|\.(?:first|second)-ns\.(?:de|com)$/u,
  'Hurricane Electric': /\.he\.net$/u,
  Infomaniak: /\.infomaniak\.(?:ch|com)$/u,
  INWX: /\.inwx\.(?:de|eu|com)$/u,
  IONOS: /\.ui-dns\.(?:com|de|org|biz)$/u,
  Linode: /\.linode\.com$/u,
  Loopia: /\.loopia\.se$/u,
  Namecheap: /\.registrar-servers\.com$/u,
  'Name.com': /\.name\.com$/u,
  netcup: /\.netcup\.net$/u,
  'No-IP': /\.no-ip\.com$/u,
  NS1: /\.nsone\.net$/u,
  OVHcloud: /\.ovh\.(?:net|ca)$|\.anycast\.me$/u,
  Porkbun: /\.porkbun\.com$/u,
  Strato: /\.rzone\.de$/u,
  TransIP: /\.transip\.(?:net|nl|eu)$/u,
  Vercel: /\.vercel-dns\.com$/u,
  Vultr: /\.vultr\.com$/u,
};

/** The companies at which reach4 can write. */
export const PROVIDER_NAMES: Readonly<Record<DnsProvider, string>> = {
  cloudflare: 'Cloudflare',
  route53: 'Route 53',
};

/** Who keeps the records of a name, by the closest zone that was seen; null where none was. */
export function dnsHost(the: Case, name: string): DnsHost | null {
  const holds = (zone: string): boolean => isWithin(name, zone);
  // The parent's word for who is responsible; else those that were asked as such.
  const told = seen(the.evidence, 'delegation').map(({ facts }) => ({
    zone: facts.zone,
    servers: facts.nameServers.map((server) => server.name),
  }));
  const asked = seen(the.evidence, 'authority').map(({ facts }) => ({
    zone: facts.zone,
    servers: [facts.server.name],
  }));
  const all = [...told, ...asked].filter(({ zone }) => holds(zone));
  const zone = all.reduce<string>((best, each) => (each.zone.length > best.length ? each.zone : best), '');
  const from = told.some((each) => each.zone === zone && each.servers.length > 0) ? told : asked;
  const servers = from.filter((each) => each.zone === zone).flatMap((each) => each.servers);
  if (servers.length === 0) return null;
  const nameServers = [...new Set(servers.map((server) => server.toLowerCase().replace(/\.$/u, '')))].sort();
  const known = nameServers.map((server) => companyOf(server));
  const companies = [...new Set(known.flatMap((company) => company ?? []))];
  return {
    zone,
    providers: (Object.keys(PROVIDER_NAMES) as DnsProvider[]).filter((provider) =>
      companies.includes(PROVIDER_NAMES[provider]),
    ),
    companies,
    nameServers,
    certain: !known.includes(null),
  };
}

/** The company whose name server has this name; null for all that aren't known. */
export const companyOf = (server: string): string | null =>
  Object.entries(COMPANIES).find(([, pattern]) => pattern.test(server))?.[0] ?? null;

/**
 * Whether records of the zone can be written at one of these providers; null where it isn't known: a name server of
 * nobody known may be a provider's, under a name of the customer's own.
 */
export function isKeptAt(host: DnsHost | null, at: readonly DnsProvider[]): boolean | null {
  if (host === null) return null;
  if (host.providers.some((provider) => at.includes(provider))) return true;
  return host.certain ? false : null;
}
