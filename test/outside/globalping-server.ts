import { createServer, type IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { z } from 'zod';
import { isPublic } from '../../src/model/address.ts';
import { listen } from '../ports/node/loopback.ts';

/**
 * Globalping's API as its public/v1/spec.yaml and source say (github.com/jsdelivr/globalping at 52c0c19, and for what probes
 * answer github.com/jsdelivr/globalping-probe at f86c41c): what it takes, what it refuses and with which words, its limits,
 * and the forms of results. Nothing of it was captured from the service; no packet leaves this machine.
 */
export interface World {
  /** What a place sees at a port; `no-family` where the place has no such network. */
  readonly service: (place: number, target: string, port: number) => State;
  readonly tls?: object;
  /** Headers and body of the page. */
  readonly page?: { readonly headers: Record<string, string>; readonly body: string | null };
  /** The hops before the target, and whether it is reached, as lines of traceroute without their number. */
  readonly way?: (target: string) => readonly string[];
  readonly dig?: (name: string, type: string) => string;
  readonly places?: number;
  readonly blocked?: readonly string[];
  /** Places that have gone since the first measurement. */
  readonly offline?: readonly number[];
  /** What the server answers instead, for a request; null leaves it to the API. */
  readonly instead?: (request: { method: string; path: string; count: number }) => Answer | null;
  readonly testsLeft?: number;
  /** ms that a test takes. */
  readonly takes?: number;
  readonly token?: string;
}
type State = 'open' | 'refused' | 'dropped' | 'no-family' | 'host-unreachable' | 'flaky';

interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body: string;
}

const place = (index: number) => ({
  continent: 'EU',
  region: 'Western Europe',
  country: ['DE', 'FR', 'US'][index] ?? 'NL',
  state: null,
  city: ['Berlin', 'Paris', 'Ashburn'][index] ?? 'Amsterdam',
  asn: 3320 + index,
  network: ['Deutsche Telekom AG', 'Orange S.A.', 'Amazon.com, Inc.'][index] ?? 'SURF',
  latitude: 52.52,
  longitude: 13.4,
  tags: ['datacenter-network'],
  resolvers: ['private'],
});

const port = z.int().min(0).max(65_535);
const OPTIONS = {
  ping: z.strictObject({
    packets: z.int().min(1).max(16).default(3),
    protocol: z.enum(['ICMP', 'TCP']),
    port,
    ipVersion: z.literal([4, 6]).optional(),
  }),
  traceroute: z.strictObject({
    protocol: z.enum(['ICMP', 'TCP', 'UDP']),
    port: port.default(80),
    ipVersion: z.literal([4, 6]).optional(),
  }),
  dns: z.strictObject({ query: z.strictObject({ type: z.enum(['A', 'AAAA']) }) }),
  http: z.strictObject({
    request: z.strictObject({
      method: z.enum(['HEAD', 'GET', 'OPTIONS']).default('HEAD'),
      host: z.string().optional(),
      path: z.string().default('/'),
      query: z.string().default(''),
      headers: z.record(z.string(), z.string()).default({}),
    }),
    protocol: z.enum(['HTTP', 'HTTPS', 'HTTP2']),
    port,
    ipVersion: z.literal([4, 6]).optional(),
  }),
} as const;
const requestSchema = z.strictObject({
  type: z.enum(['ping', 'traceroute', 'dns', 'http']),
  target: z.string(),
  timeout: z.int().min(5).max(30).default(10),
  limit: z.int().min(1).max(50).optional(),
  locations: z.union([z.string().max(128), z.array(z.unknown())]).optional(),
  measurementOptions: z.record(z.string(), z.unknown()),
});
type Asked = z.infer<typeof requestSchema>;

interface Measurement {
  readonly asked: Asked;
  readonly ready: number;
  readonly results: readonly object[];
  readonly polls: number[];
}

/** The API on a loopback port, until the test ends; with what it was asked. */
export async function globalpingServer(world: World) {
  const measurements = new Map<string, Measurement>();
  const asked: Asked[] = [];
  const tokens = new Set<string | undefined>();
  let left = world.testsLeft ?? 250;
  let count = 0;

  const create = (body: string): Answer => {
    const parsed = requestSchema.safeParse(parse(body));
    if (!parsed.success) return validation({ measurement: z.prettifyError(parsed.error) });
    const { data } = parsed;
    const options = OPTIONS[data.type].safeParse(data.measurementOptions);
    if (!options.success) return validation({ measurementOptions: z.prettifyError(options.error) });
    const isAddress = isIP(data.target) !== 0;
    if (isAddress && 'ipVersion' in data.measurementOptions) {
      return validation({
        'measurementOptions.ipVersion':
          '"measurementOptions.ipVersion" is not allowed when target is not a domain',
      });
    }
    if (isAddress && !isPublic(data.target)) {
      return validation({ target: '"target" must not be a private hostname' });
    }
    if (world.blocked?.includes(data.target)) {
      return validation({ target: '"target" is a blacklisted address or domain' });
    }
    asked.push(data);
    const before = typeof data.locations === 'string' ? measurements.get(data.locations) : undefined;
    const found = before === undefined ? Math.min(data.limit ?? 1, world.places ?? 3) : before.results.length;
    if (typeof data.locations === 'string' ? before === undefined : found === 0) {
      const family = data.target.includes(':') ? 6 : 4;
      return problem(422, 'no_probes_found', `No matching IPv${family} probes available.`);
    }
    if (left < found) {
      const limits = {
        'x-ratelimit-limit': '250',
        'x-ratelimit-remaining': String(left),
        'x-ratelimit-reset': '1234',
      };
      const message = 'This measurement exceeds the remaining hourly rate limit for your IP address.';
      return { ...problem(429, 'rate_limit_exceeded', message), headers: limits };
    }
    left -= found;
    const id = `m${measurements.size + 1}x`;
    const results = Array.from({ length: found }, (_, index) => {
      const isGone = before !== undefined && world.offline?.includes(index);
      const gone = {
        status: 'offline',
        rawOutput: 'This probe is currently offline. Please try again later.',
      };
      return { probe: place(index), result: isGone ? gone : resultOf(world, index, data) };
    });
    measurements.set(id, { asked: data, ready: Date.now() + (world.takes ?? 700), results, polls: [] });
    return { status: 202, body: JSON.stringify({ id, probesCount: found }) };
  };

  const read = (id: string): Answer => {
    const known = measurements.get(id);
    if (known === undefined) return problem(404, 'not_found', "Couldn't find the requested item.");
    const now = Date.now();
    // Five in two seconds, then none for five (config/default.cjs, rateLimit.getPerMeasurement).
    known.polls.push(now);
    if (known.polls.filter((at) => at > now - 2_000).length > 5) {
      const limited = problem(429, 'too_many_requests', 'Too many requests. Please retry in 5 seconds.');
      return { ...limited, headers: { 'retry-after': '5' } };
    }
    const isOver = now >= known.ready;
    const { type, target } = known.asked;
    const results = isOver
      ? known.results
      : known.results.map((each) => ({ ...each, result: { status: 'in-progress', rawOutput: '' } }));
    const at = new Date(now).toISOString();
    const all = { id, type, target, createdAt: at, updatedAt: at, probesCount: results.length, results };
    return { status: 200, body: JSON.stringify({ ...all, status: isOver ? 'finished' : 'in-progress' }) };
  };

  const server = createServer(async (request, response) => {
    count += 1;
    const [method, path] = [request.method ?? '', request.url ?? ''];
    tokens.add(request.headers.authorization);
    const body = await textOf(request);
    const isStranger = world.token !== undefined && request.headers.authorization !== `Bearer ${world.token}`;
    const answer =
      world.instead?.({ method, path, count }) ??
      (isStranger
        ? problem(401, 'unauthorized', 'Unauthorized.')
        : method === 'POST' && path === '/v1/measurements'
          ? create(body)
          : method === 'GET' && path.startsWith('/v1/measurements/')
            ? read(path.slice('/v1/measurements/'.length))
            : problem(404, 'not_found', "Couldn't find the requested item."));
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
    response.end(answer.body);
  });
  const at = await listen(server);
  const polls = () => [...measurements.values()].map(({ polls }) => polls);
  return { base: `http://127.0.0.1:${at}`, asked, tokens, polls };
}

const LINKS = { documentation: 'https://globalping.io/docs/api.globalping.io#post-/v1/measurements' };
const problem = (status: number, type: string, message: string): Answer => ({
  status,
  body: JSON.stringify({ error: { type, message }, links: LINKS }),
});
const validation = (params: Record<string, string>): Answer => ({
  status: 400,
  body: JSON.stringify({
    error: { type: 'validation_error', message: 'Parameter validation failed.', params },
    links: LINKS,
  }),
});

function resultOf(world: World, index: number, { type, target, timeout, measurementOptions }: Asked): object {
  const at = Number(measurementOptions.port);
  switch (type) {
    case 'ping':
      return pinged(world.service(index, target, at), target, at, timeout * 1_000);
    case 'http':
      return answered(world, world.service(index, target, at), target, at);
    case 'traceroute':
      return traced(world.way?.(target) ?? [`${target} (${target})  0.826 ms  0.733 ms`], target);
    case 'dns': {
      const query = measurementOptions.query as { type: string };
      const rawOutput = world.dig?.(target, query.type) ?? '';
      return { status: 'finished', rawOutput, statusCode: 0, statusCodeName: 'NOERROR', answers: [] };
    }
  }
}

/** src/command/handlers/ping/tcp-ping.ts, toRawTcpOutput and formatTcpPingResult. */
function pinged(state: State, target: string, at: number, timeout: number): object {
  const replies = { open: 3, flaky: 1 }[state as string] ?? 0;
  const time = state === 'dropped' || state === 'flaky' ? timeout + 3 : 1_021;
  const lines = Array.from({ length: 3 }, (_, probe) =>
    probe < replies
      ? `Reply from ${target} (${target}) on port ${at}: tcp_conn=${probe + 1} time=24.${probe} ms`
      : `No reply from ${target} (${target}) on port ${at}: tcp_conn=${probe + 1}`,
  );
  const loss = Math.round(((3 - replies) / 3) * 100);
  return {
    status: 'finished',
    rawOutput: [
      `PING ${target} (${target}) on port ${at}.`,
      ...lines,
      '',
      `--- ${target} (${target}) ping statistics ---`,
      `3 packets transmitted, ${replies} received, ${loss}% packet loss, time ${time} ms`,
      ...(replies > 0 ? ['rtt min/avg/max/mdev = 24.000/24.100/24.200/0.100 ms'] : []),
    ].join('\n'),
    resolvedAddress: target,
    resolvedHostname: target,
    timings: Array.from({ length: replies }, (_, probe) => ({ rtt: 24 + probe / 10 })),
    stats: {
      min: replies ? 24 : null,
      max: replies ? 24.2 : null,
      avg: null,
      total: 3,
      loss,
      rcv: replies,
      drop: 3 - replies,
    },
  };
}

/** src/command/handlers/http/undici.ts: the message of a failed connection is Node's own. */
function answered(world: World, state: State, target: string, at: number): object {
  const none = { dns: null, tcp: null, tls: null, firstByte: null, download: null, total: null };
  const fail = (rawOutput: string): object => ({
    status: 'failed',
    failureSource: 'target',
    resolvedAddress: null,
    headers: {},
    rawHeaders: null,
    rawBody: null,
    rawOutput,
    truncated: false,
    statusCode: null,
    statusCodeName: null,
    timings: none,
    tls: null,
  });
  if (state === 'refused') return fail(`connect ECONNREFUSED ${target}:${at}`);
  if (state === 'host-unreachable') return fail(`connect EHOSTUNREACH ${target}:${at}`);
  if (state === 'no-family')
    return fail(
      `connect ENETUNREACH ${target}:${at} - Local (${target.includes(':') ? ':::0' : '0.0.0.0:0'})`,
    );
  if (state === 'dropped' || state === 'flaky') return fail('Request timeout.');
  const { headers, body } = world.page ?? { headers: { server: 'nginx' }, body: null };
  const rawHeaders = Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
  return {
    status: 'finished',
    resolvedAddress: target,
    headers,
    rawHeaders,
    rawBody: body,
    rawOutput: `HTTP/1.1 200\n${rawHeaders}`,
    truncated: false,
    statusCode: 200,
    statusCodeName: 'OK',
    timings: { dns: 0, tcp: 24, tls: 30, firstByte: 25, download: 1, total: 80 },
    tls: world.tls ?? null,
  };
}

/** src/command/traceroute-command.ts, parse: a hop is the first address of its line. */
function traced(way: readonly string[], target: string): object {
  const lines = way.map((line, index) => `${String(index + 1).padStart(2)}  ${line}`);
  return {
    status: 'finished',
    rawOutput: [`traceroute to ${target} (${target}), 20 hops max, 60 byte packets`, ...lines].join('\n'),
    resolvedAddress: target,
    resolvedHostname: target,
    hops: lines.map((line) => {
      const [, name = null, , , address = null] =
        /(\S+?)(%\w+)?(\s+)\(((?:\d+\.){3}\d+|[\da-fA-F:]+)(%\w+)?\)/u.exec(line) ?? [];
      const timings = [...line.matchAll(/(\d+(?:\.?\d+)?)\s+ms(!\S*)?/gu)].map((found) => ({
        rtt: Number(found[1]),
      }));
      return { resolvedHostname: name, resolvedAddress: address, timings };
    }),
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
