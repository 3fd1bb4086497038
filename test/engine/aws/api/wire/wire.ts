import type { IncomingHttpHeaders } from 'node:http';
import type { AwsError } from '../errors.ts';
import type { Operation } from './operation.ts';

export interface HttpRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: string;
  /** Of the caller's end of the connection. */
  remotePort?: number | undefined;
}

export interface HttpAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** How a service is spoken to. */
export interface Wire {
  /** The operation that a request asks for, or the name that nobody knows. */
  find: (request: HttpRequest, operations: ReadonlyMap<string, Operation>) => Operation | string;
  /** Throws an `AwsError` for input that the service's model doesn't allow. */
  read: (request: HttpRequest, operation: Operation) => Promise<object>;
  answer: (operation: Operation, output: object, requestId: string) => HttpAnswer;
  refuse: (error: AwsError, requestId: string) => HttpAnswer;
}
