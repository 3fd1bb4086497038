import type { RelayService, RelaySettings } from '../model/relay.ts';
import { hostServices } from './haproxy/http.ts';
import { globalSections, listeningDefaults, originDefaults } from './haproxy/process.ts';
import { tcpService } from './haproxy/tcp.ts';
import { tlsServices } from './haproxy/tls.ts';
import { RELAY_TIMES, type RelayTimes } from './times.ts';

/** haproxy.cfg, for HAProxy 2.6 (Debian 12) and later. */
export function haproxyConfig({ services }: RelaySettings, times: RelayTimes = RELAY_TIMES): string {
  const sides = [
    ...services.filter((service) => service.kind === 'tcp').map(tcpService),
    ...byPort(services.filter((service) => service.kind === 'tls')).map((group) => tlsServices(group, times)),
    ...byPort(services.filter((service) => service.kind === 'http')).map((group) =>
      hostServices(group, times),
    ),
  ];
  const sections = [
    ...globalSections(times),
    ...listeningDefaults(),
    ...sides.flatMap(({ listening }) => listening),
    ...originDefaults(),
    ...sides.flatMap(({ origins }) => origins),
  ];
  return `${sections.join('\n')}\n`;
}

function byPort<Service extends RelayService>(services: readonly Service[]): Service[][] {
  const groups = new Map<number, Service[]>();
  for (const service of services) {
    groups.set(service.port, [...(groups.get(service.port) ?? []), service]);
  }
  return [...groups.values()];
}
