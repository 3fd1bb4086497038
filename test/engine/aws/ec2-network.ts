import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeVpcsCommand,
  RunInstancesCommand,
  type RunInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import type { AwsClients } from './clients.ts';

/** What a relay on EC2 needs around it, made by the official clients. */
export async function makeNetwork({ ec2, ssm }: Pick<AwsClients, 'ec2' | 'ssm'>) {
  const { Vpc } = await ec2.send(
    new CreateVpcCommand({ CidrBlock: '10.0.0.0/16', AmazonProvidedIpv6CidrBlock: true }),
  );
  const vpc = Vpc?.VpcId ?? '';
  const { Vpcs } = await ec2.send(new DescribeVpcsCommand({ VpcIds: [vpc] }));
  const ipv6 = Vpcs?.[0]?.Ipv6CidrBlockAssociationSet?.[0]?.Ipv6CidrBlock?.replace('/56', '/64') ?? '';
  const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
  const gateway = InternetGateway?.InternetGatewayId ?? '';
  await ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId: gateway, VpcId: vpc }));
  const { Subnet } = await ec2.send(
    new CreateSubnetCommand({ VpcId: vpc, CidrBlock: '10.0.0.0/24', Ipv6CidrBlock: ipv6 }),
  );
  const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId: vpc }));
  const table = RouteTable?.RouteTableId ?? '';
  await ec2.send(
    new CreateRouteCommand({ RouteTableId: table, DestinationCidrBlock: '0.0.0.0/0', GatewayId: gateway }),
  );
  await ec2.send(
    new CreateRouteCommand({ RouteTableId: table, DestinationIpv6CidrBlock: '::/0', GatewayId: gateway }),
  );
  const { GroupId: group = '' } = await ec2.send(
    new CreateSecurityGroupCommand({ VpcId: vpc, GroupName: 'relay', Description: 'of a relay' }),
  );
  const { Parameter } = await ssm.send(
    new GetParameterCommand({ Name: '/aws/service/debian/release/13/latest/arm64' }),
  );
  return { vpc, ipv6, gateway, subnet: Subnet?.SubnetId ?? '', table, group, image: Parameter?.Value ?? '' };
}
export type Network = Awaited<ReturnType<typeof makeNetwork>>;

export async function runInstance(
  { ec2 }: Pick<AwsClients, 'ec2'>,
  { image, subnet, group }: Network,
  input: Partial<RunInstancesCommandInput> = {},
): Promise<string> {
  const { Instances } = await ec2.send(
    new RunInstancesCommand({
      ImageId: image,
      InstanceType: 't4g.nano',
      MinCount: 1,
      MaxCount: 1,
      SubnetId: subnet,
      SecurityGroupIds: [group],
      Ipv6AddressCount: 1,
      ...input,
    }),
  );
  return Instances?.[0]?.InstanceId ?? '';
}

export async function allocate({ ec2 }: Pick<AwsClients, 'ec2'>): Promise<string> {
  const { AllocationId } = await ec2.send(new AllocateAddressCommand({ Domain: 'vpc' }));
  return AllocationId ?? '';
}

export async function associate(
  { ec2 }: Pick<AwsClients, 'ec2'>,
  allocation: string,
  instance: string,
  allowReassociation = false,
): Promise<string> {
  const { AssociationId } = await ec2.send(
    new AssociateAddressCommand({
      AllocationId: allocation,
      InstanceId: instance,
      AllowReassociation: allowReassociation,
    }),
  );
  return AssociationId ?? '';
}
