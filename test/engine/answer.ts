import { type handleUnaryCall, status } from '@grpc/grpc-js';

/** A gRPC call as an ordinary function: what it throws becomes the error that the engine shows. */
export function answer<Request, Response>(
  handler: (request: Request) => Response | Promise<Response>,
): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    void (async () => handler(call.request))().then(
      (response) => callback(null, response),
      (error: unknown) =>
        callback({ code: status.UNKNOWN, details: error instanceof Error ? error.message : String(error) }),
    );
  };
}
