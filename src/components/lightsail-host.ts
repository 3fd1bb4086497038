import { Instance } from '@pulumi/aws/lightsail/instance.js';
import { InstancePublicPorts } from '@pulumi/aws/lightsail/instancePublicPorts.js';
import { StaticIp } from '@pulumi/aws/lightsail/staticIp.js';
import { StaticIpAttachment } from '@pulumi/aws/lightsail/staticIpAttachment.js';
import * as pulumi from '@pulumi/pulumi';
import { markedName, markTags } from '../model/marks.ts';
import type { RelayService } from '../model/relay.ts';
import type { RelayHost } from '../model/relay-plan.ts';
import { Gate } from './gate.ts';
import { LightsailLeftovers } from './lightsail-leftovers.ts';
import { openPorts, type RelayHostArgs, type RelayHostResult } from './relay-host.ts';

type Lightsail = Extract<RelayHost, { kind: 'lightsail' }>;

export interface LightsailHostArgs extends RelayHostArgs<Lightsail> {
  /** Detaches a static IP, by its name, where it is attached. */
  readonly freeAddress: (staticIpName: string) => Promise<void>;
}

/** A relay's host at Lightsail, and the address that outlives it. */
export class LightsailHost extends pulumi.ComponentResource implements RelayHostResult {
  readonly address: pulumi.Output<string>;
  readonly attachment: StaticIpAttachment;
  readonly hostId: pulumi.Output<string>;
  readonly kept: readonly pulumi.Output<string>[];

  constructor(
    name: string,
    args: LightsailHostArgs,
    options: pulumi.ComponentResourceOptions & { readonly provider: pulumi.ProviderResource },
  ) {
    super('reach4:relay:LightsailHost', name, {}, options);
    const child = { parent: this };
    const forgotten = lastToGo(args, child);
    const staticIp = new StaticIp(markedName(args.id, 'address'), {}, { ...child, dependsOn: forgotten });
    // The address is the last to go, so that it is not released under a host that can't be deleted.
    const instance = newInstance(args, { ...child, dependsOn: staticIp });
    const ports = publicPorts(name, instance, args, child);
    const gate = newGate(name, instance, args, { ...child, dependsOn: ports });
    this.attachment = attach(name, staticIp, instance, args, { ...child, dependsOn: gate });
    this.address = staticIp.ipAddress;
    this.hostId = instance.name;
    this.kept = [instance.name, staticIp.name];
    this.registerOutputs({ address: this.address });
  }
}

type Args = LightsailHostArgs;
type Options = pulumi.CustomResourceOptions;

/** Whatever was made and never recorded goes when everything else is gone. */
const lastToGo = ({ id, host: { region } }: Args, options: Options): LightsailLeftovers =>
  new LightsailLeftovers('leftovers-first', { region, mark: id, kept: [], sweeps: 'at-teardown' }, options);

/** The engine gives each a name of its own that begins with this one: a new host stands beside the old. */
const newInstance = ({ id, host, userData }: Args, options: Options): Instance =>
  new Instance(
    markedName(id, 'host'),
    {
      availabilityZone: host.availabilityZone,
      blueprintId: host.blueprintId,
      bundleId: host.bundleId,
      ipAddressType: 'dualstack',
      userData,
      tags: markTags(id),
    },
    options,
  );

/** Opens these and closes all others, SSH among them. */
const publicPorts = (
  name: string,
  instance: Instance,
  { services }: Args,
  options: Options,
): InstancePublicPorts =>
  new InstancePublicPorts(
    `${name}-ports`,
    { instanceName: instance.name, portInfos: portInfos(services) },
    // Deleting would close the ports one by one, also of a host that has its new ones already. They go with the host.
    { ...options, retainOnDelete: true },
  );

/** In Lightsail's form. Both families are spelt out: what is left out comes back filled in, and then drifts. */
const portInfos = (services: readonly RelayService[]) => [
  ...openPorts(services).map(({ protocol, port }) => ({
    protocol,
    fromPort: port,
    toPort: port,
    cidrs: ['0.0.0.0/0'],
    ipv6Cidrs: ['::/0'],
  })),
  // IPv6 needs it to find out what size of packets a path takes (RFC 4890 4.3.1). -1: all types and codes.
  { protocol: 'icmpv6', fromPort: -1, toPort: -1, ipv6Cidrs: ['::/0'] },
];

const newGate = (name: string, instance: Instance, { prove }: Args, options: Options): Gate =>
  new Gate(
    `${name}-gate`,
    {
      host: instance.name,
      hostUrn: instance.urn,
      ipv6: instance.ipv6Addresses.apply((addresses) => addresses[0] ?? ''),
      ipv4: instance.publicIpAddress,
      prove,
    },
    options,
  );

/**
 * Lightsail detaches by the address's name, whatever it is attached to: made first, the new attachment would be what
 * the deletion of the old one takes away. Hence the old one goes first, once the gate has let the new host pass. An `up`
 * that broke off may have attached the address without having recorded that, so it is freed before.
 */
function attach(
  name: string,
  staticIp: StaticIp,
  instance: Instance,
  { freeAddress }: Args,
  options: Options,
): StaticIpAttachment {
  const isFree = new pulumi.ResourceHook(`${name}-address-is-free`, ({ newInputs }) =>
    freeAddress(String(newInputs?.staticIpName)),
  );
  return new StaticIpAttachment(
    `${name}-attachment`,
    { staticIpName: staticIp.name, instanceName: instance.name },
    { ...options, deleteBeforeReplace: true, hooks: { beforeCreate: [isFree] } },
  );
}
