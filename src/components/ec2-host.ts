import { MetricAlarm } from '@pulumi/aws/cloudwatch/metricAlarm.js';
import { Eip } from '@pulumi/aws/ec2/eip.js';
import { EipAssociation } from '@pulumi/aws/ec2/eipAssociation.js';
import { Instance } from '@pulumi/aws/ec2/instance.js';
import { getParameterOutput } from '@pulumi/aws/ssm/getParameter.js';
import * as pulumi from '@pulumi/pulumi';
import { markedName, markTags } from '../model/marks.ts';
import type { RelayHost } from '../model/relay-plan.ts';
import { Ec2Leftovers } from './ec2-leftovers.ts';
import { Ec2Network, type InTheWay } from './ec2-network.ts';
import { Gate } from './gate.ts';
import type { RelayHostArgs, RelayHostResult } from './relay-host.ts';

interface Ec2HostArgs extends RelayHostArgs<Extract<RelayHost, { kind: 'ec2' }>> {
  readonly inTheWay: InTheWay;
}
type Args = Ec2HostArgs;

/** A relay's host on EC2, its network, and the address that outlives it. */
export class Ec2Host extends pulumi.ComponentResource implements RelayHostResult {
  readonly address: pulumi.Output<string>;
  readonly attachment: EipAssociation;
  readonly hostId: pulumi.Output<string>;
  readonly kept: readonly pulumi.Output<string>[];

  constructor(
    name: string,
    args: Args,
    options: pulumi.ComponentResourceOptions & { readonly provider: pulumi.ProviderResource },
  ) {
    super('reach4:relay:Ec2Host', name, {}, options);
    const child = { parent: this };
    const { id, services, host, inTheWay } = args;
    const forgotten = sweepsAtTeardown('leftovers-first', [], args, child);
    const networkArgs = { id, services, inTheWay, region: host.region };
    const network = new Ec2Network(`${name}-network`, networkArgs, { ...child, dependsOn: forgotten });
    // Can't be had before the network is connected, and goes before it.
    const eip = new Eip(
      markedName(id, 'address'),
      { domain: 'vpc', tags: named(id, 'address') },
      { ...child, dependsOn: network.gateway },
    );
    // At teardown, hosts that were never recorded go before what they use.
    const before = sweepsAtTeardown('leftovers-hosts', [...network.kept, eip.id], args, {
      ...child,
      dependsOn: [eip, ...network.whole],
    });
    const image = newestImage(args, child);
    const instance = newInstance(network, image, args, { ...child, dependsOn: before });
    const alarm = recoverAlarm(instance, args, child);
    const gate = newGate(name, instance, args, child);
    this.attachment = attach(name, eip, instance, { ...child, dependsOn: gate });
    this.address = eip.publicIp;
    this.hostId = instance.id;
    this.kept = [...network.kept, eip.id, instance.id, alarm.name];
    this.registerOutputs({ address: this.address });
  }
}

type Options = pulumi.CustomResourceOptions;

const named = (id: string, what: string) => ({ ...markTags(id), Name: markedName(id, what) });

const sweepsAtTeardown = (
  name: string,
  kept: readonly pulumi.Output<string>[],
  { id, host: { region } }: Args,
  options: Options,
): Ec2Leftovers => new Ec2Leftovers(name, { region, mark: id, kept, sweeps: 'at-teardown' }, options);

/** As Debian tells it (Debian wiki, "Cloud/AmazonEC2Image"). */
const newestImage = (
  { host: { architecture } }: Args,
  options: pulumi.InvokeOptions,
): pulumi.Output<string> =>
  getParameterOutput({ name: `/aws/service/debian/release/13/latest/${architecture}` }, options)
    .insecureValue;

/** GB; the image's own size. */
const DISK_GB = 8;

/** Types that have CPU credits (EC2 user guide, "Burstable performance instances"). */
const BURSTABLE = /^t\d/u;

/**
 * Another text of the user data is another host. A newer image is none: the host updates itself, so the image stays what
 * it was when the stack was first made.
 */
const newInstance = (
  network: Ec2Network,
  ami: pulumi.Output<string>,
  { id, host, userData }: Args,
  options: Options,
): Instance =>
  new Instance(
    markedName(id, 'host'),
    {
      ami,
      instanceType: host.instanceType,
      subnetId: network.subnetId,
      vpcSecurityGroupIds: [network.securityGroupId],
      ipv6AddressCount: 1,
      userData,
      userDataReplaceOnChange: true,
      // No surcharge for CPU: a relay that is busy becomes slower instead.
      ...(BURSTABLE.test(host.instanceType) ? { creditSpecification: { cpuCredits: 'standard' } } : {}),
      // No key, and nothing that could be had by a request that is made on somebody's behalf.
      metadataOptions: { httpEndpoint: 'enabled', httpTokens: 'required', httpPutResponseHopLimit: 1 },
      rootBlockDevice: {
        volumeType: 'gp3',
        volumeSize: DISK_GB,
        encrypted: true,
        tags: named(id, 'disk'),
      },
      maintenanceOptions: { autoRecovery: 'default' },
      tags: named(id, 'host'),
    },
    { ...options, ignoreChanges: ['ami'] },
  );

/** Moves the host to other hardware where its own fails; with its address, and as it is. */
const recoverAlarm = (instance: Instance, { id, host: { region } }: Args, options: Options): MetricAlarm =>
  new MetricAlarm(
    markedName(id, 'recover'),
    {
      // Always the same: putting it twice is putting it once.
      name: markedName(id, 'recover'),
      namespace: 'AWS/EC2',
      metricName: 'StatusCheckFailed_System',
      dimensions: { InstanceId: instance.id },
      statistic: 'Maximum',
      comparisonOperator: 'GreaterThanThreshold',
      threshold: 0,
      // Two minutes, as AWS recommends (EC2 user guide, "Create alarms that stop, terminate, reboot, or recover").
      period: 60,
      evaluationPeriods: 2,
      alarmActions: [`arn:aws:automate:${region}:ec2:recover`],
      tags: markTags(id),
    },
    options,
  );

const newGate = (name: string, instance: Instance, { prove }: Args, options: Options): Gate =>
  new Gate(
    `${name}-gate`,
    {
      host: instance.id,
      hostUrn: instance.urn,
      ipv6: instance.ipv6Addresses.apply((addresses) => addresses[0] ?? ''),
      ipv4: instance.publicIp,
      prove,
    },
    options,
  );

/** Made anew before the old one goes: AWS moves the address, and an association goes by an id of its own. */
const attach = (name: string, eip: Eip, instance: Instance, options: Options): EipAssociation =>
  new EipAssociation(
    `${name}-attachment`,
    { allocationId: eip.id, instanceId: instance.id, allowReassociation: true },
    options,
  );
