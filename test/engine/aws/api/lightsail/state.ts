import { randomInt, randomUUID } from 'node:crypto';
import type {
  InstancePortInfo,
  IpAddressType,
  Operation,
  OperationType,
  ResourceType,
  Tag,
} from '@aws-sdk/client-lightsail';
import type { Existing, Region } from '../account.ts';
import type { RoutedInstance } from '../options.ts';
import { refusal } from './errors.ts';

interface Resource {
  name: string;
  arn: string;
  supportCode: string;
  createdAt: Date;
}

export interface Instance extends Resource {
  type: 'Instance';
  availabilityZone: string;
  blueprintId: string;
  bundleId: string;
  ipAddressType: IpAddressType;
  userData: string;
  state: 'pending' | 'running' | 'shutting-down';
  tags: Tag[];
  ports: InstancePortInfo[];
  privateIpv4: string;
  /** Empty until it runs, and while a static IP is attached. */
  temporaryIpv4: string;
  ipv6: string;
  /** Among all instances of the account, from 1. */
  ordinal: number;
  /** How many temporary addresses it has had. */
  turn: number;
}

export interface StaticIp extends Resource {
  type: 'StaticIp';
  address: string;
  attachedTo: string | undefined;
}

/** What Lightsail has in one region. Names are unique there, whatever they name. */
export class Lightsail {
  readonly region: Region;
  readonly operations: Operation[] = [];
  readonly #resources = new Map<string, Instance | StaticIp>();

  constructor(region: Region) {
    this.region = region;
  }

  get instances(): Instance[] {
    return [...this.#resources.values()].filter((one) => one.type === 'Instance');
  }

  get staticIps(): StaticIp[] {
    return [...this.#resources.values()].filter((one) => one.type === 'StaticIp');
  }

  instance(name: string): Instance {
    const found = this.#resources.get(name);
    if (found?.type !== 'Instance') {
      throw refusal.notFound('Instance', name);
    }
    return found;
  }

  staticIp(name: string): StaticIp {
    const found = this.#resources.get(name);
    if (found?.type !== 'StaticIp') {
      throw refusal.notFound('StaticIp', name);
    }
    return found;
  }

  named(name: string): Instance | StaticIp | undefined {
    return this.#resources.get(name);
  }

  staticIpOf(instance: Instance): StaticIp | undefined {
    return this.staticIps.find((one) => one.attachedTo === instance.name);
  }

  add(resource: Instance | StaticIp): void {
    this.#resources.set(resource.name, resource);
  }

  remove(resource: Instance | StaticIp): void {
    // Unless the name has become another's in the meantime.
    if (this.#resources.get(resource.name) === resource) {
      this.#resources.delete(resource.name);
    }
  }

  /** What every resource has, once its name is found valid and free. */
  newResource(type: ResourceType, name: string): Resource {
    if (!/^[A-Za-z0-9][\w.-]{0,253}[A-Za-z0-9]$/.test(name)) {
      throw refusal.nameInvalid(name);
    }
    if (this.#resources.has(name)) {
      throw refusal.nameTaken(name);
    }
    const { account, name: region } = this.region;
    return {
      name,
      arn: `arn:aws:lightsail:${region}:${account.id}:${type}/${randomUUID()}`,
      supportCode: `${account.id}/${randomInt(1e9)}`,
      createdAt: account.now,
    };
  }

  /** A new address at each start and whenever a static IP goes (Lightsail user guide, "IP addresses"). */
  giveTemporaryIpv4(instance: Instance): void {
    if (instance.ipAddressType === 'ipv6') {
      instance.temporaryIpv4 = '';
      return;
    }
    instance.turn += 1;
    const { publicIpv4 } = this.region.account.addressesOf(instance);
    instance.temporaryIpv4 = publicIpv4 ?? this.region.account.newPublicIpv4();
  }

  /**
   * Records an operation. `done` is what it still has to do, `milliseconds` from now; without it, it has been done.
   */
  operate(
    // These two are missing in the model, and answered all the same (AWS CLI, examples of tag-resource).
    operationType: OperationType | 'TagResource' | 'UntagResource',
    { name, type }: Pick<Instance | StaticIp, 'name' | 'type'>,
    details: { availabilityZone?: string; operationDetails?: string } = {},
    later?: { milliseconds: number; done: () => void },
  ): Operation {
    const { account, name: regionName } = this.region;
    const operation: Operation = {
      id: randomUUID(),
      resourceName: name,
      resourceType: type,
      createdAt: account.now,
      location: { availabilityZone: details.availabilityZone ?? 'all', regionName: regionName as never },
      isTerminal: later === undefined,
      operationDetails: details.operationDetails ?? '',
      operationType: operationType as OperationType,
      status: later === undefined ? 'Succeeded' : 'Started',
      statusChangedAt: account.now,
    };
    this.operations.push(operation);
    if (later !== undefined) {
      account.schedule.after(later.milliseconds, () => {
        later.done();
        Object.assign(operation, { isTerminal: true, status: 'Succeeded', statusChangedAt: account.now });
      });
    }
    return operation;
  }

  contents() {
    return { resources: [...this.#resources.values()], operations: this.operations };
  }

  fill({ resources, operations }: ReturnType<Lightsail['contents']>): void {
    this.#resources.clear();
    for (const resource of resources) {
      this.add(resource);
    }
    this.operations.splice(0, Number.POSITIVE_INFINITY, ...operations);
  }

  exists(): Omit<Existing, 'region'>[] {
    const instances = this.instances.map(({ name, tags }) => ({
      service: 'lightsail' as const,
      type: 'instance',
      id: name,
      tags: Object.fromEntries(tags.map(({ key = '', value = '' }) => [key, value])),
    }));
    const addresses = this.staticIps.map(({ name }) => ({
      service: 'lightsail' as const,
      type: 'static-ip',
      id: name,
      tags: {},
    }));
    return [...instances, ...addresses];
  }

  routes(): [string, RoutedInstance][] {
    return this.instances
      .filter(({ state }) => state === 'running')
      .flatMap((instance) => {
        const { name: id, userData } = instance;
        const routed = { service: 'lightsail' as const, region: this.region.name, id, userData };
        const ipv4 = this.staticIpOf(instance)?.address ?? instance.temporaryIpv4;
        return [ipv4, instance.ipv6]
          .filter((address) => address !== '')
          .map((address): [string, RoutedInstance] => [address, routed]);
      });
  }
}
