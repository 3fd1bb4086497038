import type { Resource } from './store.ts';

export interface Vpc extends Resource {
  cidr: string;
  cidrAssociationId: string;
  ipv6: { cidr: string; associationId: string } | undefined;
  tenancy: 'default' | 'dedicated';
  enableDnsSupport: boolean;
  enableDnsHostnames: boolean;
  dhcpOptionsId: string;
  networkAclId: string;
}

export interface InternetGateway extends Resource {
  vpc: Vpc | undefined;
}

export interface Subnet extends Resource {
  vpc: Vpc;
  cidr: string;
  ipv6: { cidr: string; associationId: string } | undefined;
  availabilityZone: string;
  mapPublicIpOnLaunch: boolean;
  assignIpv6AddressOnCreation: boolean;
  networkAclAssociationId: string;
}

export interface Route {
  /** IPv4 or IPv6, with the length of the prefix. */
  destination: string;
  /** `local` or an internet gateway's id; that may be gone, and the route is a blackhole then. */
  gatewayId: string;
  origin: 'CreateRouteTable' | 'CreateRoute';
}

export interface RouteTable extends Resource {
  vpc: Vpc;
  /** For all subnets that have no other; there is one in each VPC, which goes with it. */
  main: boolean;
  mainAssociationId: string;
  routes: Route[];
  associations: { id: string; subnet: Subnet }[];
}

export interface SecurityGroup extends Resource {
  vpc: Vpc;
  name: string;
  description: string;
}

export interface Rule extends Resource {
  group: SecurityGroup;
  egress: boolean;
  protocol: string;
  fromPort: number;
  toPort: number;
  cidrIpv4?: string;
  cidrIpv6?: string;
  referencedGroup?: string;
  description?: string;
}
