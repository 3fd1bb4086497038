import type { CheckRequest, CheckResponse, DiffResponse } from '@pulumi/pulumi/proto/provider_pb.js';
import type { Struct as StructMessage } from 'google-protobuf/google/protobuf/struct_pb.js';
import { pluginProto, providerProto as proto, Struct } from '../proto.ts';

/** Properties under Pulumi's names. */
export type Properties = Record<string, unknown>;

/** What the engine sends in a preview for a value that is not known yet (sdk/go plugin/rpc.go `UnknownStringValue`). */
export const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

/** By these a secret is known, beside its `value` (sdk/go resource/sig). */
const SIGNATURE = '4dabf18193072939515e22adb298388d';
const SECRET = '1b47061264138c4ac30d75fd1eb44270';

/** What is null is not there, and a secret is its value. */
export function values(message: StructMessage | undefined): Properties {
  const all = Object.entries(message?.toJavaScript() ?? {}).map(([name, value]) => [name, revealed(value)]);
  return Object.fromEntries(all.filter(([, value]) => value !== null));
}

function revealed(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(revealed);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const found = value as Properties;
  return found[SIGNATURE] === SECRET
    ? revealed(found.value)
    : Object.fromEntries(Object.entries(found).map(([name, part]) => [name, revealed(part)]));
}

/** A struct takes JSON and nothing else; an undefined property is one that is not there. */
export function struct(properties: Properties): StructMessage {
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(properties)));
}

export function pluginInfo(version: string): InstanceType<typeof pluginProto.PluginInfo> {
  const info = new pluginProto.PluginInfo();
  info.setVersion(version);
  return info;
}

export interface Change {
  /** Its path: `tags.Name`, `routes[0].gatewayId` */
  property: string;
  kind: 'add' | 'delete' | 'update';
  replaces: boolean;
}

export function diffOf(changes: readonly Change[], deleteBeforeReplace = false): DiffResponse {
  const response = new proto.DiffResponse();
  const { DIFF_NONE, DIFF_SOME } = proto.DiffResponse.DiffChanges;
  response.setChanges(changes.length === 0 ? DIFF_NONE : DIFF_SOME);
  response.setHasdetaileddiff(true);
  response.setDiffsList(topLevel(changes));
  response.setReplacesList(topLevel(changes.filter((change) => change.replaces)));
  response.setDeletebeforereplace(deleteBeforeReplace);
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

function topLevel(changes: readonly Change[]): string[] {
  return [...new Set(changes.map(({ property }) => property.replace(/[.[].*$/s, '')))].sort();
}

export interface Failure {
  /** Empty if the reason says where. */
  property: string;
  reason: string;
}

export function checked(
  request: CheckRequest,
  failures: readonly Failure[],
  inputs?: Properties,
): CheckResponse {
  const response = new proto.CheckResponse();
  response.setInputs(inputs === undefined ? request.getNews() : struct(inputs));
  for (const { property, reason } of failures) {
    const failure = new proto.CheckFailure();
    failure.setProperty(property);
    failure.setReason(reason);
    response.addFailures(failure);
  }
  return response;
}
