import type * as pulumi from '@pulumi/pulumi';
import type { RelayService } from '../model/relay.ts';
import type { RelayHost } from '../model/relay-plan.ts';
import { protocolOf } from '../relay/check.ts';
import type { Prove } from './gate.ts';

export interface RelayHostArgs<Host extends RelayHost> {
  /** The plan's id: marks everything that is made. */
  readonly id: string;
  readonly host: Host;
  readonly services: readonly RelayService[];
  /** One shell script; another text is another host. */
  readonly userData: string;
  readonly prove: Prove;
}

/** What a stack needs of a relay's host, wherever it runs. */
export interface RelayHostResult {
  /** The address that clients reach the relay at; stays the same when the host is replaced. */
  readonly address: pulumi.Output<string>;
  /** By which the address leads to the host; while it is there, the relay serves. */
  readonly attachment: pulumi.Resource;
  /** Name or id of the newest host. */
  readonly hostId: pulumi.Output<string>;
  /** Names or ids of all that bears the stack's mark. */
  readonly kept: readonly pulumi.Output<string>[];
}

export interface LeftoversArgs {
  /** Where the stack's things are: fixed, so that nothing is looked for elsewhere. */
  readonly region: string;
  /** The plan's id, by which the stack's things are known. */
  readonly mark: string;
  /** Names or ids of what the stack holds, which is left alone. */
  readonly kept: readonly pulumi.Input<string>[];
  /** When to remove what isn't kept: also when the stack is brought up, or only when this goes. */
  readonly sweeps: 'always' | 'at-teardown';
}

export interface OpenPort {
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
}

/** What has to be open for the services, each once. */
export function openPorts(services: readonly RelayService[]): OpenPort[] {
  const all = services.map((service): OpenPort => ({ protocol: protocolOf(service), port: service.port }));
  return all.filter(
    (each, index) =>
      all.findIndex(({ protocol, port }) => protocol === each.protocol && port === each.port) === index,
  );
}
