import { type handleUnaryCall, Metadata, status } from '@grpc/grpc-js';

/**
 * A gRPC call as an ordinary function: what it throws becomes the error that the engine shows, with the error's
 * `metadata` if it has some.
 *
 * @param handler is also told the other end of the connection, `127.0.0.1:54321`
 */
export function answer<Request, Response>(
  handler: (request: Request, peer: string) => Response | Promise<Response>,
): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    void (async () => handler(call.request, call.getPeer()))().then(
      (response) => callback(null, response),
      (error: unknown) => {
        const details = error instanceof Error ? error.message : String(error);
        const metadata =
          error instanceof Error && 'metadata' in error && error.metadata instanceof Metadata
            ? error.metadata
            : new Metadata();
        callback({ code: status.UNKNOWN, details, metadata });
      },
    );
  };
}
