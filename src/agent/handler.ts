import type { HttpServerHandler, HttpServerReply, HttpServerRequest } from '../ports/node/http-server.ts';
import { plainText } from '../ports/plain-text.ts';
import type { Ports } from '../ports/ports.ts';
import { budget, type Dial } from './budget.ts';
import { refusalOf } from './dial-policy.ts';
import { gate } from './gate.ts';
import { ADDRESSES_PER_LOOK, REFUSAL_LINES_PER_MINUTE } from './limits.ts';
import { look } from './look.ts';
import {
  CHALLENGE_PATH,
  HEADER,
  LOOK_PATH,
  type LookAnswer,
  type LookRequest,
  lookRequestSchema,
  PROTOCOL,
  type ReachSeen,
  type UdpSeen,
} from './protocol.ts';
import { rateLimit } from './rates.ts';
import { Refused } from './refused.ts';

const MINUTE_MS = 60_000;

/** Characters of a log line: eight addresses with their outcomes, ten more dials, and a name of the longest kind. */
const LINE_LENGTH = 2500;

/**
 * What the agent answers, request by request. Never rejects: a bug is logged and answered with 500.
 *
 * @param log takes one line at a time, without control characters
 */
export function agentHandler(token: string, ports: Ports, log: (line: string) => void): HttpServerHandler {
  const now = (): number => ports.clock.monotonic();
  const door = gate(token, now);
  const spending = budget(now);
  const refusalLines = rateLimit({ limit: REFUSAL_LINES_PER_MINUTE, windowMs: MINUTE_MS, keys: 1 }, now);
  const say = (caller: string, what: string): void =>
    log(plainText(`${ports.clock.now().toISOString()} ${caller} ${what}`, LINE_LENGTH));

  const answer = async (request: HttpServerRequest, signal: AbortSignal): Promise<HttpServerReply> => {
    const route = routeOf(request);
    if (route === 'challenge') {
      return json(200, { protocol: PROTOCOL, challenge: door.challenge(request.remoteAddress) });
    }
    const proven = door.prove(request);
    const asked = readLook(proven.body);
    const refusals = refusalsOf(asked, ports);
    const grant = spending.grant(dialsOf(asked).filter(({ address }) => !refusals.has(address)));
    if (!grant.ok) throw new Refused(429, 'too-many', grant.sentence, grant.waitMs);
    try {
      const seen = await look(asked, refusals, ports, signal);
      say(request.remoteAddress, describe(asked, seen));
      const reply = json(200, seen);
      return { ...reply, headers: { ...reply.headers, [HEADER.mac]: door.sign(proven, reply.body) } };
    } finally {
      grant.release();
    }
  };

  const refuse = (caller: string, error: unknown): HttpServerReply => {
    const refused =
      error instanceof Refused ? error : new Refused(500, 'bug', 'The agent has a bug; its log tells.');
    if (refusalLines.wait('all') === 0) {
      refusalLines.take('all');
      const bug = error instanceof Error ? (error.stack ?? error.message) : String(error);
      say(caller, error === refused ? `refused: ${refused.message}` : `bug: ${bug}`);
    }
    const reply = json(refused.status, refused.body);
    if (refused.waitMs === 0) return reply;
    return {
      ...reply,
      headers: { ...reply.headers, 'retry-after': String(Math.ceil(refused.waitMs / 1000)) },
    };
  };

  return async (request, signal) => {
    try {
      return await answer(request, signal);
    } catch (error) {
      return refuse(request.remoteAddress, error);
    }
  };
}

function routeOf({ method, path, header }: HttpServerRequest): 'challenge' | 'look' {
  const version = header(HEADER.protocol);
  if (version !== null && version !== String(PROTOCOL)) {
    const sentence = `The agent speaks protocol ${PROTOCOL} and not the caller's: use the same version of reach4 on both.`;
    throw new Refused(400, 'version', sentence);
  }
  if (method === 'POST' && path === CHALLENGE_PATH) return 'challenge';
  if (method === 'POST' && path === LOOK_PATH) return 'look';
  const sentence = `A reach4 agent answers POST ${CHALLENGE_PATH} and POST ${LOOK_PATH}, protocol ${PROTOCOL}, and nothing else.`;
  throw new Refused(404, 'not-found', sentence);
}

/** @throws Refused where the body isn't a look. */
function readLook(body: Uint8Array): LookRequest {
  let data: unknown;
  try {
    data = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new Refused(400, 'malformed', "The request isn't JSON.");
  }
  const { data: asked, error } = lookRequestSchema.safeParse(data);
  if (asked !== undefined) return asked;
  const [issue] = error.issues;
  const where = issue === undefined ? '' : ` (${issue.path.join('.')}: ${issue.message})`;
  const sentence = `The request isn't a look at 1 to ${ADDRESSES_PER_LOOK} addresses${where}.`;
  throw new Refused(400, 'malformed', plainText(sentence, 300));
}

/** All that a look connects to or traces. */
const dialsOf = ({ addresses, port, udp, otherPorts, traces }: LookRequest): Dial[] => [
  ...[...addresses, ...(udp?.addresses ?? [])].map(({ address }) => ({ address, port })),
  ...otherPorts,
  ...traces,
];

/** Why an address isn't dialled, for those that aren't. */
function refusalsOf(asked: LookRequest, ports: Ports): Map<string, string> {
  const own = ports.host.interfaces();
  const refusals = new Map<string, string>();
  for (const { address } of dialsOf(asked)) {
    const refusal = refusalOf(address, own);
    if (refusal !== null) refusals.set(address, refusal);
  }
  return refusals;
}

/** The log's words for a look: what was asked, and how it ended. */
function describe(asked: LookRequest, { reach, udp, resolver, otherPorts, traces }: LookAnswer): string {
  const outcomes = (seen: ReachSeen | UdpSeen): string =>
    seen.status === 'ok'
      ? [...new Set(seen.facts.attempts.map(({ outcome }) => outcome))].join(', ')
      : seen.reason.code;
  const addresses = reach.map(({ address, seen }) => `${address} port ${asked.port}: ${outcomes(seen)}`);
  const questions = udp.map(({ address, seen }) => `${address} UDP port ${asked.port}: ${outcomes(seen)}`);
  const others = otherPorts.map((seen, index) => {
    const { address, port } = asked.otherPorts[index] ?? {};
    return `${address} port ${port}: ${outcomes(seen)}`;
  });
  const ways = traces.map((seen, index) => {
    const { address, port, method } = asked.traces[index] ?? {};
    const hops = seen.status === 'ok' ? `${seen.facts.hops.length} hops` : seen.reason.code;
    return `way to ${address}${port === null ? '' : ` port ${port}`} by ${method}: ${hops}`;
  });
  const name = asked.resolve === null ? [] : [`${asked.resolve} asked of ${resolver.length} resolvers`];
  return `looks at ${[...addresses, ...questions, ...others, ...ways, ...name].join('; ')}`;
}

function json(status: number, data: unknown): HttpServerReply {
  const headers = {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    [HEADER.protocol]: String(PROTOCOL),
  };
  return { status, headers, body: JSON.stringify(data) };
}
