import type { RelayService, RelaySettings } from '../model/relay.ts';
import { hostServices } from './haproxy/http.ts';
import { globalSections, listeningDefaults, originDefaults } from './haproxy/process.ts';
import { tcpService } from './haproxy/tcp.ts';
import { tlsServices } from './haproxy/tls.ts';
import { RELAY_TIMES, type RelayTimes } from './times.ts';

/** haproxy.cfg, for HAProxy 2.6 (Debian 12) and later. */
export function haproxyConfig({ services }: RelaySettings, times: RelayTimes = RELAY_TIMES): string {
  const sides = [
    ...services.flatMap((service) => (service.kind === 'tcp' ? [tcpService(service)] : [])),
    ...byPort(services, 'tls').map((group) => tlsServices(group, times)),
    ...byPort(services, 'http').map((group) => hostServices(group, times)),
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

/** Services of a kind, those of one port together. */
function byPort<Kind extends 'tls' | 'http'>(
  services: readonly RelayService[],
  kind: Kind,
): Extract<RelayService, { kind: Kind }>[][] {
  const groups = new Map<number, Extract<RelayService, { kind: Kind }>[]>();
  for (const service of services) {
    if (!isOf(service, kind)) continue;
    groups.set(service.port, [...(groups.get(service.port) ?? []), service]);
  }
  return [...groups.values()];
}

const isOf = <Kind extends RelayService['kind']>(
  service: RelayService,
  kind: Kind,
): service is Extract<RelayService, { kind: Kind }> => service.kind === kind;
