import type { RelayService } from '../../model/relay.ts';
import { listenOn, type Sides, server } from './section.ts';

/** Everything that comes to the port goes to the origin. */
export function tcpService(service: Extract<RelayService, { kind: 'tcp' }>): Sides {
  const id = `tcp-${service.port}`;
  return {
    listening: [`frontend ${id}`, listenOn(service.port), `\tdefault_backend ${id}`],
    origins: [`backend ${id}`, server(service)],
  };
}
