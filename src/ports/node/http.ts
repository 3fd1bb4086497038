import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { performance } from 'node:perf_hooks';
import { familyOf, parseAddress } from '../../model/address.ts';
import type { Reason } from '../../model/evidence.ts';
import type { HttpRequest, HttpResult } from '../ports.ts';
import { withinLimits } from './limits.ts';
import { codeOf, detailOf } from './system-error.ts';

/**
 * One HTTP or HTTPS request: no redirects, no cookies, no proxies, a fresh connection; certificates are checked.
 * Resolves for everything that the network does.
 * @throws TypeError where the URL isn't an `http:` or `https:` one.
 */
export function http(request: HttpRequest, signal: AbortSignal): Promise<HttpResult> {
  const url = new URL(request.url);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new TypeError(`not an HTTP URL: ${request.url}`);
  }
  const started = performance.now();
  const ms = () => performance.now() - started;
  const no = (reason: Reason): HttpResult => ({ ok: false, reason, ms: ms() });

  const literal = parseAddress(url.hostname.replace(/^\[(.*)\]$/u, '$1'));
  if (literal !== null && request.family !== undefined && familyOf(literal) !== request.family) {
    return Promise.resolve(
      no({ code: 'not-applicable', detail: `${literal} is no ${request.family} address` }),
    );
  }
  const send = url.protocol === 'https:' ? tlsRequest : plainRequest;
  return withinLimits<HttpResult>(
    { timeoutMs: request.timeoutMs, signal },
    (code) => no({ code }),
    (end) => {
      const outgoing = send(url, {
        method: request.method,
        headers: { 'user-agent': 'reach4', ...request.headers },
        agent: false,
        ...(request.address === undefined ? {} : { lookup: always(request.address) }),
        ...(request.family === undefined ? {} : { family: request.family === 'ipv4' ? 4 : 6 }),
      });
      const fail = (error: unknown) => end(no({ code: reasonOf(codeOf(error)), detail: detailOf(error) }));
      outgoing.on('error', fail);
      // An answer that switches protocols has no listener here: Node closes without an error.
      const onClose = () => end(no({ code: 'malformed', detail: 'closed without an answer' }));
      outgoing.on('close', onClose);
      outgoing.on('response', (response) => {
        // From here on it is the answer that ends, or breaks off with an error.
        outgoing.off('close', onClose);
        const parts: Buffer[] = [];
        let size = 0;
        const head = { status: response.statusCode ?? 0, headers: response.headers };
        response.on('data', (part: Buffer) => {
          size += part.length;
          if (size <= request.maxBytes) parts.push(part);
          else {
            const detail = `more than ${request.maxBytes} bytes`;
            end({ ok: false, reason: { code: 'too-large', detail }, head, ms: ms() });
          }
        });
        response.on('error', fail);
        response.on('end', () =>
          end({
            ok: true,
            ...head,
            body: Buffer.concat(parts).toString('utf8'),
            ms: ms(),
          }),
        );
      });
      outgoing.end(request.body);
      return () => outgoing.destroy();
    },
  );
}

/** A look-up that knows one answer. */
const always =
  (address: string): LookupFunction =>
  (_name, { all }, done) => {
    const family = familyOf(address) === 'ipv4' ? 4 : 6;
    if (all === true) done(null, [{ address, family }]);
    else done(null, address, family);
  };

/** Sources of the codes: connect(2), getaddrinfo(3), Node's errors, llhttp (HPE_…), OpenSSL's X509_V_ERR names. */
function reasonOf(code: string): Reason['code'] {
  switch (code) {
    case 'ECONNREFUSED':
      return 'refused';
    case 'ETIMEDOUT':
      return 'timed-out';
    case 'ENETUNREACH':
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
      return 'no-network';
    case 'EACCES':
    case 'EPERM':
      return 'no-privilege';
  }
  if (code.startsWith('HPE_') || code.startsWith('ERR_SSL_') || code === 'EPROTO') return 'malformed';
  // What verifies certificates answers with names such as CERT_HAS_EXPIRED or UNABLE_TO_GET_ISSUER_CERT_LOCALLY.
  return /CERT|SIGNED|ERR_TLS_/u.test(code) ? 'unauthorised' : 'unreachable';
}
