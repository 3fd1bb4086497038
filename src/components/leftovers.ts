import * as pulumi from '@pulumi/pulumi';
import type { LeftoversArgs } from './relay-host.ts';
import { LEFTOVERS } from './type-names.ts';

// What `lifecycle` gives is frozen into the state of every stack, together with what a cloud's own file gives to it: the
// rules at the head of `previous-records.ts` hold for both.

export interface Inputs {
  region: string;
  mark: string;
  kept: string[];
  sweeps: 'always' | 'at-teardown';
}

interface State extends Inputs {
  /** What a refresh saw that bears the mark and isn't kept. */
  found?: string[];
}

/** One cloud's part: names or ids of what bears the mark and isn't kept, and its removal. */
interface Cloud {
  leftovers(inputs: Inputs, kept: string[]): Promise<string[]>;
  sweep(inputs: Inputs, kept: string[]): Promise<void>;
}

/** When leftovers are looked for, and when they are removed; the same in every cloud. */
export const lifecycle = ({ leftovers, sweep }: Cloud) => ({
  async create(inputs: Inputs) {
    if (inputs.sweeps === 'always') {
      await sweep(inputs, inputs.kept);
    }
    return { id: `leftovers-${inputs.mark}`, outs: inputs };
  },
  async read(id: string, state: State) {
    if (state.sweeps !== 'always') {
      return { id, props: state };
    }
    const { region, mark, kept, sweeps } = state;
    return { id, props: { region, mark, kept, sweeps, found: await leftovers(state, kept) } };
  },
  async diff(_id: string, olds: State, news: Inputs) {
    const moved = olds.region !== news.region;
    const changes =
      moved ||
      olds.mark !== news.mark ||
      olds.sweeps !== news.sweeps ||
      String(olds.kept) !== String(news.kept) ||
      (olds.found || []).length > 0;
    return { changes, replaces: moved ? ['region'] : [] };
  },
  async update(_id: string, olds: State, news: Inputs) {
    if (news.sweeps === 'always') {
      // What was kept until now is deleted by the engine, in its own order.
      await sweep(news, news.kept.concat(olds.kept));
    }
    return { outs: news };
  },
  async delete(_id: string, state: State) {
    await sweep(state, state.kept);
  },
});

/**
 * Removes what bears the stack's mark in a cloud and isn't kept: what a broken-off `up` made and never recorded. Where it
 * stands among the resources decides when, because teardown takes each away before what it depends on.
 */
export class Leftovers extends pulumi.dynamic.Resource {
  constructor(
    provider: ReturnType<typeof lifecycle>,
    name: string,
    { region, mark, kept, sweeps }: LeftoversArgs,
    options?: pulumi.CustomResourceOptions,
  ) {
    super(provider, name, { region, mark, kept, sweeps }, options, LEFTOVERS.module, LEFTOVERS.name);
  }
}
