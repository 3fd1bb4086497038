import { AwsError } from '../errors.ts';

/** An EC2 resource type as its ids and errors have it (EC2 API reference, "Error codes"). */
export interface Kind {
  /** `vpc`, as tag specifications and DescribeTags name it */
  type: string;
  prefix: string;
  /** The error for an id that nobody has … */
  notFound: string;
  message: (id: string) => string;
  /** … and for what isn't an id of this type at all. */
  malformed: string;
}

function kind(type: string, prefix: string, code: string, what: string): Kind {
  return {
    type,
    prefix,
    notFound: `${code}.NotFound`,
    message: (id) => `The ${what} '${id}' does not exist`,
    // Of groups it is another word (EC2 API reference, "Error codes").
    malformed: `${code === 'InvalidGroup' ? 'InvalidGroupId' : code}.Malformed`,
  };
}

export const kinds = {
  vpc: kind('vpc', 'vpc', 'InvalidVpcID', 'vpc ID'),
  internetGateway: kind('internet-gateway', 'igw', 'InvalidInternetGatewayID', 'internetGateway ID'),
  subnet: kind('subnet', 'subnet', 'InvalidSubnetID', 'subnet ID'),
  routeTable: kind('route-table', 'rtb', 'InvalidRouteTableID', 'routeTable ID'),
  securityGroup: kind('security-group', 'sg', 'InvalidGroup', 'security group'),
  rule: kind('security-group-rule', 'sgr', 'InvalidSecurityGroupRuleId', 'security group rule ID'),
  instance: kind('instance', 'i', 'InvalidInstanceID', 'instance ID'),
  volume: kind('volume', 'vol', 'InvalidVolume', 'volume'),
  networkInterface: kind('network-interface', 'eni', 'InvalidNetworkInterfaceID', 'networkInterface ID'),
  address: kind('elastic-ip', 'eipalloc', 'InvalidAllocationID', 'allocation ID'),
} as const satisfies Record<string, Kind>;

const refused = (code: string) => (message: string) => new AwsError(code, message);
const invalidValue = refused('InvalidParameterValue');
const dependency = refused('DependencyViolation');

/** EC2's refusals, in its own words as error reports quote them. Those marked "own" have this stand-in's wording. */
export const refusal = {
  invalidValue,
  otherNetwork: (one: string, other: string) =>
    invalidValue(`${one} and ${other} belong to different networks`),
  combination: refused('InvalidParameterCombination'),
  missing: (name: string) =>
    new AwsError('MissingParameter', `The request must contain the parameter ${name}`),
  limit: {
    addresses: () =>
      new AwsError('AddressLimitExceeded', 'The maximum number of addresses has been reached.'),
    vpcs: () => new AwsError('VpcLimitExceeded', 'The maximum number of VPCs has been reached.'),
  },
  cidrInvalid: (code: string, cidr: string) => new AwsError(code, `The CIDR '${cidr}' is invalid.`),
  subnetConflict: (cidr: string) =>
    new AwsError('InvalidSubnet.Conflict', `The CIDR '${cidr}' conflicts with another subnet`),
  inUse: (what: string, id: string) =>
    dependency(`The ${what} '${id}' has dependencies and cannot be deleted.`),
  groupInUse: (id: string) => dependency(`resource ${id} has a dependent object`),
  mappedAddresses: (vpc: string) =>
    dependency(
      `Network ${vpc} has some mapped public address(es). Please unmap those public address(es) before ` +
        'detaching the gateway.',
    ),
  gatewayAttached: (id: string, vpc: string) =>
    new AwsError('Resource.AlreadyAssociated', `resource ${id} is already attached to network ${vpc}`),
  hasGateway: (vpc: string) => invalidValue(`Network ${vpc} already has an internet gateway attached`),
  gatewayNotAttached: (id: string, vpc: string) =>
    new AwsError('Gateway.NotAttached', `resource ${id} is not attached to network ${vpc}`),
  noGateway: (vpc: string) =>
    new AwsError('Gateway.NotAttached', `Network ${vpc} is not attached to any internet gateway`),
  routeExists: (destination: string) =>
    new AwsError('RouteAlreadyExists', `The route identified by ${destination} already exists.`),
  noRoute: (destination: string, table: string) =>
    new AwsError('InvalidRoute.NotFound', `no route with destination ${destination} in route table ${table}`),
  routeFixed: (table: string) => invalidValue(`cannot remove local route in route table ${table}`),
  tableAssociated: (table: string) =>
    new AwsError(
      'Resource.AlreadyAssociated',
      `the specified association for route table ${table} conflicts with an existing association`,
    ),
  noAssociation: (id: string) =>
    new AwsError('InvalidAssociationID.NotFound', `The association ID '${id}' does not exist`),
  groupExists: (name: string, vpc: string) =>
    new AwsError('InvalidGroup.Duplicate', `The security group '${name}' already exists for VPC '${vpc}'`),
  defaultGroup: (id: string) =>
    new AwsError('CannotDelete', `the specified group: "${id}" name: "default" cannot be deleted by a user`),
  duplicateRule: (rule: string) =>
    new AwsError('InvalidPermission.Duplicate', `the specified rule "${rule}" already exists`),
  malformedRule: refused('InvalidPermission.Malformed'),
  noRule: () =>
    new AwsError('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.'),
  addressInUse: (address: string) => new AwsError('InvalidIPAddress.InUse', `Address ${address} is in use.`),
  noAddress: (address: string) => new AwsError('InvalidAddress.NotFound', `Address '${address}' not found.`),
  addressAssociated: (allocation: string, association: string) =>
    new AwsError(
      'Resource.AlreadyAssociated',
      `resource ${allocation} is already associated with associate-id ${association}`,
    ),
  // bevacqua/grunt-ec2#15
  instanceNotReady: (state: string, id: string) =>
    new AwsError(
      'InvalidInstanceID',
      `The ${state} instance '${id}' is not in a valid state for this operation.`,
    ),
  instanceState: (id: string, state: string) =>
    new AwsError(
      'IncorrectInstanceState',
      `The instance '${id}' is not in a state from which it can be changed: ${state}`,
    ),
  protectedInstance: (id: string) =>
    new AwsError(
      'OperationNotPermitted',
      `The instance '${id}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`,
    ),
  tokenMismatch: () =>
    new AwsError(
      'IdempotentParameterMismatch',
      'Arguments on this idempotent request are inconsistent with arguments used in previous request(s).',
    ),
  noImage: (id: string) => new AwsError('InvalidAMIID.NotFound', `The image id '[${id}]' does not exist`),
  noDefaultVpc: () => new AwsError('VPCIdNotSpecified', 'No default VPC for this user'),
  architecture: (type: string, image: string) =>
    invalidValue(
      `The architecture '${type}' of the specified instance type does not match the architecture '${image}' of the ` +
        'specified AMI. Specify an instance type and an AMI that have matching architectures, and try again. You can ' +
        "use 'describe-instance-types' or 'describe-images' to discover the architecture of the instance type or AMI.",
    ),
  userDataTooLong: () => invalidValue('User data is limited to 16384 bytes'),
  userDataNotBase64: () => invalidValue('Invalid BASE64 encoding of user data'),
  unknownFilter: (name: string) => invalidValue(`The filter '${name}' is invalid`),
  tooManyTags: () =>
    new AwsError('TagLimitExceeded', 'The maximum number of Tags for a resource has been reached.'),
  // own
  reservedTag: (key: string) =>
    invalidValue(`Tag keys starting with 'aws:' are reserved for internal use: ${key}`),
  untaggable: (id: string) => new AwsError('InvalidID', `The ID '${id}' is not valid`),
} as const;
