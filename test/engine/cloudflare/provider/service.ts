import { createRequire } from 'node:module';
import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import type {
  CheckRequest,
  CheckResponse,
  ConfigureRequest,
  CreateRequest,
  DeleteRequest,
  DiffRequest,
  DiffResponse,
  InvokeRequest,
  ReadRequest,
  UpdateRequest,
} from '@pulumi/pulumi/proto/provider_pb.js';
import type { Struct as StructMessage } from 'google-protobuf/google/protobuf/struct_pb.js';
import { answer } from '../../answer.ts';
import { Empty, pluginProto, providerProto as proto, Struct } from '../../proto.ts';
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
    getPluginInfo: answer(() => {
      const info = new pluginProto.PluginInfo();
      info.setVersion(version);
      return info;
    }),
    checkConfig: answer((request: CheckRequest) => checked(request, [])),
    diffConfig: answer(() => diffOf([])),
    configure: answer((request: ConfigureRequest) => {
      const config = values(request.getArgs());
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
      response.setReturn(struct(await invoked(configured(), values(request.getArgs()))));
      return response;
    }),
    check: answer((request: CheckRequest) => {
      demandDnsRecord(request.getUrn());
      return checked(request, dnsRecord.missing(values(request.getNews())));
    }),
    diff: answer((request: DiffRequest) =>
      diffOf(dnsRecord.changes(values(request.getOlds()), values(request.getNews()))),
    ),
    create: answer((request: CreateRequest) => create(request, configured)),
    read: answer((request: ReadRequest) => read(request, configured())),
    update: answer((request: UpdateRequest) => update(request, configured)),
    delete: answer(async (request: DeleteRequest) => {
      await dnsRecord.remove(configured(), request.getId(), values(request.getProperties()));
      return new Empty();
    }),
  };
}

function clientOptions(config: dnsRecord.Properties, defaults: Partial<ClientOptions>): ClientOptions {
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

/** Milliseconds, of the real provider (facts (b)). */
const RETRY_BASE_MS = 2000;

function checked(request: CheckRequest, missing: string[]): CheckResponse {
  const response = new proto.CheckResponse();
  response.setInputs(request.getNews());
  for (const property of missing) {
    const failure = new proto.CheckFailure();
    failure.setProperty(property);
    failure.setReason(`Missing required argument. The argument "${property}" is required`);
    response.addFailures(failure);
  }
  return response;
}

function diffOf(changes: dnsRecord.Change[]): DiffResponse {
  const response = new proto.DiffResponse();
  const { DIFF_NONE, DIFF_SOME } = proto.DiffResponse.DiffChanges;
  response.setChanges(changes.length === 0 ? DIFF_NONE : DIFF_SOME);
  response.setHasdetaileddiff(true);
  response.setDiffsList(changes.map((change) => change.property));
  response.setReplacesList(changes.filter((change) => change.replaces).map((change) => change.property));
  const { Kind } = proto.PropertyDiff;
  const kinds = {
    add: [Kind.ADD, Kind.ADD_REPLACE],
    delete: [Kind.DELETE, Kind.DELETE_REPLACE],
    update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
  } as const;
  for (const change of changes) {
    const property = new proto.PropertyDiff();
    property.setKind(kinds[change.kind][change.replaces ? 1 : 0]);
    response.getDetaileddiffMap().set(change.property, property);
  }
  return response;
}

async function create(request: CreateRequest, client: () => CloudflareClient) {
  const inputs = values(request.getProperties());
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
  const state = values(request.getProperties());
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
    response.setInputs(struct(dnsRecord.inputsOf(found, values(request.getInputs()))));
  }
  return response;
}

async function update(request: UpdateRequest, client: () => CloudflareClient) {
  const old = values(request.getOlds());
  const inputs = values(request.getNews());
  const response = new proto.UpdateResponse();
  if (request.getPreview()) {
    response.setProperties(struct({ ...old, ...inputs, modifiedOn: dnsRecord.UNKNOWN }));
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

function values(message: StructMessage | undefined): dnsRecord.Properties {
  const all = Object.entries(message?.toJavaScript() ?? {});
  return Object.fromEntries(all.filter(([name, value]) => value !== null && !name.startsWith('__')));
}

/** A struct takes JSON and nothing else; an undefined property is one that is not there. */
function struct(properties: dnsRecord.Properties): StructMessage {
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(properties)));
}
