import type { RelayService } from '../../model/relay.ts';
import { period, type RelayTimes } from '../times.ts';
import { anyOf, listenOn, type Sides, server } from './section.ts';

type HttpService = Extract<RelayService, { kind: 'http' }>;

/** Services of one port, told apart by the Host header; unencrypted. */
export function hostServices(services: readonly HttpService[], times: RelayTimes): Sides {
  const port = services[0]?.port ?? 0;
  const named = services.map((service, index) => ({ service, id: `http-${port}-${index + 1}` }));
  const refused = `http-${port}-refused`;
  return {
    listening: [
      `frontend http-${port}`,
      '\tmode http',
      listenOn(port),
      // HTTP/2 without TLS has other ways to name a host.
      '\toption disable-h2-upgrade',
      `\ttimeout http-request ${period(times.hello)}`,
      `\ttimeout http-keep-alive ${period(times.keepAlive)}`,
      '\thttp-request deny deny_status 405 if METH_CONNECT',
      '\thttp-request deny deny_status 400 unless { url -m beg / }',
      '\thttp-request deny deny_status 400 unless { req.fhdr_cnt(host) eq 1 }',
      // Another protocol on the same connection would be beyond these rules, unless it leads to one place, as WebSocket does.
      '\thttp-request del-header upgrade unless { req.fhdr(upgrade),lower -m str websocket }',
      '\thttp-request del-header http2-settings',
      // What clients claim about themselves; the origin may believe the relay. No regular expressions: HAProxy compiles them to
      // machine code, which the unit forbids.
      '\thttp-request del-header forwarded',
      ...['x-forwarded-', 'x_forwarded_', 'x-real-ip', 'x_real_ip'].map(
        (header) => `\thttp-request del-header ${header} -m beg`,
      ),
      '\thttp-request set-header x-forwarded-for %[src]',
      ...named.flatMap(({ id, service }) =>
        anyOf(
          id,
          'req.fhdr(host),lower',
          service.names.flatMap((name) => [name, `${name}:${port}`]),
        ),
      ),
      ...named.map(({ id }) => `\tuse_backend ${id} if ${id}`),
      `\tdefault_backend ${refused}`,
    ],
    origins: [
      ...named.flatMap(({ id, service }) => [
        `backend ${id}`,
        '\tmode http',
        '\thttp-reuse never',
        server(service),
      ]),
      // The status of RFC 9110, section 15.5.20: the request came to the wrong place.
      `backend ${refused}`,
      '\tmode http',
      '\thttp-request deny deny_status 421',
    ],
  };
}
