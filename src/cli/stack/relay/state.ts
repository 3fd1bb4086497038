import { z } from 'zod';
import { addressSchema } from '../../../model/address.ts';
import { isStarted, ownResources } from '../deployment.ts';

/** Types of hosts as they stand in a stack's state (@pulumi/aws). */
const HOST_TYPES: readonly string[] = ['aws:lightsail/instance:Instance', 'aws:ec2/instance:Instance'];
const STACK_TYPE = 'pulumi:pulumi:Stack';

const outputsSchema = z.object({ address: addressSchema, host: z.string() });

/** What a relay's stack has made, by its state. */
export interface RelayState {
  /** Something was provisioned, or was about to be. */
  readonly started: boolean;
  /** The address that clients reach the relay at; null while there is none. */
  readonly address: string | null;
  /** Name or id of the newest host; null while there is none. */
  readonly hostId: string | null;
  /** URNs of the hosts, to replace them. */
  readonly hostUrns: readonly string[];
}

/** @param deployment the stack's state as `pulumi stack export` gives it */
export function relayState(deployment: unknown): RelayState {
  const all = ownResources(deployment);
  const outputs = outputsSchema
    .partial()
    .safeParse(all.find(({ type }) => type === STACK_TYPE)?.outputs).data;
  const hosts = all.filter(({ type }) => HOST_TYPES.includes(type));
  return {
    started: isStarted(deployment),
    address: outputs?.address ?? null,
    hostId: outputs?.host ?? hosts.at(-1)?.id ?? null,
    hostUrns: hosts.flatMap(({ urn }) => urn ?? []),
  };
}
