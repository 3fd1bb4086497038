import { createRequire } from 'node:module';
import { Metadata } from '@grpc/grpc-js';
import { providerProto as proto } from '../proto.ts';
import { type Properties, struct } from './messages.ts';

const require = createRequire(import.meta.url);
const { Status } =
  require('@pulumi/pulumi/proto/status_pb.js') as typeof import('@pulumi/pulumi/proto/status_pb.js');
const { Any } =
  require('google-protobuf/google/protobuf/any_pb.js') as typeof import('google-protobuf/google/protobuf/any_pb.js');

/** The resource is there, but something after its creation (or in its change) went wrong: the state shall have it. */
export class InitError extends Error {
  readonly metadata: Metadata;

  constructor(id: string, state: Properties, reason: string) {
    super(reason);
    this.name = 'InitError';
    const failed = new proto.ErrorResourceInitFailed();
    failed.setId(id);
    failed.setProperties(struct(state));
    failed.setReasonsList([reason]);
    const detail = new Any();
    detail.pack(failed.serializeBinary(), 'pulumirpc.ErrorResourceInitFailed');
    const status = new Status();
    status.setCode(2);
    status.setMessage(reason);
    status.addDetails(detail);
    this.metadata = new Metadata();
    // Where gRPC has the details of an error (grpc/grpc, doc/PROTOCOL-HTTP2.md, "Status-Details").
    this.metadata.add('grpc-status-details-bin', Buffer.from(status.serializeBinary()));
  }
}
