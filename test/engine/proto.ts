/**
 * Pulumi's protocol, as its SDK ships it. The generated files are CommonJS without a default export and without names
 * that ESM could see, hence `require`.
 */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

export const languageProto =
  require('@pulumi/pulumi/proto/language_pb.js') as typeof import('@pulumi/pulumi/proto/language_pb.js');
export const languageService =
  require('@pulumi/pulumi/proto/language_grpc_pb.js') as typeof import('@pulumi/pulumi/proto/language_grpc_pb.js');
export const providerProto =
  require('@pulumi/pulumi/proto/provider_pb.js') as typeof import('@pulumi/pulumi/proto/provider_pb.js');
export const providerService =
  require('@pulumi/pulumi/proto/provider_grpc_pb.js') as typeof import('@pulumi/pulumi/proto/provider_grpc_pb.js');
export const pluginProto =
  require('@pulumi/pulumi/proto/plugin_pb.js') as typeof import('@pulumi/pulumi/proto/plugin_pb.js');
export const { Empty } =
  require('google-protobuf/google/protobuf/empty_pb.js') as typeof import('google-protobuf/google/protobuf/empty_pb.js');
export const { Struct } =
  require('google-protobuf/google/protobuf/struct_pb.js') as typeof import('google-protobuf/google/protobuf/struct_pb.js');
