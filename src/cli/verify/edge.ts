import { isPublic } from '../../model/address.ts';
import type { Diagnosis } from '../../model/diagnosis.ts';
import { hostPort } from '../../model/target.ts';
import { edgeProvider } from '../../model/view/proxies.ts';
import { publicRecords } from '../../model/view/records.ts';
import type { HttpResult, Net } from '../../ports/ports.ts';
import type { Check } from './check.ts';
import { copies } from './copies.ts';
import { bearsMark, throughEdge } from './edge/through.ts';

/** A provider's edge that answers for the name. */
export interface PromisedEdge {
  /** As `edgeProvider` names it. */
  readonly provider: 'Cloudflare' | 'CloudFront';
  /** The server's own addresses, which tell what the edge should show; none where nobody elsewhere gets there. */
  readonly origin: readonly string[];
  /** The records that lead to it; both, if not given. */
  readonly types?: readonly ('A' | 'AAAA')[];
}

/** The service's page by the edge over IPv4, and straight from the server. */
export interface EdgeLook {
  /** Of the edge. */
  readonly address: string;
  readonly through: HttpResult;
  readonly direct: HttpResult | null;
  /** Addresses that are in no list of the provider's, and answer with its mark. */
  readonly marked: readonly string[];
}

/** ms; the edge and the server behind it. */
const LOOK_MS = 15_000;
/** Bytes of a page that is compared. */
const PAGE_BYTES = 2_000_000;
/** So many unlisted addresses are asked at most; CloudFront gives a name four of IPv4 and eight of IPv6. */
const MOST_UNLISTED = 12;

/**
 * Asks for the service's page by the edge, over IPv4. From wherever this runs, because the edge is the same for
 * everybody. Null while the name leads to no edge, and for a service that is no web.
 */
export async function lookThroughEdge(
  edge: PromisedEdge,
  diagnosis: Pick<Diagnosis, 'target' | 'evidence' | 'vantage'>,
  net: Pick<Net, 'http'>,
  signal: AbortSignal,
): Promise<EdgeLook | null> {
  const { host, port, path, protocol } = diagnosis.target;
  if (protocol !== 'tls' && protocol !== 'http') return null;
  const url = `${protocol === 'tls' ? 'https' : 'http'}://${hostPort(host, port)}${path}`;
  const ask = (at: string): Promise<HttpResult> =>
    net.http(
      { url, address: at, method: 'GET', headers: {}, timeoutMs: LOOK_MS, maxBytes: PAGE_BYTES },
      signal,
    );
  const unlisted = await Promise.all(
    unlistedAt(edge, diagnosis).map(async (at) => ({ at, result: await ask(at) })),
  );
  const marked = unlisted.filter(({ result }) => bearsMark(edge.provider, result)).map(({ at }) => at);
  const address = publicRecords(diagnosis, 'A').addresses.find((each) => isOf(edge, each, marked));
  if (address === undefined) return null;
  const [origin] = edge.origin;
  const [through, direct] = await Promise.all([
    unlisted.find(({ at }) => at === address)?.result ?? ask(address),
    origin === undefined ? null : ask(origin),
  ]);
  return { address, through, direct, marked };
}

/** CloudFront's list grows, so an address that isn't in it may still be of it. Cloudflare's has been the same for years. */
function unlistedAt(edge: PromisedEdge, diagnosis: Parameters<typeof publicRecords>[0]): string[] {
  if (edge.provider !== 'CloudFront') return [];
  return (edge.types ?? BOTH)
    .flatMap((type) => publicRecords(diagnosis, type).addresses)
    .filter((address) => isPublic(address) && !isOf(edge, address, []))
    .slice(0, MOST_UNLISTED);
}

/** Holds what is seen against what an edge promises: the zone's servers first, then the page over IPv4, then copies. */
export function edgeChecks(edge: PromisedEdge, diagnosis: Diagnosis, look: EdgeLook | null): Check[] {
  return [
    ...(edge.types ?? BOTH).map((type) => zoneLeadsThere(edge, diagnosis, type, look)),
    throughEdge(edge, diagnosis.target, look),
    // Resolvers that still lead past the edge.
    ...copies([{ type: 'A', isRight: (address) => isOf(edge, address, look?.marked ?? []) }], diagnosis),
  ];
}

const BOTH = ['A', 'AAAA'] as const;

/** @param marked as `EdgeLook` has it */
const isOf = ({ provider }: PromisedEdge, address: string, marked: readonly string[]): boolean =>
  edgeProvider(address, []) === provider || marked.includes(address);

function zoneLeadsThere(
  edge: PromisedEdge,
  diagnosis: Diagnosis,
  type: 'A' | 'AAAA',
  look: EdgeLook | null,
): Check {
  const code = 'zone-says';
  const { addresses, definite, source, answers } = publicRecords(diagnosis, type);
  if (!definite || source !== 'authority') {
    return { code, state: 'waiting', text: `the zone's own servers couldn't be asked for ${type}` };
  }
  const said = addresses.join(', ') || 'none';
  return addresses.length > 0 && addresses.every((address) => isOf(edge, address, look?.marked ?? []))
    ? {
        code,
        state: 'holds',
        text: `the zone's servers say ${type} ${said}, of ${edge.provider} (${answers.length} asked)`,
      }
    : {
        code,
        state: 'waiting',
        text: `the zone's servers say ${type} ${said}; it should be ${edge.provider}'s`,
      };
}
