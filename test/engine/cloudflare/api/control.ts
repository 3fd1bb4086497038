import { z } from 'zod';
import type { Tunnels } from '../tunnels.ts';
import type { Zone } from '../zone.ts';
import { type Fault, type Faults, fault } from './faults.ts';

export interface Control {
  zones: readonly Zone[];
  tunnels: Tunnels;
  requests: unknown[];
  faults: Faults;
}

/** Not part of Cloudflare's API: how a test steers a stand-in that runs as a process of its own. Needs no token. */
const CONTROL_PREFIX = '/stand-in/';

/** What a stand-in for cloudflared says of itself. `comesBack`: see `Tunnels.connect`. */
const connecting = z.object({ token: z.string(), comesBack: z.number().nullable().default(null) });
const leaving = z.object({ connector: z.string() });

/**
 * GET requests, GET records, GET tunnels, POST connect (a connector comes, with its token; answers its id), POST lose
 * (a connector is gone), POST faults (a `Fault`), POST reset. Undefined if the path is not a control path.
 */
export function control(method: string, path: string, body: string, state: Control): unknown {
  if (!path.startsWith(CONTROL_PREFIX)) {
    return undefined;
  }
  switch (`${method} ${path.slice(CONTROL_PREFIX.length)}`) {
    case 'GET requests':
      return state.requests;
    case 'GET records':
      return Object.fromEntries(state.zones.map((zone) => [zone.name, zone.list()]));
    case 'GET tunnels':
      return state.tunnels.list({});
    case 'POST connect': {
      const { token, comesBack } = connecting.parse(JSON.parse(body));
      return { connector: state.tunnels.connect(token, comesBack) };
    }
    case 'POST lose':
      state.tunnels.lose(leaving.parse(JSON.parse(body)).connector);
      return {};
    case 'POST faults':
      state.faults.add(fault.parse(JSON.parse(body)) satisfies Fault);
      return {};
    case 'POST reset':
      state.requests.length = 0;
      state.faults.clear();
      return {};
    default:
      throw new Error(`unknown control request: ${method} ${path}`);
  }
}
