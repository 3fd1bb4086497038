import {
  CloseInstancePublicPorts$,
  type CloseInstancePublicPortsRequest,
  type CloseInstancePublicPortsResult,
  GetInstancePortStates$,
  type GetInstancePortStatesRequest,
  type GetInstancePortStatesResult,
  type InstancePortInfo,
  OpenInstancePublicPorts$,
  type OpenInstancePublicPortsRequest,
  type OpenInstancePublicPortsResult,
  type PortInfo,
  PutInstancePublicPorts$,
  type PutInstancePublicPortsRequest,
  type PutInstancePublicPortsResult,
} from '@aws-sdk/client-lightsail';
import ipaddr from 'ipaddr.js';
import { operation } from '../wire/operation.ts';
import { refusal } from './errors.ts';
import type { Instance, Lightsail } from './state.ts';

/** What a new Linux instance has open (Lightsail user guide, "Firewall"). */
export function defaultPorts(): InstancePortInfo[] {
  return [22, 80].map((port) => opened({ fromPort: port, toPort: port, protocol: 'tcp' }));
}

export const portOperations = [
  operation<PutInstancePublicPortsRequest, PutInstancePublicPortsResult>(
    PutInstancePublicPorts$,
    ({ instanceName, portInfos }, { region: { lightsail } }) => {
      const instance = changeable(lightsail, instanceName);
      // What isn't named is closed (API reference).
      instance.ports = portInfos.map(opened);
      return { operation: lightsail.operate('PutInstancePublicPorts', instance, instance) };
    },
  ),
  operation<OpenInstancePublicPortsRequest, OpenInstancePublicPortsResult>(
    OpenInstancePublicPorts$,
    ({ instanceName, portInfo }, { region: { lightsail } }) => {
      const instance = changeable(lightsail, instanceName);
      const added = opened(portInfo);
      instance.ports = [...instance.ports.filter((port) => !samePorts(port, added)), added];
      return { operation: lightsail.operate('OpenInstancePublicPorts', instance, instance) };
    },
  ),
  operation<CloseInstancePublicPortsRequest, CloseInstancePublicPortsResult>(
    CloseInstancePublicPorts$,
    ({ instanceName, portInfo }, { region: { lightsail } }) => {
      const instance = changeable(lightsail, instanceName);
      const closed = opened(portInfo);
      instance.ports = instance.ports.filter((port) => !samePorts(port, closed));
      return { operation: lightsail.operate('CloseInstancePublicPorts', instance, instance) };
    },
  ),
  operation<GetInstancePortStatesRequest, GetInstancePortStatesResult>(
    GetInstancePortStates$,
    ({ instanceName }, { region: { lightsail } }) => ({
      portStates: lightsail.instance(instanceName).ports.map((port) => ({
        fromPort: port.fromPort,
        toPort: port.toPort,
        protocol: port.protocol,
        state: 'open' as const,
        cidrs: port.cidrs,
        ipv6Cidrs: port.ipv6Cidrs,
        cidrListAliases: port.cidrListAliases,
      })),
    }),
  ),
];

function changeable(lightsail: Lightsail, name: string): Instance {
  const instance = lightsail.instance(name);
  if (instance.state === 'shutting-down') {
    throw refusal.notInState(name, instance.state);
  }
  return instance;
}

function samePorts(one: InstancePortInfo, other: InstancePortInfo): boolean {
  return one.protocol === other.protocol && one.fromPort === other.fromPort && one.toPort === other.toPort;
}

/** Checked, and open to everybody unless it says to whom (API reference, PortInfo). */
function opened(port: PortInfo): InstancePortInfo {
  const { protocol, fromPort = 0, toPort = 65_535 } = port;
  const cidrs = port.cidrs ?? [];
  const ipv6Cidrs = port.ipv6Cidrs ?? [];
  const lists = port.cidrListAliases ?? [];
  const isIcmp = protocol === 'icmp' || protocol === 'icmpv6';
  // For ICMP they are type and code, -1 for all (API reference, PortInfo).
  const [from, to] = isIcmp ? [-1, 255] : [0, 65_535];
  if (protocol === undefined || !['tcp', 'udp', 'icmp', 'icmpv6', 'all'].includes(protocol)) {
    throw refusal.badPorts(`protocol ${protocol}`);
  }
  if ([fromPort, toPort].some((number) => !Number.isInteger(number) || number < from || number > to)) {
    throw refusal.badPorts(`${fromPort}-${toPort}`);
  }
  if (!isIcmp && fromPort > toPort) {
    throw refusal.badPorts(`${fromPort} is above ${toPort}`);
  }
  for (const cidr of cidrs) {
    refuseCidr(cidr, ipaddr.IPv4.isValidCIDR(cidr) || ipaddr.IPv4.isValidFourPartDecimal(cidr));
  }
  for (const cidr of ipv6Cidrs) {
    refuseCidr(cidr, ipaddr.IPv6.isValidCIDR(cidr) || ipaddr.IPv6.isValid(cidr));
  }
  if ((protocol === 'icmpv6' && cidrs.length > 0) || (protocol === 'icmp' && ipv6Cidrs.length > 0)) {
    throw refusal.badPorts(`${protocol} with addresses of the other family`);
  }
  const toAll = cidrs.length + ipv6Cidrs.length + lists.length === 0;
  const shown = {
    cidrs: toAll && protocol !== 'icmpv6' ? ['0.0.0.0/0'] : cidrs,
    ipv6Cidrs: toAll && protocol !== 'icmp' ? ['::/0'] : ipv6Cidrs,
  };
  return {
    fromPort,
    toPort,
    protocol,
    accessFrom: [...shown.cidrs, ...shown.ipv6Cidrs].join(', '),
    accessType: 'Public',
    commonName: '',
    accessDirection: 'inbound',
    ...shown,
    cidrListAliases: lists,
  };
}

function refuseCidr(cidr: string, valid: boolean): void {
  if (!valid) {
    throw refusal.badPorts(`${cidr} is not a CIDR`);
  }
}
