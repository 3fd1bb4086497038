/**
 * internal/service/ec2/ec2_instance.go, what a program may say of an instance that is launched into a subnet with one
 * network interface of its own and no launch template; and what it may read.
 */
import type { Property, Schema } from '../bridge/schema.ts';
import { between, oneOf } from '../bridge/validators.ts';
import { regional, tagged } from '../tags.ts';

const optional = { optional: true, computed: true } as const;
const shown = { computed: true } as const;
const onOff = oneOf('enabled', 'disabled');

/** What is not there in the program stays as it is. */
const keptUnlessSaid: Property['suppress'] = ({ before, after }) =>
  before !== undefined && after === undefined;

export const instanceSchema: Schema = {
  ...regional,
  ...tagged,
  ami: { type: 'string', ...optional, forceNew: true },
  associatePublicIpAddress: { type: 'boolean', ...optional, forceNew: true },
  availabilityZone: { type: 'string', ...optional, forceNew: true },
  creditSpecification: {
    type: 'block',
    optional: true,
    suppress: keptUnlessSaid,
    fields: {
      cpuCredits: {
        type: 'string',
        optional: true,
        suppress: keptUnlessSaid,
        validate: oneOf('standard', 'unlimited'),
      },
    },
  },
  disableApiStop: { type: 'boolean', ...optional },
  disableApiTermination: { type: 'boolean', ...optional },
  ebsOptimized: { type: 'boolean', ...optional, forceNew: true },
  iamInstanceProfile: { type: 'string', ...optional },
  instanceInitiatedShutdownBehavior: { type: 'string', ...optional },
  instanceType: { type: 'string', ...optional },
  ipv6AddressCount: {
    type: 'number',
    ...optional,
    forceNew: true,
    conflictsWith: ['ipv6Addresses'],
  },
  ipv6Addresses: { type: 'list', ...optional, forceNew: true, conflictsWith: ['ipv6AddressCount'] },
  keyName: { type: 'string', ...optional, forceNew: true },
  maintenanceOptions: {
    type: 'block',
    ...optional,
    fields: { autoRecovery: { type: 'string', ...optional, validate: oneOf('default', 'disabled') } },
  },
  metadataOptions: {
    type: 'block',
    ...optional,
    fields: {
      httpEndpoint: { type: 'string', ...optional, validate: onOff },
      httpProtocolIpv6: { type: 'string', ...optional, validate: onOff },
      httpPutResponseHopLimit: { type: 'number', ...optional, validate: between(1, 64) },
      httpTokens: { type: 'string', ...optional, validate: oneOf('optional', 'required') },
      instanceMetadataTags: { type: 'string', ...optional, validate: onOff },
    },
  },
  monitoring: { type: 'boolean', ...optional },
  privateIp: { type: 'string', ...optional, forceNew: true },
  rootBlockDevice: {
    type: 'block',
    ...optional,
    fields: {
      deleteOnTermination: { type: 'boolean', optional: true, default: true },
      encrypted: { type: 'boolean', ...optional, forceNew: true },
      iops: { type: 'number', ...optional },
      kmsKeyId: { type: 'string', ...optional, forceNew: true },
      tags: { type: 'map', optional: true },
      throughput: { type: 'number', ...optional },
      volumeSize: { type: 'number', ...optional },
      volumeType: {
        type: 'string',
        ...optional,
        validate: oneOf('standard', 'io1', 'io2', 'gp2', 'sc1', 'st1', 'gp3'),
      },
      deviceName: { type: 'string', ...shown },
      tagsAll: { type: 'map', ...shown },
      volumeId: { type: 'string', ...shown },
    },
  },
  sourceDestCheck: { type: 'boolean', optional: true, default: true },
  subnetId: { type: 'string', ...optional, forceNew: true },
  tenancy: { type: 'string', ...optional, forceNew: true, validate: oneOf('default', 'dedicated', 'host') },
  userData: {
    type: 'string',
    optional: true,
    conflictsWith: ['userDataBase64'],
    validate: (text) => (String(text).length <= 16_384 ? undefined : 'to be in the range (0 - 16384)'),
  },
  userDataBase64: {
    type: 'string',
    ...optional,
    conflictsWith: ['userData'],
    validate: (text) => (/^[\w+/]*={0,2}$/.test(String(text)) ? undefined : 'to be base64-encoded'),
  },
  userDataReplaceOnChange: { type: 'boolean', optional: true, default: false },
  vpcSecurityGroupIds: { type: 'set', ...optional },
  arn: { type: 'string', ...shown },
  capacityReservationSpecification: {
    type: 'block',
    ...shown,
    fields: { capacityReservationPreference: { type: 'string', ...shown } },
  },
  cpuOptions: {
    type: 'block',
    ...shown,
    fields: { coreCount: { type: 'number', ...shown }, threadsPerCore: { type: 'number', ...shown } },
  },
  ebsBlockDevices: { type: 'set', ...shown },
  enclaveOptions: { type: 'block', ...shown, fields: { enabled: { type: 'boolean', ...shown } } },
  ephemeralBlockDevices: { type: 'set', ...shown },
  hibernation: { type: 'boolean', ...shown },
  hostId: { type: 'string', ...shown },
  instanceState: { type: 'string', ...shown },
  outpostArn: { type: 'string', ...shown },
  placementGroup: { type: 'string', ...shown },
  primaryNetworkInterfaceId: { type: 'string', ...shown },
  privateDns: { type: 'string', ...shown },
  privateDnsNameOptions: {
    type: 'block',
    ...shown,
    fields: {
      enableResourceNameDnsAaaaRecord: { type: 'boolean', ...shown },
      enableResourceNameDnsARecord: { type: 'boolean', ...shown },
      hostnameType: { type: 'string', ...shown },
    },
  },
  publicDns: { type: 'string', ...shown },
  publicIp: { type: 'string', ...shown },
  secondaryPrivateIps: { type: 'set', ...shown },
  securityGroups: { type: 'set', ...shown },
};
