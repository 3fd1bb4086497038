import { createRequire } from 'node:module';
import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import type {
  CheckRequest,
  ConfigureRequest,
  CreateRequest,
  DeleteRequest,
  DiffRequest,
  InvokeRequest,
  ReadRequest,
  UpdateRequest,
} from '@pulumi/pulumi/proto/provider_pb.js';
import type { Struct as StructMessage } from 'google-protobuf/google/protobuf/struct_pb.js';
import { answer } from '../../answer.ts';
import { Empty, providerProto as proto } from '../../proto.ts';
import {
  checked,
  diffOf,
  type Failure,
  type Properties,
  pluginInfo,
  struct,
  UNKNOWN,
  values,
} from '../../provider/messages.ts';
import { type ClientOptions, CloudflareClient } from './client.ts';
import { functions } from './functions.ts';
import { importId, inputsOf } from './resource.ts';
import { resourceOf } from './resources.ts';

const require = createRequire(import.meta.url);
/** The SDK's version, so that the engine takes this provider for the one that the SDK asks for. */
export const { version } = require('@pulumi/cloudflare/package.json') as { version: string };

/** The real provider's own check (facts (a)). */
const TOKEN_FORMAT = /^[0-9A-Za-z\-_]{40,80}$/;

/** The `ResourceProvider` service. `defaults` is what the environment says; the provider's configuration wins. */
export function providerService(defaults: Partial<ClientOptions>): UntypedServiceImplementation {
  let client: CloudflareClient | undefined;
  const configured = () => {
    if (client === undefined) {
      throw new Error('the provider is not configured');
    }
    return client;
  };
  return {
    handshake: answer(() => new proto.ProviderHandshakeResponse()),
    attach: answer(() => new Empty()),
    cancel: answer(() => new Empty()),
    getPluginInfo: answer(() => pluginInfo(version)),
    checkConfig: answer((request: CheckRequest) => checked(request, [])),
    diffConfig: answer(() => diffOf([])),
    configure: answer((request: ConfigureRequest) => {
      const config = propertiesOf(request.getArgs());
      client = new CloudflareClient(clientOptions(config, defaults));
      const response = new proto.ConfigureResponse();
      response.setSupportspreview(true);
      return response;
    }),
    invoke: answer(async (request: InvokeRequest) => {
      const invoked = functions[request.getTok()];
      if (invoked === undefined) {
        throw new Error(`the stand-in has no function ${request.getTok()}`);
      }
      const response = new proto.InvokeResponse();
      response.setReturn(struct(await invoked(configured(), propertiesOf(request.getArgs()))));
      return response;
    }),
    check: answer((request: CheckRequest) => {
      const kind = resourceOf(request.getUrn());
      const inputs = propertiesOf(request.getNews());
      const wrong = (kind.wrong?.(inputs) ?? []).map((reason) => ({ property: '', reason }));
      return checked(request, [...kind.missing(inputs).map(missing), ...wrong]);
    }),
    diff: answer((request: DiffRequest) =>
      diffOf(
        resourceOf(request.getUrn()).changes(
          propertiesOf(request.getOlds()),
          propertiesOf(request.getNews()),
        ),
      ),
    ),
    create: answer((request: CreateRequest) => create(request, configured)),
    read: answer((request: ReadRequest) => read(request, configured())),
    update: answer((request: UpdateRequest) => update(request, configured)),
    delete: answer(async (request: DeleteRequest) => {
      const kind = resourceOf(request.getUrn());
      await kind.remove(configured(), request.getId(), propertiesOf(request.getProperties()));
      return new Empty();
    }),
  };
}

function clientOptions(config: Properties, defaults: Partial<ClientOptions>): ClientOptions {
  const token = typeof config.apiToken === 'string' ? config.apiToken : defaults.token;
  const baseUrl = typeof config.baseUrl === 'string' ? config.baseUrl : defaults.baseUrl;
  if (token === undefined || !TOKEN_FORMAT.test(token)) {
    throw new Error(
      'API tokens must be between 40 and 80 characters long and only contain a-z, A-Z, 0-9, - and _',
    );
  }
  if (baseUrl === undefined) {
    // The real one would now talk to Cloudflare; a test never may.
    throw new Error('CLOUDFLARE_BASE_URL is not set: this stand-in talks to no real Cloudflare.');
  }
  return { token, baseUrl, retryBaseMs: defaults.retryBaseMs ?? RETRY_BASE_MS };
}

function missing(property: string): Failure {
  return {
    property,
    reason: `Missing required argument. The argument "${property}" is required`,
  };
}

/** Milliseconds, of the real provider (facts (b)). */
const RETRY_BASE_MS = 2000;

async function create(request: CreateRequest, client: () => CloudflareClient) {
  const kind = resourceOf(request.getUrn());
  const inputs = propertiesOf(request.getProperties());
  const response = new proto.CreateResponse();
  if (request.getPreview()) {
    response.setProperties(struct(kind.planned(inputs)));
    return response;
  }
  const { id, state } = await kind.create(client(), inputs);
  response.setId(id);
  response.setProperties(struct(state));
  return response;
}

/** For refresh (id and state are known), `import` and `get` (only `<zone>/<record>` or the like is). */
async function read(request: ReadRequest, client: CloudflareClient) {
  const kind = resourceOf(request.getUrn());
  const state = propertiesOf(request.getProperties());
  const imported = importId(request.getId());
  const id = imported?.id ?? request.getId();
  const owner = imported?.owner ?? state[kind.owner];
  if (owner === undefined) {
    throw new Error(`invalid ID: expected urlencoded segments "${kind.importForm}"`);
  }
  const found = await kind.read(client, owner, id, state);
  const response = new proto.ReadResponse();
  // An empty id says that it is gone.
  if (found !== undefined) {
    response.setId(id);
    response.setProperties(struct(found));
    response.setInputs(struct(inputsOf(kind, found, propertiesOf(request.getInputs()))));
  }
  return response;
}

async function update(request: UpdateRequest, client: () => CloudflareClient) {
  const kind = resourceOf(request.getUrn());
  const old = propertiesOf(request.getOlds());
  const inputs = propertiesOf(request.getNews());
  const response = new proto.UpdateResponse();
  if (request.getPreview()) {
    const unknown = Object.fromEntries(kind.unknownAfterUpdate.map((name) => [name, UNKNOWN]));
    response.setProperties(struct({ ...old, ...inputs, ...unknown }));
  } else {
    response.setProperties(struct(await kind.update(client(), request.getId(), old, inputs)));
  }
  return response;
}

/** Without what belongs to the engine. */
function propertiesOf(message: StructMessage | undefined): Properties {
  const all = Object.entries(values(message));
  return Object.fromEntries(all.filter(([name]) => !name.startsWith('__')));
}
