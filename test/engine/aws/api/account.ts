import { randomInt } from 'node:crypto';
import { Certificates } from './acm/state.ts';
import { Distributions } from './cloudfront/state.ts';
import { Alarms } from './cloudwatch/alarms.ts';
import { Ec2 } from './ec2/state.ts';
import { Lightsail } from './lightsail/state.ts';
import type { Addresses, AwsOptions, Route, RoutedInstance, Settings } from './options.ts';
import { Zones } from './route53/zones.ts';
import { Schedule } from './schedule.ts';

/** Something that costs, or is in the way, until it is deleted. */
export interface Existing {
  service: 'ec2' | 'lightsail' | 'cloudwatch' | 'route53' | 'acm' | 'cloudfront';
  region: string;
  /** `instance`, `static-ip`, `record` */
  type: string;
  id: string;
  tags: Record<string, string>;
}

/** One AWS account with all it has. */
export class Account {
  readonly id = '123456789012';
  readonly settings: Settings;
  readonly schedule: Schedule;
  readonly zones: Zones;
  readonly distributions: Distributions;
  readonly #options: AwsOptions;
  readonly #regions = new Map<string, Region>();
  #routes = new Map<string, RoutedInstance>();
  #announced: Promise<void> = Promise.resolve();
  #instances = 0;
  #statics = 0;

  constructor(options: AwsOptions, settings: Settings) {
    this.#options = options;
    this.settings = settings;
    this.schedule = new Schedule(options.clock ?? Date.now, () => void this.announce());
    this.zones = new Zones(this);
    this.distributions = new Distributions(this);
  }

  get now(): Date {
    return new Date(this.schedule.now());
  }

  region(name: string): Region {
    const region = this.#regions.get(name) ?? new Region(name, this);
    this.#regions.set(name, region);
    return region;
  }

  exists(): Existing[] {
    this.schedule.settle();
    const regional = [...this.#regions.values()].flatMap((region) =>
      [
        ...region.lightsail.exists(),
        ...region.ec2.exists(),
        ...region.alarms.exists(),
        ...region.certificates.exists(),
      ].map((one) => ({ ...one, region: region.name })),
    );
    const everywhere = [...this.zones.exists(), ...this.distributions.exists()];
    return [...regional, ...everywhere.map((one) => ({ ...one, region: 'aws-global' }))];
  }

  /** A new instance's place among all instances. */
  newInstance(): number {
    this.#instances += 1;
    return this.#instances;
  }

  addressesOf({ ordinal, turn }: { ordinal: number; turn: number }): Addresses {
    return this.#options.instanceAddresses?.(ordinal, turn) ?? {};
  }

  newStaticAddress(): string {
    this.#statics += 1;
    return this.#options.staticAddress?.(this.#statics) ?? this.newPublicIpv4();
  }

  /** From the ranges for documentation and for benchmarks: nobody is there. */
  newPublicIpv4(): string {
    return `198.${18 + randomInt(2)}.${randomInt(256)}.${1 + randomInt(254)}`;
  }

  /**
   * All there is, for `load`: a test that begins many times with what an update makes need not make it each time.
   * Whatever is going on is done first.
   */
  save() {
    this.schedule.finish();
    const contents = {
      regions: [...this.#regions.values()].map((region) => region.contents()),
      zones: { all: this.zones.all, changes: this.zones.changes },
      distributions: this.distributions.contents(),
      instances: this.#instances,
      statics: this.#statics,
    };
    // In one, so that what is the same object stays one.
    return structuredClone(contents);
  }

  async load(saved: ReturnType<Account['save']>): Promise<void> {
    const { regions, zones, distributions, instances, statics } = structuredClone(saved);
    this.schedule.clear();
    this.#regions.clear();
    for (const contents of regions) {
      this.region(contents.name).fill(contents);
    }
    Object.assign(this.zones, zones);
    this.distributions.fill(distributions);
    this.#instances = instances;
    this.#statics = statics;
    await this.announce();
  }

  /** Tells of the addresses whose packets go elsewhere since the last time, one telling after the other. */
  announce(): Promise<void> {
    this.#announced = this.#announced.catch(() => {}).then(() => this.#announce());
    return this.#announced;
  }

  async #announce(): Promise<void> {
    const routes = new Map(
      [...this.#regions.values()].flatMap((region) => [...region.lightsail.routes(), ...region.ec2.routes()]),
    );
    const before = this.#routes;
    this.#routes = routes;
    const changes: Route[] = [...new Set([...before.keys(), ...routes.keys()])]
      .filter((address) => before.get(address)?.id !== routes.get(address)?.id)
      .map((address) => ({ address, instance: routes.get(address) ?? null }));
    for (const change of changes) {
      await this.#options.onRoute?.(change);
    }
  }
}

export class Region {
  readonly name: string;
  readonly account: Account;
  readonly lightsail: Lightsail;
  readonly ec2: Ec2;
  readonly alarms: Alarms;
  readonly certificates: Certificates;
  /** What instances sent, by their name (Lightsail) or id (EC2); a test fills it in. */
  sent = new Map<string, { at: Date; bytes: number }[]>();

  constructor(name: string, account: Account) {
    this.name = name;
    this.account = account;
    this.lightsail = new Lightsail(this);
    this.ec2 = new Ec2(this);
    this.alarms = new Alarms(this);
    this.certificates = new Certificates(this);
  }

  contents() {
    const { name, lightsail, ec2, alarms, certificates, sent } = this;
    return {
      name,
      lightsail: lightsail.contents(),
      ec2: ec2.contents(),
      alarms: alarms.byName,
      certificates: certificates.all,
      sent,
    };
  }

  fill({ lightsail, ec2, alarms, certificates, sent }: ReturnType<Region['contents']>): void {
    this.lightsail.fill(lightsail);
    this.ec2.fill(ec2);
    this.alarms.byName = alarms;
    this.certificates.all = certificates;
    this.sent = sent;
  }
}
