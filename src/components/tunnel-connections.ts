import * as pulumi from '@pulumi/pulumi';
import { TUNNEL_END, TUNNEL_LEFTOVERS, TUNNEL_READY } from './type-names.ts';

// The providers below are frozen into the state of every stack: the rules at the head of `previous-records.ts` hold here
// too. `require` is Node's own where the text runs; `import()` would be rewritten by test runners.

export interface TunnelArgs {
  readonly accountId: string;
  readonly tunnelId: pulumi.Input<string>;
}

interface Inputs {
  accountId: string;
  tunnelId: string;
}

interface ReadyState extends Inputs {
  /** A connector was seen to be connected, once. */
  connected: boolean;
}

interface Answer {
  status: number;
  result: unknown;
  said: string;
}

/** One cloudflared in the list of connections. */
interface Listed {
  conns?: { is_pending_reconnect?: boolean }[];
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A sentence for the user. Without a stack, which Pulumi would print below it. */
function refusal(sentence: string): Error {
  const error = new Error(sentence);
  error.stack = '';
  return error;
}

/** One call of Cloudflare's API; tries up to five times where the trouble may pass (429, 5xx, no connection). */
async function call(method: string, path: string, body?: object): Promise<Answer> {
  const token = process.env.CLOUDFLARE_API_TOKEN;
  if (!token) {
    throw refusal('CLOUDFLARE_API_TOKEN is not set; it is needed for the tunnel.');
  }
  const base = process.env.CLOUDFLARE_BASE_URL || 'https://api.cloudflare.com/client/v4';
  for (let attempt = 1; ; attempt += 1) {
    let failure = '';
    let wait = 500 * 2 ** attempt;
    try {
      const response = await fetch(base.replace(/\/+$/, '') + path, {
        method: method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: body === undefined ? null : JSON.stringify(body),
        signal: AbortSignal.timeout(15000),
      });
      const text = await response.text();
      if (response.status !== 429 && response.status < 500) {
        let parsed: { result?: unknown; errors?: { message?: string }[] } = {};
        try {
          parsed = JSON.parse(text) || {};
        } catch (_) {
          // Not JSON: the status says enough.
        }
        const said = (parsed.errors || []).map((error) => String(error.message)).join('; ');
        return {
          status: response.status,
          result: parsed.result,
          said: said.slice(0, 300) || `status ${response.status}`,
        };
      }
      failure = `status ${response.status}`;
      const seconds = Number(response.headers.get('retry-after'));
      if (seconds > 0) {
        wait = Math.min(seconds, 60) * 1000;
      }
    } catch (error) {
      failure = String(error);
    }
    if (attempt === 5) {
      throw refusal(`Cloudflare's API does not work for ${method} ${path}: ${failure}`);
    }
    await pause(wait);
  }
}

const pathOf = (tunnel: Inputs): string => `/accounts/${tunnel.accountId}/cfd_tunnel/${tunnel.tunnelId}`;

/** A deleted tunnel is still shown, and the provider of the tunnel itself doesn't look at that. */
async function isGone(tunnel: Inputs): Promise<boolean> {
  const answer = await call('GET', pathOf(tunnel));
  if (answer.status === 404) {
    return true;
  }
  if (answer.status >= 300) {
    throw refusal(`The tunnel ${tunnel.tunnelId} can't be read: ${answer.said}`);
  }
  return Boolean((answer.result as { deleted_at?: string | null }).deleted_at);
}

async function connectors(tunnel: Inputs): Promise<Listed[]> {
  const answer = await call('GET', `${pathOf(tunnel)}/connections`);
  if (answer.status >= 300 || !Array.isArray(answer.result)) {
    throw refusal(`The connections of the tunnel ${tunnel.tunnelId} can't be read: ${answer.said}`);
  }
  return answer.result as Listed[];
}

/** Waits a little: a connector that was just installed takes some seconds to connect. */
async function waitForOne(tunnel: Inputs): Promise<boolean> {
  if (await isGone(tunnel)) {
    throw refusal(
      'Somebody has deleted the tunnel of this stack at Cloudflare; take the stack down (reach4 down), and up again: that makes another one.',
    );
  }
  const given = process.env.REACH4_CONNECTOR_SECONDS || '';
  const seconds = /^[0-9]{1,4}$/.test(given) ? Number(given) : 10;
  const until = Date.now() + seconds * 1000;
  for (;;) {
    const found = await connectors(tunnel);
    // One that is lost is listed for some minutes more.
    if (found.some((one) => (one.conns || []).some((each) => !each.is_pending_reconnect))) {
      return true;
    }
    if (Date.now() >= until) {
      return false;
    }
    await pause(1000);
  }
}

// Once connected, always: a connector that is lost for a while must not take the name away from the tunnel.
const ready = {
  async create(inputs: Inputs) {
    const connected = await waitForOne(inputs);
    return { id: `ready-${inputs.tunnelId}`, outs: { ...inputs, connected: connected } };
  },
  async diff(_id: string, olds: ReadyState, news: Inputs) {
    const isOther = olds.tunnelId !== news.tunnelId;
    return { changes: isOther || olds.connected !== true, replaces: isOther ? ['tunnelId'] : [] };
  },
  async update(_id: string, _olds: ReadyState, news: Inputs) {
    const connected = await waitForOne(news);
    return { outs: { ...news, connected: connected } };
  },
  /** A tunnel that somebody deleted has to be told of: nothing else would notice. */
  async read(id: string, state: ReadyState) {
    const connected = state.connected === true && !(await isGone(state));
    return { id: id, props: { ...state, connected: connected } };
  },
};

/**
 * Whether a connector was seen on the tunnel: before, no name may lead there. Looks again with every `up` until there is
 * one. Needs CLOUDFLARE_API_TOKEN in the environment of `pulumi`; the token is never stored.
 */
export class TunnelReady extends pulumi.dynamic.Resource {
  declare readonly connected: pulumi.Output<boolean>;

  constructor(name: string, args: TunnelArgs, options?: pulumi.CustomResourceOptions) {
    const { accountId, tunnelId } = args;
    const inputs = { accountId, tunnelId, connected: undefined };
    super(ready, name, inputs, options, TUNNEL_READY.module, TUNNEL_READY.name);
  }
}

const end = {
  async create(inputs: Inputs) {
    return { id: `end-${inputs.tunnelId}`, outs: inputs };
  },
  async diff(_id: string, olds: Inputs, news: Inputs) {
    const isOther = olds.tunnelId !== news.tunnelId;
    return { changes: isOther, replaces: isOther ? ['tunnelId'] : [] };
  },
  async update(_id: string, _olds: Inputs, news: Inputs) {
    return { outs: news };
  },
  /** First another secret, so that a connector can't come back, which it tries within a second; then off with it. */
  async delete(_id: string, state: Inputs) {
    if (await isGone(state)) {
      return;
    }
    const crypto = require('node:crypto') as typeof import('node:crypto');
    const secret = { tunnel_secret: crypto.randomBytes(32).toString('base64') };
    const changed = await call('PATCH', pathOf(state), secret);
    if (changed.status >= 300 && changed.status !== 404) {
      throw refusal(`The token of the tunnel ${state.tunnelId} could not be made another: ${changed.said}`);
    }
    for (let attempt = 1; attempt <= 20; attempt += 1) {
      await call('DELETE', `${pathOf(state)}/connections`);
      if ((await isGone(state)) || (await connectors(state)).length === 0) {
        return;
      }
      await pause(1000);
    }
    throw refusal(
      `The tunnel ${state.tunnelId} still has connections, and can't be deleted before they are gone; stop cloudflared on the server (reach4 connector remove), and run this again.`,
    );
  },
};

/**
 * Takes the connectors off a tunnel just before it is deleted, which Cloudflare refuses otherwise; also with the literal
 * `pulumi destroy`. Must depend on the tunnel. Needs CLOUDFLARE_API_TOKEN as above.
 */
export class TunnelEnd extends pulumi.dynamic.Resource {
  constructor(name: string, args: TunnelArgs, options?: pulumi.CustomResourceOptions) {
    const { accountId, tunnelId } = args;
    super(end, name, { accountId, tunnelId }, options, TUNNEL_END.module, TUNNEL_END.name);
  }
}

type Named = { accountId: string; name: string };

const last = {
  async create(inputs: Named) {
    return { id: `leftovers-${inputs.name}`, outs: inputs };
  },
  async diff(_id: string, olds: Named, news: Named) {
    return { changes: olds.accountId !== news.accountId || olds.name !== news.name, replaces: [] };
  },
  async update(_id: string, _olds: Named, news: Named) {
    return { outs: news };
  },
  /** The tunnel that the state knows of is gone by now. Nobody but the stack calls one so. */
  async delete(_id: string, state: Named) {
    const all = `/accounts/${state.accountId}/cfd_tunnel`;
    const list = await call('GET', `${all}?name=${encodeURIComponent(state.name)}&is_deleted=false`);
    if (list.status >= 300 || !Array.isArray(list.result)) {
      throw refusal(`The tunnels of the account can't be read: ${list.said}`);
    }
    for (const one of list.result as { id: string; name: string }[]) {
      const gone = one.name === state.name ? await call('DELETE', `${all}/${one.id}`) : list;
      if (gone.status >= 300 && gone.status !== 404) {
        throw refusal(`The tunnel ${one.id}, made by an up that broke off, can't be deleted: ${gone.said}`);
      }
    }
  },
};

/** Removes a tunnel that an `up` which broke off made and never recorded. The tunnel must depend on it. */
export class TunnelLeftovers extends pulumi.dynamic.Resource {
  constructor(name: string, args: { readonly accountId: string; readonly name: string }) {
    super(last, name, { ...args }, {}, TUNNEL_LEFTOVERS.module, TUNNEL_LEFTOVERS.name);
  }
}
