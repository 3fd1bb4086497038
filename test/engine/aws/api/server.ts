import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { callerAt } from '../../caller.ts';
import { allows, callerOf, signatureOf } from './access.ts';
import { Account, type Existing } from './account.ts';
import { Calls, type LoggedCall } from './calls.ts';
import { control } from './control.ts';
import { AwsError, deniedMessage } from './errors.ts';
import { type Fault, Faults, type TakenFault } from './faults.ts';
import { type AwsOptions, settings as settingsSchema } from './options.ts';
import { type Service, serviceFor } from './services.ts';
import type { HttpAnswer, HttpRequest } from './wire/wire.ts';

export interface Aws extends AsyncDisposable {
  /** For AWS_ENDPOINT_URL: all services are here. */
  url: string;
  port: number;
  account: Account;
  calls: Calls;
  /** What there is and costs, or is in the way. Empty after a teardown that forgot nothing. */
  exists: () => Existing[];
  fail: (fault: Fault) => void;
  /** Forgets calls and pending faults. */
  reset: () => void;
  stop: () => Promise<void>;
}

/** Milliseconds: longer than any test. */
const KEEP_ALIVE_MS = 3_600_000;

export async function startAws(options: AwsOptions): Promise<Aws> {
  const { listen, clock, instanceAddresses, staticAddress, onRoute, ...given } = options;
  const account = new Account(options, settingsSchema.parse(given));
  const state: State = { account, calls: new Calls(), faults: new Faults() };
  const server = createServer((request, response) => {
    void handle(request, response, state).catch((error: unknown) => response.destroy(error as Error));
  });
  // Node closes a connection after five idle seconds, also while a client begins to use it again.
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  const { host, port } = listen ?? { host: '127.0.0.1', port: 0 };
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      // Kept-alive and hanging connections would hold the server open.
      server.closeAllConnections();
    });
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    port: bound,
    account,
    calls: state.calls,
    exists: () => account.exists(),
    fail: (fault) => state.faults.add(fault),
    reset: () => {
      state.calls.clear();
      state.faults.clear();
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

export interface State {
  account: Account;
  calls: Calls;
  faults: Faults;
}

async function handle(incoming: IncomingMessage, response: ServerResponse, state: State): Promise<void> {
  const request = await read(incoming);
  const controlled = control(request, state);
  if (controlled !== undefined) {
    send(response, controlled);
    return;
  }
  const service = serviceFor(request);
  if (service === undefined) {
    send(response, { status: 404, headers: {}, body: 'no service of the stand-in speaks like this' });
    return;
  }
  const requestId = randomUUID();
  try {
    const answer = await carryOut(request, service, state, requestId);
    if (answer === 'disconnect') {
      response.destroy();
    } else if (answer !== 'hang') {
      send(response, answer, requestId);
    }
  } catch (error) {
    if (!(error instanceof AwsError)) {
      // A mistake of the stand-in's own, not of the caller's: a test must not take it for AWS's 500.
      console.error(error);
      throw error;
    }
    send(response, service.wire.refuse(error, requestId), requestId);
  }
}

async function carryOut(
  request: HttpRequest,
  service: Service,
  { account, calls, faults }: State,
  requestId: string,
): Promise<HttpAnswer | 'hang' | 'disconnect'> {
  const signature = signatureOf(request.headers.authorization, service);
  const caller = callerOf(signature, service, account.settings);
  const operation = service.wire.find(request, service.operations);
  if (typeof operation === 'string') {
    throw service.errors.noSuchAction(operation);
  }
  const action = `${service.prefix}:${operation.name}`;
  const demand = (what: string): void => {
    if (!caller.behindTheScenes) {
      calls.actions.add(what);
    }
    // Nobody can be denied this one (STS API reference, GetCallerIdentity).
    if (what !== 'sts:GetCallerIdentity' && !allows(caller.allow, what)) {
      const resource = `arn:aws:${service.prefix}:${signature.region}:${account.id}:*`;
      const message = deniedMessage(`arn:aws:iam::${account.id}:user/reach4`, what, resource);
      throw service.errors.denied(message);
    }
  };
  const entry = caller.behindTheScenes
    ? undefined
    : calls.add({ action, ...signature, input: {} }, operation.writes);
  const fault = caller.behindTheScenes ? undefined : faults.take(action, operation.writes);
  const happens = async (at: 'before' | 'after') =>
    fault?.at === at ? await strike(fault, service, entry, request.remotePort) : undefined;
  try {
    demand(`${service.prefix}:${operation.right ?? operation.name}`);
    const input = await service.wire.read(request, operation);
    Object.assign(entry?.input ?? {}, input);
    const before = await happens('before');
    if (before !== undefined) {
      return before;
    }
    if (account.schedule.settle()) {
      await account.announce();
    }
    const region = account.region(signature.region);
    const call = { account, region, behindTheScenes: caller.behindTheScenes, demand };
    const output = operation.handle(input, call);
    await account.announce();
    return (await happens('after')) ?? service.wire.answer(operation, output, requestId);
  } catch (error) {
    if (entry !== undefined) {
      entry.outcome = error instanceof AwsError ? error.code : 'broken stand-in';
    }
    throw error;
  }
}

async function strike(
  fault: TakenFault,
  service: Service,
  entry: LoggedCall | undefined,
  remotePort: number | undefined,
): Promise<'hang' | 'disconnect' | undefined> {
  if (entry !== undefined) {
    entry.fault = { kind: fault.kind, at: fault.at };
  }
  switch (fault.kind) {
    case 'run':
      await fault.run?.();
      return undefined;
    case 'server-error':
      throw service.errors.broken();
    case 'throttle':
      throw service.errors.throttled();
    case 'kill':
      process.kill(fault.pid ?? Number.NaN, 'SIGKILL');
      break;
    case 'kill-caller':
      process.kill(callerAt(remotePort), 'SIGKILL');
  }
  const outcome = fault.kind === 'hang' ? 'hang' : 'disconnect';
  if (entry !== undefined) {
    entry.outcome = outcome;
  }
  return outcome;
}

async function read(incoming: IncomingMessage): Promise<HttpRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) {
    chunks.push(chunk as Buffer);
  }
  const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://stand-in');
  return {
    method: incoming.method ?? 'GET',
    path: pathname,
    query: searchParams,
    headers: incoming.headers,
    remotePort: incoming.socket.remotePort,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

function send(response: ServerResponse, { status, headers, body }: HttpAnswer, requestId = ''): void {
  response.writeHead(status, { ...headers, 'x-amzn-requestid': requestId }).end(body);
}
