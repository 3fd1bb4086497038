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
import * as dnsRecord from './dns-record.ts';
import { functions } from './functions.ts';

const require = createRequire(import.meta.url);
/** The SDK's version, so that the engine takes this provider for the one that the SDK asks for. */
export const { version } = require('@pulumi/cloudflare/package.json') as { version: string };

const DNS_RECORD = 'cloudflare:index/dnsRecord:DnsRecord';
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
      demandDnsRecord(request.getUrn());
      return checked(request, dnsRecord.missing(propertiesOf(request.getNews())).map(missing));
    }),
    diff: answer((request: DiffRequest) =>
      diffOf(dnsRecord.changes(propertiesOf(request.getOlds()), propertiesOf(request.getNews()))),
    ),
    create: answer((request: CreateRequest) => create(request, configured)),
    read: answer((request: ReadRequest) => read(request, configured())),
    update: answer((request: UpdateRequest) => update(request, configured)),
    delete: answer(async (request: DeleteRequest) => {
      await dnsRecord.remove(configured(), request.getId(), propertiesOf(request.getProperties()));
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
  const inputs = propertiesOf(request.getProperties());
  const response = new proto.CreateResponse();
  if (request.getPreview()) {
    response.setProperties(struct(dnsRecord.planned(inputs)));
    return response;
  }
  const { id, state } = await dnsRecord.create(client(), inputs);
  response.setId(id);
  response.setProperties(struct(state));
  return response;
}

/** For refresh (id and state are known), `import` and `get` (only `<zone>/<record>` is). */
async function read(request: ReadRequest, client: CloudflareClient) {
  demandDnsRecord(request.getUrn());
  const state = propertiesOf(request.getProperties());
  const imported = dnsRecord.importId(request.getId());
  const id = imported?.recordId ?? request.getId();
  const zoneId = imported?.zoneId ?? state.zoneId;
  if (zoneId === undefined) {
    throw new Error('invalid ID: expected urlencoded segments "<zone_id>/<dns_record_id>"');
  }
  const found = await dnsRecord.read(client, zoneId, id);
  const response = new proto.ReadResponse();
  // An empty id says that the record is gone.
  if (found !== undefined) {
    response.setId(id);
    response.setProperties(struct(found));
    response.setInputs(struct(dnsRecord.inputsOf(found, propertiesOf(request.getInputs()))));
  }
  return response;
}

async function update(request: UpdateRequest, client: () => CloudflareClient) {
  const old = propertiesOf(request.getOlds());
  const inputs = propertiesOf(request.getNews());
  const response = new proto.UpdateResponse();
  if (request.getPreview()) {
    response.setProperties(struct({ ...old, ...inputs, modifiedOn: UNKNOWN }));
  } else {
    response.setProperties(struct(await dnsRecord.update(client(), request.getId(), old, inputs)));
  }
  return response;
}

function demandDnsRecord(urn: string): void {
  if (!urn.includes(`::${DNS_RECORD}::`) && !urn.includes(`$${DNS_RECORD}::`)) {
    throw new Error(`the stand-in has no such resource: ${urn}`);
  }
}

/** Without what belongs to the engine. */
function propertiesOf(message: StructMessage | undefined): Properties {
  const all = Object.entries(values(message));
  return Object.fromEntries(all.filter(([name]) => !name.startsWith('__')));
}
