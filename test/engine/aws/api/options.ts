import { z } from 'zod';

/** Milliseconds that the cloud takes for what it doesn't do at once. Far shorter than AWS's, so that tests are. */
const times = z.strictObject({
  /** A Lightsail instance is `pending`. */
  lightsailCreate: z.number().default(150),
  /** … is `shutting-down`; its name stays taken. */
  lightsailDelete: z.number().default(100),
  ec2Pending: z.number().default(150),
  ec2ShuttingDown: z.number().default(100),
  /** A terminated instance is still described (an hour, at AWS). */
  ec2Terminated: z.number().default(3_000),
  /** Reads may not see a new resource of EC2 yet, see `unseenReads`. */
  ec2Unseen: z.number().default(300),
  /** A change of Route 53 is PENDING. */
  route53Pending: z.number().default(100),
  /** A new certificate doesn't say yet which record validates it. */
  acmRecord: z.number().default(60),
  /** From when the record can be seen until the certificate is issued (minutes, at AWS). */
  acmIssue: z.number().default(100),
  /** A distribution is `InProgress` after each change (five minutes, at AWS). */
  cloudfrontDeploy: z.number().default(200),
  /** A certificate still counts as used by a distribution that is gone. */
  cloudfrontRelease: z.number().default(100),
});

const caller = z.strictObject({
  /** IAM actions that it may call, `*` as in policies: `['ec2:*', 'lightsail:Get*']`. */
  allow: z.array(z.string()).default(['*']),
  /** A test's own hand: not logged, not counted, never hit by a fault or by eventual consistency. */
  behindTheScenes: z.boolean().default(false),
});

const zone = z.strictObject({
  /** `example.org` */
  name: z.string(),
  /** `Z…`; made up if not given */
  id: z.string().exactOptional(),
  /** For a VPC only. */
  isPrivate: z.boolean().default(false),
  /** The servers that it was given, with their last dots. */
  nameServers: z.array(z.string()).default(['ns-1.awsdns-01.org.', 'ns-2.awsdns-02.com.']),
  records: z
    .array(
      z.strictObject({ name: z.string(), type: z.string(), ttl: z.number(), values: z.array(z.string()) }),
    )
    .default([]),
  tags: z.record(z.string(), z.string()).default({}),
});

/** What is the same in process and in the file of `main.ts --config`. */
export const settings = z.strictObject({
  /** By access key id. */
  callers: z.record(z.string(), caller),
  times: times.prefault({}),
  zones: z.array(zone).default([]),
  /** How many reads don't see a new resource of EC2 yet (EC2 API reference, "Eventual consistency"). */
  unseenReads: z.number().int().min(0).default(1),
  /** Per region (EC2 user guide and Lightsail's service quotas): addresses that one may have. */
  quotas: z
    .strictObject({ elasticIps: z.number().default(5), staticIps: z.number().default(5) })
    .prefault({}),
  /** Entries in one answer, where AWS decides: small, so that who forgets the next page is found out. */
  pageSize: z.number().int().positive().default(5),
  /**
   * Whether Lightsail lets an attached static IP be attached elsewhere or released, and one that isn't attached be
   * detached (`lenient`), or refuses that (`strict`): not documented. What copes with strictness copes with leniency.
   */
  staticIps: z.enum(['strict', 'lenient']).default('strict'),
});
export type Settings = z.output<typeof settings>;

/** Where an instance is to be reached; what is left out gets an address of the cloud's own. */
export interface Addresses {
  publicIpv4?: string;
  ipv6?: string;
}

export interface AwsOptions extends z.input<typeof settings> {
  /** Loopback and any free port if not given. */
  listen?: { host: string; port: number };
  /** Milliseconds since 1970. */
  clock?: () => number;
  /**
   * Addresses of the instance with this ordinal, in the order of creation, from 1. Asked again for each temporary
   * IPv4 address that the instance gets (`turn` counts them from 1).
   */
  instanceAddresses?: (ordinal: number, turn: number) => Addresses;
  /** The static or Elastic IP with this ordinal, from 1. */
  staticAddress?: (ordinal: number) => string;
  /** Told, and awaited before the answer, when packets to an address go somewhere else. */
  onRoute?: (route: Route) => void | Promise<void>;
}

/** Who gets the packets for a public address. */
export interface Route {
  address: string;
  /** Null: nobody, any more. */
  instance: RoutedInstance | null;
}

export interface RoutedInstance {
  service: 'lightsail' | 'ec2';
  region: string;
  /** The name on Lightsail, the id on EC2. */
  id: string;
  userData: string;
}
