import { familyOf, isPublic, parseAddress, scopeOf } from '../model/address.ts';
import { hostNameSchema, type RelayService, type RelaySettings } from '../model/relay.ts';
import { isLocalName } from '../model/target.ts';
import { HOST_PORTS } from './host-ports.ts';
import type { Refusal } from './refusal.ts';

/**
 * Reads where a service is, as a user writes it.
 * @returns the host as `originSchema` takes it, or why it is refused.
 */
export function readOriginHost(text: string): string | Refusal {
  const address = parseAddress(text.trim());
  if (address !== null && familyOf(address) === 'ipv4') return { code: 'origin-ipv4', host: address };
  const host = address ?? readName(text);
  return typeof host === 'string' ? (refusedHost(host) ?? host) : host;
}

/** Reads a host name as a user writes it: letters of any case, and with the last dot or without. */
export function readName(text: string): string | Refusal {
  const read = hostNameSchema.safeParse(text.trim().toLowerCase().replace(/\.$/u, ''));
  return read.success ? read.data : { code: 'not-a-host', text };
}

/** Everything that is wrong with the settings by themselves; nothing where they can be carried out. */
export function refusals({ services }: RelaySettings): Refusal[] {
  const hosts = new Set(services.map(({ origin }) => origin.host));
  return [
    ...[...hosts].flatMap((host) => refusedHost(host) ?? []),
    ...refusedPorts(services, 'tcp'),
    ...refusedPorts(services, 'udp'),
    ...refusedNames(services),
  ];
}

/**
 * What is wrong with where the origins' names lead.
 * @param resolved For each origin's name the addresses of its AAAA records.
 * @param own The relay's own addresses, where they are known.
 */
export function refusedAddresses(
  { services }: RelaySettings,
  resolved: ReadonlyMap<string, readonly string[]>,
  own: readonly string[],
): Refusal[] {
  const hosts = new Set(services.map(({ origin }) => origin.host));
  return [...hosts].flatMap((host): Refusal[] => {
    const addresses = host.includes(':') ? [host] : (resolved.get(host) ?? []);
    if (addresses.length === 0) return [{ code: 'origin-without-aaaa', host }];
    return addresses.flatMap((address): Refusal[] => {
      if (own.includes(address)) return [{ code: 'origin-is-relay', host, address }];
      return refusedAddress(host, address) ?? [];
    });
  });
}

function refusedHost(host: string): Refusal | undefined {
  if (host.includes(':')) return refusedAddress(host, host)?.[0];
  return isLocalName(host) ? { code: 'origin-local-name', host } : undefined;
}

function refusedAddress(host: string, address: string): Refusal[] | undefined {
  // An AAAA record can hold an IPv4-mapped address, which programs connect to over IPv4.
  if (familyOf(address) === 'ipv4') return [{ code: 'origin-ipv4', host }];
  return isPublic(address)
    ? undefined
    : [{ code: 'origin-not-public', host, address, scope: scopeOf(address) }];
}

/** Which of the two sets of ports a service's port is of. */
export const protocolOf = ({ kind }: RelayService): 'tcp' | 'udp' => (kind === 'udp' ? 'udp' : 'tcp');

function refusedPorts(services: readonly RelayService[], protocol: 'tcp' | 'udp'): Refusal[] {
  const kinds = new Map<number, RelayService['kind'][]>();
  for (const service of services.filter((each) => protocolOf(each) === protocol)) {
    kinds.set(service.port, [...(kinds.get(service.port) ?? []), service.kind]);
  }
  return [...kinds].flatMap(([port, wanted]): Refusal[] => {
    const told = wanted[0] === 'tls' || wanted[0] === 'http';
    const shared = wanted.length === 1 || (told && new Set(wanted).size === 1);
    return [
      ...(HOST_PORTS[protocol].includes(port) ? [{ code: 'port-of-host', protocol, port } as const] : []),
      ...(shared ? [] : [{ code: 'port-taken', protocol, port } as const]),
    ];
  });
}

function refusedNames(services: readonly RelayService[]): Refusal[] {
  const taken = new Map<string, number>();
  for (const service of services) {
    if (service.kind !== 'tls' && service.kind !== 'http') continue;
    for (const name of service.names) {
      const key = `${service.port} ${name}`;
      taken.set(key, (taken.get(key) ?? 0) + 1);
    }
  }
  return [...taken].flatMap(([key, times]): Refusal[] => {
    const [port = '', name = ''] = key.split(' ');
    return times === 1 ? [] : [{ code: 'name-taken', port: Number(port), name }];
  });
}
