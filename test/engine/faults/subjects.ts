import { adopting, making } from './a-record.ts';
import { adoptingSet, makingSet } from './a-record-sets.ts';
import { distributing } from './cdn.ts';
import { cloudflareFaultWorld } from './cloudflare.ts';
import { proxying } from './edge-proxy.ts';
import { hostedFaultWorld } from './hosted.ts';
import { relayFaultWorld } from './relay.ts';
import { tunnelling } from './tunnel.ts';
import type { FaultWorld } from './world.ts';

interface Subject {
  /** What stack it is, and where. */
  readonly title: string;
  world(): Promise<FaultWorld>;
}

/** The stacks that are struck, by their names on the command line. */
export const SUBJECTS = {
  lightsail: { title: 'A relay at Lightsail', world: () => relayFaultWorld('lightsail') },
  ec2: { title: 'A relay at EC2', world: () => relayFaultWorld('ec2') },
  'a-record-adopting': {
    title: '`a-record` at Cloudflare: one record taken over, one taken out',
    world: () => cloudflareFaultWorld(adopting()),
  },
  'a-record-making': {
    title: '`a-record` at Cloudflare: a record made',
    world: () => cloudflareFaultWorld(making()),
  },
  'a-record-route53-adopting': {
    title: '`a-record` at Route 53: a set taken over',
    world: () => hostedFaultWorld(adoptingSet()),
  },
  'a-record-route53-making': {
    title: '`a-record` at Route 53: a set made',
    world: () => hostedFaultWorld(makingSet()),
  },
  'edge-proxy': {
    title: '`edge-proxy`: the AAAA proxied, the A out of the zone',
    world: () => cloudflareFaultWorld(proxying()),
  },
  tunnel: {
    title: '`tunnel`: a CNAME in place of the addresses, and a connector that comes back',
    world: () => cloudflareFaultWorld(tunnelling()),
  },
  cdn: {
    title: '`cdn`: a certificate, a distribution, and the names',
    world: () => hostedFaultWorld(distributing()),
  },
} as const satisfies Record<string, Subject>;

export type SubjectName = keyof typeof SUBJECTS;
export const SUBJECT_NAMES = Object.keys(SUBJECTS) as readonly SubjectName[];
