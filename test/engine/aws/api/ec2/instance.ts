import type { InstanceMetadataOptionsResponse, InstanceStateName } from '@aws-sdk/client-ec2';
import type { SecurityGroup, Subnet } from './network.ts';
import type { Resource } from './store.ts';

export interface Instance extends Resource {
  imageId: string;
  instanceType: string;
  architecture: 'arm64' | 'x86_64';
  subnet: Subnet;
  groups: SecurityGroup[];
  state: Extract<
    InstanceStateName,
    'pending' | 'running' | 'shutting-down' | 'terminated' | 'stopping' | 'stopped'
  >;
  /** As sent, decoded. */
  userData: string;
  launchTime: Date;
  clientToken: string;
  reservationId: string;
  privateIpv4: string;
  /** Empty where nothing asked for one, and while an Elastic IP is associated. */
  temporaryIpv4: string;
  hasTemporaryIpv4: boolean;
  ipv6: string[];
  /** Among all instances of the account, from 1. */
  ordinal: number;
  turn: number;
  networkInterface: { id: string; attachmentId: string; macAddress: string };
  rootVolume: Volume;
  metadataOptions: InstanceMetadataOptionsResponse;
  creditSpecification: string;
  autoRecovery: 'default' | 'disabled';
  disableApiTermination: boolean;
  disableApiStop: boolean;
  shutdownBehavior: 'stop' | 'terminate';
  ebsOptimized: boolean;
  monitoring: boolean;
  keyName: string | undefined;
  instanceProfile: string | undefined;
  sourceDestCheck: boolean;
}

export interface Volume extends Resource {
  size: number;
  volumeType: string;
  encrypted: boolean;
  iops: number;
  throughput: number;
  snapshotId: string;
  availabilityZone: string;
  instanceId: string;
  deleteOnTermination: boolean;
  createTime: Date;
}
