import type { Instance as InstanceView, StaticIp as StaticIpView } from '@aws-sdk/client-lightsail';
import { blueprintOf, bundlesIn } from './catalogue.ts';
import type { Instance, Lightsail, StaticIp } from './state.ts';

/** As in EC2 (Lightsail API reference, InstanceState). */
export const stateCodes = { pending: 0, running: 16, 'shutting-down': 32 } as const;

export function instanceView(lightsail: Lightsail, instance: Instance): InstanceView {
  const region = lightsail.region.name;
  const bundle = bundlesIn(region).find(({ bundleId }) => bundleId === instance.bundleId);
  const staticIp = lightsail.staticIpOf(instance);
  const ipv4 = staticIp?.address ?? instance.temporaryIpv4;
  return {
    name: instance.name,
    arn: instance.arn,
    supportCode: instance.supportCode,
    createdAt: instance.createdAt,
    location: { availabilityZone: instance.availabilityZone, regionName: region as never },
    resourceType: 'Instance',
    tags: instance.tags,
    blueprintId: instance.blueprintId,
    blueprintName: blueprintOf(instance.blueprintId)?.name,
    bundleId: instance.bundleId,
    addOns: [],
    isStaticIp: staticIp !== undefined,
    privateIpAddress: instance.privateIpv4,
    ...(ipv4 === '' ? {} : { publicIpAddress: ipv4 }),
    ipv6Addresses: instance.ipv6 === '' ? [] : [instance.ipv6],
    ipAddressType: instance.ipAddressType,
    hardware: {
      cpuCount: bundle?.cpuCount,
      ramSizeInGb: bundle?.ramSizeInGb,
      disks: [{ sizeInGb: bundle?.diskSizeInGb, isSystemDisk: true, path: '/dev/xvda' }],
    },
    networking: {
      monthlyTransfer: { gbPerMonthAllocated: bundle?.transferPerMonthInGb },
      ports: instance.ports,
    },
    state: { code: stateCodes[instance.state], name: instance.state },
    username: 'admin',
    sshKeyName: 'LightsailDefaultKeyPair',
  };
}

export function staticIpView(lightsail: Lightsail, staticIp: StaticIp): StaticIpView {
  return {
    name: staticIp.name,
    arn: staticIp.arn,
    supportCode: staticIp.supportCode,
    createdAt: staticIp.createdAt,
    location: { availabilityZone: 'all', regionName: lightsail.region.name as never },
    resourceType: 'StaticIp',
    ipAddress: staticIp.address,
    ...(staticIp.attachedTo === undefined ? {} : { attachedTo: staticIp.attachedTo }),
    isAttached: staticIp.attachedTo !== undefined,
  };
}
