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
import { answer } from '../../answer.ts';
import { Empty, providerProto as proto } from '../../proto.ts';
import { checked, diffOf, type Properties, pluginInfo, struct, values } from '../../provider/messages.ts';
import * as apply from './bridge/apply.ts';
import { check } from './bridge/check.ts';
import { deletesBeforeReplace, diff } from './bridge/diff.ts';
import { imported, refreshed } from './bridge/inputs.ts';
import type { ResourceType } from './bridge/resource-type.ts';
import type { Cloud } from './cloud.ts';
import { type Configured, checkConfig, configure, type Surroundings } from './config.ts';
import { functions } from './functions.ts';
import { resources } from './resources.ts';
import { completed } from './tags.ts';

const require = createRequire(import.meta.url);
/** The SDK's version, so that the engine takes this provider for the one that the SDK asks for. */
export const { version } = require('@pulumi/aws/package.json') as { version: string };

/** The `ResourceProvider` service. */
export function providerService(surroundings: Surroundings): UntypedServiceImplementation {
  // By connection: the engine has one for each provider of the program, which is a process of its own elsewhere.
  const byPeer = new Map<string, Configured>();
  const configured = (peer: string) => {
    const settings = byPeer.get(peer);
    if (settings === undefined) {
      throw new Error('the provider is not configured');
    }
    return settings;
  };
  const cloudOf =
    (peer: string): InRegion =>
    (properties) =>
      configured(peer).cloud(typeof properties.region === 'string' ? properties.region : undefined);
  return {
    handshake: answer(() => new proto.ProviderHandshakeResponse()),
    attach: answer(() => new Empty()),
    cancel: answer(() => new Empty()),
    getPluginInfo: answer(() => pluginInfo(version)),
    checkConfig: answer((request: CheckRequest) => {
      const { inputs, failures } = checkConfig(values(request.getNews()), surroundings);
      return checked(request, failures, inputs);
    }),
    diffConfig: answer(() => diffOf([])),
    configure: answer(async (request: ConfigureRequest, peer) => {
      byPeer.set(peer, await configure(values(request.getArgs()), surroundings));
      const response = new proto.ConfigureResponse();
      response.setSupportspreview(true);
      return response;
    }),
    invoke: answer(async (request: InvokeRequest, peer) => {
      const invoked = functions[request.getTok()];
      if (invoked === undefined) {
        throw new Error(`the stand-in has no function ${request.getTok()}`);
      }
      const args = values(request.getArgs());
      const response = new proto.InvokeResponse();
      response.setReturn(struct(await invoked(cloudOf(peer)(args), args)));
      return response;
    }),
    check: answer((request: CheckRequest, peer) => {
      const { schema } = typeOf(request.getUrn());
      const { region, defaultTags } = configured(peer);
      const old = request.getOlds();
      const { inputs, failures } = check({
        schema,
        name: request.getUrn().split('::').slice(3).join('::'),
        old: old === undefined ? undefined : values(old),
        inputs: completed(schema, values(request.getNews()), region, defaultTags),
        seed: request.getRandomseed_asU8(),
      });
      return checked(request, failures, inputs);
    }),
    diff: answer((request: DiffRequest, peer) => {
      const type = typeOf(request.getUrn());
      const prior = values(request.getOlds());
      const news = values(request.getNews());
      const change = diff(type, cloudOf(peer)(news), {
        prior,
        news,
        ignored: request.getIgnorechangesList(),
      });
      return diffOf(change.changes, deletesBeforeReplace(type, news, change));
    }),
    create: answer((request: CreateRequest, peer) => create(request, cloudOf(peer))),
    read: answer((request: ReadRequest, peer) => read(request, cloudOf(peer))),
    update: answer((request: UpdateRequest, peer) => update(request, cloudOf(peer))),
    delete: answer(async (request: DeleteRequest, peer) => {
      const type = typeOf(request.getUrn());
      const prior = values(request.getProperties());
      await apply.remove(type, cloudOf(peer)(prior), request.getId(), prior);
      return new Empty();
    }),
  };
}

type InRegion = (properties: Properties) => Cloud;

async function create(request: CreateRequest, cloud: InRegion) {
  const type = typeOf(request.getUrn());
  const news = values(request.getProperties());
  const { planned } = diff(type, cloud(news), { news, ignored: [] });
  const response = new proto.CreateResponse();
  if (request.getPreview()) {
    response.setProperties(struct(planned));
    return response;
  }
  const { id, state } = await apply.create(type, cloud(news), request.getUrn(), planned);
  response.setId(id);
  response.setProperties(struct(state));
  return response;
}

/** For a refresh (the state is known), an import and `get` (only the id is). */
async function read(request: ReadRequest, cloud: InRegion) {
  const type = typeOf(request.getUrn());
  const prior = values(request.getProperties());
  const old = values(request.getInputs());
  const isRefresh = Object.keys(prior).length > 0;
  const found = isRefresh
    ? await apply.refresh(type, cloud(prior), request.getId(), prior)
    : await apply.adopt(type, cloud(old), request.getId());
  const response = new proto.ReadResponse();
  // An empty id says that the resource is gone.
  if (found !== undefined) {
    const { id, state } = found;
    const inputs = isRefresh ? refreshed(type.schema, old, state) : imported(type.schema, state);
    response.setId(id);
    response.setProperties(struct(state));
    response.setInputs(struct(inputs));
  }
  return response;
}

async function update(request: UpdateRequest, cloud: InRegion) {
  const type = typeOf(request.getUrn());
  const prior = values(request.getOlds());
  const news = values(request.getNews());
  const { planned, changes } = diff(type, cloud(news), {
    prior,
    news,
    ignored: request.getIgnorechangesList(),
  });
  if (changes.some(({ replaces }) => replaces)) {
    throw new Error(
      `internal: expected diff to not require replacement during Update of ${request.getUrn()}`,
    );
  }
  const response = new proto.UpdateResponse();
  if (request.getPreview()) {
    response.setProperties(struct(planned));
    return response;
  }
  const change = { id: request.getId(), prior, planned };
  const { state } = await apply.update(type, cloud(prior), request.getUrn(), change);
  response.setProperties(struct(state));
  return response;
}

function typeOf(urn: string): ResourceType {
  const token = urn.split('::')[2]?.split('$').at(-1) ?? '';
  const type = resources.get(token);
  if (type === undefined) {
    throw new Error(`the stand-in has no such resource: ${urn}`);
  }
  return type;
}
