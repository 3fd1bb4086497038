import type { Existing, Region } from '../account.ts';
import type { RoutedInstance } from '../options.ts';
import { kinds } from './errors.ts';
import type { Instance, Volume } from './instance.ts';
import type { InternetGateway, RouteTable, Rule, SecurityGroup, Subnet, Vpc } from './network.ts';
import { type Resource, Store } from './store.ts';

/** An Elastic IP address. */
export interface Address extends Resource {
  publicIp: string;
  association: { id: string; instance: Instance } | undefined;
}

/** What EC2 has in one region. */
export class Ec2 {
  readonly region: Region;
  readonly vpcs = new Store<Vpc>(kinds.vpc);
  readonly internetGateways = new Store<InternetGateway>(kinds.internetGateway);
  readonly subnets = new Store<Subnet>(kinds.subnet);
  readonly routeTables = new Store<RouteTable>(kinds.routeTable);
  readonly securityGroups = new Store<SecurityGroup>(kinds.securityGroup);
  readonly rules = new Store<Rule>(kinds.rule);
  readonly instances = new Store<Instance>(kinds.instance);
  readonly volumes = new Store<Volume>(kinds.volume);
  readonly addresses = new Store<Address>(kinds.address);
  /** What RunInstances answered, by client token. */
  runs = new Map<string, { input: string; instances: Instance[] }>();

  constructor(region: Region) {
    this.region = region;
  }

  get stores(): Store<Resource>[] {
    return [
      this.vpcs,
      this.internetGateways,
      this.subnets,
      this.routeTables,
      this.securityGroups,
      this.rules,
      this.instances,
      this.volumes,
      this.addresses,
    ] as unknown as Store<Resource>[];
  }

  contents() {
    return { stores: this.stores.map(({ all }) => all), runs: this.runs };
  }

  fill({ stores, runs }: ReturnType<Ec2['contents']>): void {
    for (const [index, store] of this.stores.entries()) {
      store.fill(stores[index] ?? []);
    }
    this.runs = runs;
  }

  /** How a new resource begins. */
  get fresh(): Pick<Resource, 'unseen'> {
    const { schedule, settings } = this.region.account;
    return { unseen: { reads: settings.unseenReads, until: schedule.now() + settings.times.ec2Unseen } };
  }

  addressOf(instance: Instance): Address | undefined {
    return this.addresses.all.find(({ association }) => association?.instance === instance);
  }

  /** What a caller made. What comes and goes with a VPC by itself is left out, as are the dead. */
  exists(): Omit<Existing, 'region'>[] {
    const byItself = new Set([
      ...this.routeTables.all.filter(({ main }) => main).map(({ id }) => id),
      ...this.securityGroups.all.filter(({ name }) => name === 'default').map(({ id }) => id),
      ...this.instances.all.filter(({ state }) => state === 'terminated').map(({ id }) => id),
    ]);
    return this.stores
      .filter((store) => store.kind !== kinds.rule)
      .flatMap((store) =>
        store.all
          .filter(({ id }) => !byItself.has(id))
          .map(({ id, tags }) => ({
            service: 'ec2' as const,
            type: store.kind.type,
            id,
            tags: Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value])),
          })),
      );
  }

  routes(): [string, RoutedInstance][] {
    return this.instances.all
      .filter(({ state }) => state === 'running')
      .flatMap((instance) => {
        const { id, userData } = instance;
        const routed = { service: 'ec2' as const, region: this.region.name, id, userData };
        return [this.addressOf(instance)?.publicIp ?? instance.temporaryIpv4, ...instance.ipv6]
          .filter((address) => address !== '' && this.hasGateway(instance, address))
          .map((address): [string, RoutedInstance] => [address, routed]);
      });
  }

  /** Whether the instance's subnet has a way to and from the internet for the address's family. */
  hasGateway(instance: Instance, address: string): boolean {
    const { subnet } = instance;
    const table =
      this.routeTables.all.find(({ associations }) => associations.some((one) => one.subnet === subnet)) ??
      this.routeTables.all.find(({ main, vpc }) => main && vpc === subnet.vpc);
    const destination = address.includes(':') ? '::/0' : '0.0.0.0/0';
    const route = table?.routes.find((one) => one.destination === destination);
    return this.internetGateways.find(route?.gatewayId)?.vpc === subnet.vpc;
  }
}
