import { createHash } from 'node:crypto';
import { InternetGateway } from '@pulumi/aws/ec2/internetGateway.js';
import { RouteTable } from '@pulumi/aws/ec2/routeTable.js';
import { RouteTableAssociation } from '@pulumi/aws/ec2/routeTableAssociation.js';
import { SecurityGroup } from '@pulumi/aws/ec2/securityGroup.js';
import { Subnet } from '@pulumi/aws/ec2/subnet.js';
import { Vpc } from '@pulumi/aws/ec2/vpc.js';
import * as pulumi from '@pulumi/pulumi';
import { markedName, markTags } from '../model/marks.ts';
import type { RelayService } from '../model/relay.ts';
import { Ec2Leftovers } from './ec2-leftovers.ts';
import { openPorts } from './relay-host.ts';

export interface Ec2NetworkArgs {
  /** The plan's id: marks everything that is made. */
  readonly id: string;
  readonly region: string;
  readonly services: readonly RelayService[];
  readonly inTheWay: InTheWay;
}

/** Each takes away what was made and never recorded, and can't be there twice. */
export interface InTheWay {
  gatewayOf(vpcId: string): Promise<void>;
  subnetsOf(vpcId: string): Promise<void>;
  /** Takes a subnet from the route table that it is associated with. */
  routesOf(subnetId: string): Promise<void>;
}

/** IPv4 within the network, which nothing else is in: the smallest that EC2 takes has 16 addresses. */
const NETWORK = '10.77.0.0/24';

/**
 * A network of the relay's own, with both families, in which only the services are open. The rules stand in their group:
 * as resources of their own, one which was made and never recorded couldn't be made again.
 */
export class Ec2Network extends pulumi.ComponentResource {
  readonly gateway: InternetGateway;
  readonly subnetId: pulumi.Output<string>;
  readonly securityGroupId: pulumi.Output<string>;
  /** Ids of all that bears the stack's mark. */
  readonly kept: readonly pulumi.Output<string>[];
  /** What a host needs to be there. */
  readonly whole: readonly pulumi.Resource[];

  constructor(name: string, args: Ec2NetworkArgs, options: pulumi.ComponentResourceOptions) {
    const { dependsOn, ...rest } = options;
    super('reach4:relay:Ec2Network', name, {}, rest);
    const child = { parent: this };
    const vpc = newVpc(args, { ...child, ...(dependsOn === undefined ? {} : { dependsOn }) });
    const inside = { ...child, dependsOn: goesBefore(vpc, args, child) };
    this.gateway = newGateway(name, vpc, args, inside);
    const table = routesOut(vpc, this.gateway, args, inside);
    const subnet = newSubnet(name, vpc, args, inside);
    const routed = associate(name, table, subnet, args, child);
    const group = openGroup(vpc, args, inside);
    this.subnetId = subnet.id;
    this.securityGroupId = group.id;
    this.kept = [vpc.id, this.gateway.id, table.id, subnet.id, group.id];
    this.whole = [routed, group];
    this.registerOutputs({ subnetId: this.subnetId });
  }
}

type Options = pulumi.CustomResourceOptions;

const tags = ({ id }: Ec2NetworkArgs) => markTags(id);
const named = ({ id }: Ec2NetworkArgs, what: string): string => markedName(id, what);

const newVpc = (args: Ec2NetworkArgs, options: Options): Vpc =>
  new Vpc(
    named(args, 'network'),
    {
      cidrBlock: NETWORK,
      assignGeneratedIpv6CidrBlock: true,
      enableDnsSupport: true,
      tags: tags(args),
    },
    options,
  );

/** At teardown, whatever is still in the network goes before it: with something in it, it can't be deleted. */
const goesBefore = (vpc: Vpc, { id, region }: Ec2NetworkArgs, options: Options): Ec2Leftovers =>
  new Ec2Leftovers('leftovers-network', { region, mark: id, kept: [vpc.id], sweeps: 'at-teardown' }, options);

/** A hook before something is made, by the input that says where. */
const freed = (
  name: string,
  where: 'vpcId' | 'subnetId',
  free: (id: string) => Promise<void>,
): pulumi.CustomResourceOptions => ({
  hooks: {
    beforeCreate: [new pulumi.ResourceHook(name, ({ newInputs }) => free(String(newInputs?.[where])))],
  },
});

const newGateway = (name: string, vpc: Vpc, args: Ec2NetworkArgs, options: Options): InternetGateway =>
  new InternetGateway(
    named(args, 'gateway'),
    { vpcId: vpc.id, tags: tags(args) },
    { ...options, ...freed(`${name}-has-no-gateway`, 'vpcId', args.inTheWay.gatewayOf) },
  );

const routesOut = (vpc: Vpc, gateway: InternetGateway, args: Ec2NetworkArgs, options: Options): RouteTable =>
  new RouteTable(
    named(args, 'routes'),
    {
      vpcId: vpc.id,
      routes: [
        { cidrBlock: '0.0.0.0/0', gatewayId: gateway.id },
        { ipv6CidrBlock: '::/0', gatewayId: gateway.id },
      ],
      tags: tags(args),
    },
    options,
  );

const associate = (
  name: string,
  table: RouteTable,
  subnet: Subnet,
  { inTheWay }: Ec2NetworkArgs,
  options: Options,
): RouteTableAssociation =>
  new RouteTableAssociation(
    `${name}-routed`,
    { routeTableId: table.id, subnetId: subnet.id },
    { ...options, ...freed(`${name}-has-no-routes`, 'subnetId', inTheWay.routesOf) },
  );

/**
 * A host gets an IPv6 address and, until it has the lasting one, an IPv4 address of its own: for packages from mirrors
 * with IPv4 only, and to be seen from where there is no IPv6.
 */
const newSubnet = (name: string, vpc: Vpc, args: Ec2NetworkArgs, options: Options): Subnet =>
  new Subnet(
    named(args, 'subnet'),
    {
      vpcId: vpc.id,
      cidrBlock: NETWORK,
      ipv6CidrBlock: vpc.ipv6CidrBlock.apply((block) => block.replace(/\/56$/u, '/64')),
      assignIpv6AddressOnCreation: true,
      mapPublicIpOnLaunch: true,
      tags: tags(args),
    },
    { ...options, ...freed(`${name}-has-no-subnet`, 'vpcId', args.inTheWay.subnetsOf) },
  );

const EVERYBODY = { cidrBlocks: ['0.0.0.0/0'], ipv6CidrBlocks: ['::/0'] };

/** Other ports are another group, so that the old host serves what it did until the new one is proved. */
const openGroup = (vpc: Vpc, args: Ec2NetworkArgs, options: Options): SecurityGroup =>
  new SecurityGroup(
    named(args, `services-${digest(openPorts(args.services))}`),
    {
      vpcId: vpc.id,
      // Can't be changed later.
      description: 'What a relay serves',
      ingress: [
        ...openPorts(args.services).map(({ protocol, port }) => ({
          protocol,
          fromPort: port,
          toPort: port,
          ...EVERYBODY,
        })),
        // IPv6 needs it to find out what size of packets a path takes (RFC 4890 4.3.1). -1: all types and codes.
        { protocol: 'icmpv6', fromPort: -1, toPort: -1, ipv6CidrBlocks: ['::/0'] },
      ],
      egress: [{ protocol: '-1', fromPort: 0, toPort: 0, ...EVERYBODY }],
      tags: tags(args),
    },
    options,
  );

const digest = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 8);
