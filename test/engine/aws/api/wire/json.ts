import { JsonCodec2 } from '@aws-sdk/core/protocols';
import { AwsError } from '../errors.ts';
import { type Operation, requiredMembers } from './operation.ts';
import type { Wire } from './wire.ts';

/** Timestamps are seconds since 1970 unless the model says otherwise (Smithy, "AWS JSON 1.1 protocol"). */
const EPOCH_SECONDS = 7;
const codec = new JsonCodec2({
  timestampFormat: { useTrait: true, default: EPOCH_SECONDS },
  jsonName: false,
});

/**
 * AWS JSON 1.0 and 1.1: the operation is in `X-Amz-Target`, behind the service's prefix.
 * `invalid` is the service's code for input that its model doesn't allow.
 */
export function jsonWire(version: '1.0' | '1.1', invalid: string): Wire {
  const contentType = `application/x-amz-json-${version}`;
  return {
    find: (request, operations) => {
      const name = String(request.headers['x-amz-target'] ?? '').replace(/^.*\./, '');
      return operations.get(name) ?? name;
    },
    read: (request, operation) => input(request.body, operation, invalid),
    answer: (operation, output) => {
      const serializer = codec.createSerializer();
      serializer.write(operation.output, output);
      return {
        status: 200,
        headers: { 'content-type': contentType },
        body: operation.output.isUnitSchema() ? '{}' : new TextDecoder().decode(serializer.flush()),
      };
    },
    refuse: ({ code, message, status }) => ({
      status,
      headers: {
        'content-type': contentType,
        'x-amzn-errortype': code,
        // For clients of a service that once spoke query (CloudWatch): its old code.
        ...(version === '1.0' ? { 'x-amzn-query-error': `${code};Sender` } : {}),
      },
      body: JSON.stringify({ __type: code, message }),
    }),
  };
}

async function input(body: string, operation: Operation, invalid: string): Promise<object> {
  let read: object;
  try {
    read = (await codec.createDeserializer().read(operation.input, body)) as object;
  } catch {
    throw new AwsError('SerializationException', 'Could not parse the request body');
  }
  const missing = requiredMembers(operation.input).filter(
    (name) => (read as Record<string, unknown>)[name] == null,
  );
  if (missing.length > 0) {
    // The form of Smithy's own validation, which the JSON services share.
    const each = missing.map(
      (name) => `Value null at '${name}' failed to satisfy constraint: Member must not be null`,
    );
    throw new AwsError(
      invalid,
      `${missing.length} validation error${missing.length > 1 ? 's' : ''} detected: ${each.join('; ')}`,
    );
  }
  return read;
}
