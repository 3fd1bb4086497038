import type { RelayService } from '../../model/relay.ts';
import { period, type RelayTimes } from '../times.ts';
import { anyOf, listenOn, type Sides, server } from './section.ts';

type TlsService = Extract<RelayService, { kind: 'tls' }>;

/** Services of one port, told apart by the name in the ClientHello; nothing is decrypted. */
export function tlsServices(services: readonly TlsService[], times: RelayTimes): Sides {
  const port = services[0]?.port ?? 0;
  const named = services.map((service, index) => ({ service, id: `tls-${port}-${index + 1}` }));
  return {
    listening: [
      `frontend tls-${port}`,
      listenOn(port),
      `\ttcp-request inspect-delay ${period(times.hello)}`,
      ...named.flatMap(({ id, service }) => anyOf(id, 'req.ssl_sni,lower', service.names)),
      ...named.map(({ id }) => `\ttcp-request content accept if { req.ssl_hello_type 1 } ${id}`),
      // Without this, what can't be read in time would go on.
      '\ttcp-request content reject',
      ...named.map(({ id }) => `\tuse_backend ${id} if ${id}`),
    ],
    origins: named.flatMap(({ id, service }) => [`backend ${id}`, server(service)]),
  };
}
