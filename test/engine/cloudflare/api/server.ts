import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { callerAt } from '../../caller.ts';
import { CloudflareError, denial } from '../errors.ts';
import { Tunnels } from '../tunnels.ts';
import { Zone, type ZoneOptions } from '../zone.ts';
import { rightsOf, type Tokens } from './access.ts';
import { type Control, control } from './control.ts';
import { actionOf, type Fault, Faults, isWrite, type PendingFault } from './faults.ts';
import type { ApiAnswer } from './request.ts';
import { ACCOUNT_ID, route } from './routes.ts';

export interface CloudflareApiOptions {
  zones: ZoneOptions[];
  tokens: Tokens;
  /** Loopback and any free port if not given. */
  listen?: { host: string; port: number };
  /** Awaited before the change is answered, so that whoever gets the answer can rely on it. */
  onChange?: (zone: Zone) => void | Promise<void>;
}

/** One request as it came in. Headers, and so the token, are left out on purpose. */
interface LoggedRequest {
  method: string;
  /** As sent, with the query. */
  path: string;
  body: unknown;
  status: number;
  /** As `actionOf` names it. */
  action: string;
  writes: boolean;
  struck?: boolean;
}

export interface CloudflareApi extends AsyncDisposable {
  /** For CLOUDFLARE_BASE_URL. */
  url: string;
  port: number;
  zones: readonly Zone[];
  /** Of the account that the zones are in. */
  tunnels: Tunnels;
  requests: readonly LoggedRequest[];
  failNext(fault: Fault): void;
  /** Forgets requests and pending faults. */
  reset(): void;
  /** Everything that is there, to be loaded again. */
  save(): SavedCloudflare;
  load(saved: SavedCloudflare): void;
  /** What a stack may have left behind beside records, a line each. */
  leftovers(): readonly string[];
}

interface SavedCloudflare {
  readonly zones: readonly ReturnType<Zone['save']>[];
  readonly tunnels: ReturnType<Tunnels['save']>;
}

export async function startCloudflareApi(options: CloudflareApiOptions): Promise<CloudflareApi> {
  const zones = options.zones.map((zone) => new Zone(zone));
  const requests: LoggedRequest[] = [];
  const faults = new Faults();
  const tunnels = new Tunnels(ACCOUNT_ID);
  const state: State = { zones, tunnels, requests, faults, options };
  const server = createServer((request, response) => {
    void handle(request, response, state).catch((error: unknown) => response.destroy(error as Error));
  });
  const { host, port } = options.listen ?? { host: '127.0.0.1', port: 0 };
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}/client/v4`,
    port: bound,
    zones,
    tunnels,
    requests,
    failNext: (fault) => faults.add(fault),
    reset: () => {
      requests.length = 0;
      faults.clear();
    },
    save: () => ({ zones: zones.map((zone) => zone.save()), tunnels: tunnels.save() }),
    load: (saved) => {
      for (const [index, zone] of zones.entries()) zone.load(saved.zones[index] ?? []);
      tunnels.load(saved.tunnels);
    },
    leftovers: () => tunnels.list({ isDeleted: false }).map(({ name }) => `tunnel ${name}`),
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // Kept-alive and hanging connections would hold the server open.
        server.closeAllConnections();
      }),
  };
}

/** Milliseconds until the connection of a lost answer is closed: shorter than what any client here waits. */
const LOST_AFTER_MS = 1_000;

const faultErrors = {
  'rate-limit': denial.rateLimited,
  'server-error': denial.broken,
  conflict: denial.conflict,
  forbidden: denial.noAccess,
} as const;

interface State extends Control {
  requests: LoggedRequest[];
  options: CloudflareApiOptions;
}

async function handle(request: IncomingMessage, response: ServerResponse, state: State): Promise<void> {
  const method = request.method ?? 'GET';
  const target = request.url ?? '/';
  const { pathname, searchParams } = new URL(target, 'http://stand-in');
  const text = await bodyOf(request);
  try {
    const controlled = control(method, pathname, text, state);
    if (controlled !== undefined) {
      send(response, 200, controlled);
      return;
    }
  } catch (error) {
    // A connector that isn't let in is told so.
    if (!(error instanceof CloudflareError)) {
      throw error;
    }
    send(response, error.status, errorEnvelope(error));
    return;
  }
  const path = pathname.replace(/^\/client\/v4(?=\/)/, '');
  const entry: LoggedRequest = {
    method,
    path: target,
    body: readable(text),
    status: 0,
    action: actionOf(method, path),
    writes: isWrite(method),
  };
  state.requests.push(entry);
  const fault = state.faults.take(method, path);
  entry.struck = fault !== undefined;
  try {
    if (fault?.at === 'before' && strike(fault, response)) {
      return;
    }
    const rights =
      path === '/ips' ? undefined : rightsOf(request.headers.authorization, state.options.tokens);
    const body = text === '' ? undefined : jsonOf(text);
    const answer = route({ method, path, query: searchParams, body, rights }, state.zones, state.tunnels);
    if (answer.changed !== undefined) {
      await state.options.onChange?.(answer.changed);
    }
    if (fault?.at === 'after' && strike(fault, response)) {
      return;
    }
    entry.status = 200;
    send(response, 200, envelope(answer));
  } catch (error) {
    if (!(error instanceof CloudflareError)) {
      throw error;
    }
    entry.status = error.status;
    send(response, error.status, errorEnvelope(error));
  }
}

/** @returns that there is no answer. @throws CloudflareError where there is one */
function strike({ kind, pid, retryAfter }: PendingFault, response: ServerResponse): true {
  if (kind === 'hang') {
    return true;
  }
  if (kind === 'lost') {
    setTimeout(() => response.destroy(), LOST_AFTER_MS);
    return true;
  }
  if (kind === 'kill' || kind === 'kill-caller') {
    process.kill(kind === 'kill' ? (pid ?? 0) : callerAt(response.socket?.remotePort), 'SIGKILL');
    return true;
  }
  if (retryAfter !== undefined) {
    response.setHeader('retry-after', String(retryAfter));
  }
  throw faultErrors[kind]();
}

function envelope(answer: ApiAnswer): unknown {
  const info = answer.page;
  return {
    result: answer.result,
    success: true,
    errors: [],
    messages: [],
    ...(info === undefined
      ? {}
      : {
          result_info: {
            page: info.page,
            per_page: info.perPage,
            count: info.items.length,
            total_count: info.total,
            total_pages: Math.ceil(info.total / info.perPage),
          },
        }),
  };
}

function errorEnvelope(error: CloudflareError): unknown {
  const chain = error.chain.length > 0 ? { error_chain: error.chain } : {};
  const errors = [{ code: error.code, message: error.message, ...chain }];
  return { result: null, success: false, errors, messages: [] };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw denial.badJson();
  }
}

function readable(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}
