import * as pulumi from '@pulumi/pulumi';
import { GATE } from './type-names.ts';

/** A host that is to get the address. */
export interface NewHost {
  /** By which the engine knows it: for the command that builds it anew. */
  readonly urn: string;
  /** The addresses that it has by itself; null where it has none. */
  readonly ipv6: string | null;
  readonly ipv4: string | null;
}

/** Resolves once the host is seen to forward. @throws an error with one sentence where it isn't */
export type Prove = (host: NewHost) => Promise<void>;

export interface GateArgs {
  /** Identifies the host: another one is another gate. */
  readonly host: pulumi.Input<string>;
  readonly hostUrn: pulumi.Input<string>;
  /** The host's own addresses; the empty text where it has none. */
  readonly ipv6: pulumi.Input<string>;
  readonly ipv4: pulumi.Input<string>;
  readonly prove: Prove;
}

interface State {
  host: string;
  hostUrn: string;
  ipv6: string;
  ipv4: string;
}

// Frozen into the state of every stack: the rules at the head of `previous-records.ts` hold here too. The addresses
// change once the host has the lasting one, which is no reason to prove anything again.
const provider = {
  async create(inputs: State) {
    return { id: `gate-${inputs.host}`, outs: inputs };
  },
  async diff(_id: string, olds: State, news: State) {
    return { changes: olds.host !== news.host, replaces: olds.host === news.host ? [] : ['host'] };
  },
  async update(_id: string, _olds: State, news: State) {
    return { outs: news };
  },
};

/**
 * What the address's attachment depends on: comes into being only when a new host is seen to forward. A resource of its
 * own, because the attachment is deleted before it is made anew, and a hook of its own would fail too late.
 */
export class Gate extends pulumi.dynamic.Resource {
  constructor(name: string, args: GateArgs, options?: pulumi.CustomResourceOptions) {
    const { prove, host, hostUrn, ipv6, ipv4 } = args;
    const hook = new pulumi.ResourceHook(`${name}-forwards`, ({ newInputs }) => prove(newHost(newInputs)));
    const inputs = { host, hostUrn, ipv6, ipv4 };
    super(provider, name, inputs, { ...options, hooks: { beforeCreate: [hook] } }, GATE.module, GATE.name);
  }
}

function newHost(inputs: Record<string, unknown> | undefined): NewHost {
  const text = (key: keyof State): string | null => {
    const value = inputs?.[key];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  return { urn: text('hostUrn') ?? '', ipv6: text('ipv6'), ipv4: text('ipv4') };
}
