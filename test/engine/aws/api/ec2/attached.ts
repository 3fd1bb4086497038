import {
  DescribeNetworkInterfaces$,
  type DescribeNetworkInterfacesRequest,
  type DescribeNetworkInterfacesResult,
  DescribeVolumes$,
  type DescribeVolumesRequest,
  type DescribeVolumesResult,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../errors.ts';
import { operation } from '../wire/operation.ts';
import { described, filtered } from './describe.ts';
import { kinds } from './errors.ts';
import { instanceView } from './instance-view.ts';

/** What comes and goes with an instance: its volume and its network interface. */
export const attachedOperations = [
  operation<DescribeVolumesRequest, DescribeVolumesResult>(DescribeVolumes$, (input, call) => {
    const { items, next } = described(
      call.region.ec2.volumes,
      { input, ids: input.VolumeIds, call },
      {
        'volume-id': ({ id }) => [id],
        'attachment.instance-id': ({ instanceId }) => [instanceId],
        'availability-zone': ({ availabilityZone }) => [availabilityZone],
        encrypted: ({ encrypted }) => [String(encrypted)],
        status: () => ['in-use'],
      },
    );
    return {
      Volumes: items.map((volume) => ({
        VolumeId: volume.id,
        Size: volume.size,
        VolumeType: volume.volumeType as never,
        Encrypted: volume.encrypted,
        Iops: volume.iops,
        Throughput: volume.throughput,
        SnapshotId: volume.snapshotId,
        AvailabilityZone: volume.availabilityZone,
        State: 'in-use',
        CreateTime: volume.createTime,
        MultiAttachEnabled: false,
        Attachments: [
          {
            VolumeId: volume.id,
            InstanceId: volume.instanceId,
            Device: '/dev/xvda',
            State: 'attached',
            DeleteOnTermination: volume.deleteOnTermination,
          },
        ],
        Tags: volume.tags,
      })),
      NextToken: next,
    };
  }),
  operation<DescribeNetworkInterfacesRequest, DescribeNetworkInterfacesResult>(
    DescribeNetworkInterfaces$,
    ({ Filters, NetworkInterfaceIds }, { region: { ec2 } }) => {
      const all = ec2.instances.all.flatMap((instance) =>
        (instanceView(ec2, instance).NetworkInterfaces ?? []).map((one) => ({ instance, one })),
      );
      const missing = (NetworkInterfaceIds ?? []).find(
        (id) => !all.some(({ one }) => one.NetworkInterfaceId === id),
      );
      if (missing !== undefined) {
        throw new AwsError(kinds.networkInterface.notFound, kinds.networkInterface.message(missing));
      }
      const wanted = all.filter(
        ({ one }) => NetworkInterfaceIds?.includes(one.NetworkInterfaceId ?? '') ?? true,
      );
      const shown = filtered(wanted, Filters, {
        'network-interface-id': ({ one }) => [one.NetworkInterfaceId],
        'attachment.instance-id': ({ instance }) => [instance.id],
        'attachment.attachment-id': ({ one }) => [one.Attachment?.AttachmentId],
        'subnet-id': ({ one }) => [one.SubnetId],
        'vpc-id': ({ one }) => [one.VpcId],
        'group-id': ({ instance }) => instance.groups.map(({ id }) => id),
        'attachment.instance-owner-id': ({ one }) => [one.OwnerId],
        description: () => [''],
        status: ({ one }) => [one.Status],
      });
      return {
        NetworkInterfaces: shown.map(({ instance, one: { Attachment, Ipv6Addresses, ...one } }) => ({
          ...one,
          AvailabilityZone: instance.subnet.availabilityZone,
          Description: '',
          Ipv6Addresses: (Ipv6Addresses ?? []).map(({ Ipv6Address }) => ({ Ipv6Address })),
          Attachment: {
            AttachmentId: Attachment?.AttachmentId,
            DeviceIndex: 0,
            DeleteOnTermination: true,
            InstanceId: instance.id,
            Status: 'attached' as const,
          },
          RequesterManaged: false,
          TagSet: [],
        })) as never,
      };
    },
  ),
];
