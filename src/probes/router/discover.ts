import type { Reason } from '../../model/evidence.ts';
import { plainText } from '../../ports/plain-text.ts';
import type { Ports, UdpQuestion, UdpResult } from '../../ports/ports.ts';
import type { Budget } from './budget.ts';
import { ownAddressFor } from './own-address.ts';
import {
  isGatewayType,
  readSsdp,
  SEARCH_TARGETS,
  SSDP_BYTES,
  SSDP_MULTICAST,
  SSDP_PORT,
  searchRequest,
} from './ssdp.ts';

/** ms; the second in which devices spread their answers, and a round trip on a busy radio. */
const SEARCH_TIMEOUT = 1_200;
/** ms; when the search is sent once more. */
const REPEAT_AFTER = 300;
/** Answers; a router describes itself in about ten, and its neighbours do as well. */
const MAX_ANSWERS = 64;
/** Descriptions of one router that are worth reading. */
const MAX_LOCATIONS = 3;
const DETAIL_LENGTH = 80;

type Discovered =
  | { readonly ok: true; readonly locations: readonly string[] }
  | { readonly ok: false; readonly reason: Reason };

/**
 * Where the gateway's own UPnP description is. The gateway is asked first: the question opens this machine's firewall
 * for the answer. What others answer, and what points elsewhere, is told as `malformed` and never fetched.
 */
export async function discover(
  { gateway, multicast }: { readonly gateway: string; readonly multicast: boolean },
  budget: Budget,
  ports: Ports,
  signal: AbortSignal,
): Promise<Discovered> {
  const found = new AbortController();
  const either = AbortSignal.any([signal, found.signal]);
  const locations = new Set<string>();
  const wrong: string[] = [];
  const failures: Reason[] = [];
  const timeoutMs = budget.left(SEARCH_TIMEOUT);
  await Promise.all(
    questions(gateway, multicast, timeoutMs, ports).map(async (question) => {
      const result = await ports.net.udp(question, either);
      if (!result.ok) {
        failures.push(result.reason);
        return;
      }
      for (const judged of result.replies.flatMap((reply) => judge(gateway, reply))) {
        if ('wrong' in judged) wrong.push(judged.wrong);
        else if (locations.size < MAX_LOCATIONS) locations.add(judged.location);
      }
      if (locations.size > 0) found.abort();
    }),
  );
  if (signal.aborted) return { ok: false, reason: { code: 'interrupted' } };
  if (locations.size > 0) return { ok: true, locations: [...locations] };
  const [detail] = wrong;
  if (detail !== undefined) return { ok: false, reason: { code: 'malformed', detail } };
  // Where one of the ways fails, another one may only have been silent: that is said.
  const reason = failures.find(({ code }) => code === 'timed-out') ?? failures[0];
  return { ok: false, reason: reason ?? { code: 'timed-out' } };
}

function questions(gateway: string, multicast: boolean, timeoutMs: number, ports: Ports): UdpQuestion[] {
  const from = ownAddressFor(gateway, ports.host.interfaces());
  const hosts = [gateway, ...(multicast && from !== null ? [SSDP_MULTICAST] : [])];
  return hosts.flatMap((host) =>
    SEARCH_TARGETS.map((target): UdpQuestion => {
      const isGroup = host === SSDP_MULTICAST;
      return {
        to: { address: host, port: SSDP_PORT },
        payload: searchRequest(host, target),
        timeoutMs,
        repeatAfterMs: REPEAT_AFTER < timeoutMs ? [REPEAT_AFTER] : [],
        // One device has one answer to one type, but many to all; a group has many devices.
        maxReplies: !isGroup && target !== 'ssdp:all' ? 1 : MAX_ANSWERS,
        maxBytes: SSDP_BYTES,
        // Some routers answer from another port.
        onlyFromPeer: false,
        ...(isGroup && from !== null ? { from } : {}),
      };
    }),
  );
}

type Reply = Extract<UdpResult, { ok: true }>['replies'][number];

/** The description's URL, why it isn't used, or nothing where the answer has nothing to do with gateways. */
function judge(gateway: string, reply: Reply): ({ location: string } | { wrong: string })[] {
  const answer = readSsdp(reply.payload);
  if (answer === null) {
    return reply.address === gateway ? [{ wrong: 'no answer to a search' }] : [];
  }
  if (!isGatewayType(answer.target)) return [];
  if (reply.address !== gateway) return [{ wrong: `${reply.address} answered, which isn't the router` }];
  const url = gatewayUrl(answer.location, gateway);
  return url === null
    ? [{ wrong: `its description is said to be elsewhere: ${plainText(answer.location, DETAIL_LENGTH)}` }]
    : [{ location: url.href }];
}

/** A plain HTTP URL at the gateway's own address, or null. */
export function gatewayUrl(text: string, gateway: string): URL | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const isPlain = url.protocol === 'http:' && url.username === '' && url.password === '';
  return isPlain && url.hostname === gateway && url.href.length <= MAX_URL ? url : null;
}

/** Characters; those of routers have about 40. */
const MAX_URL = 512;
