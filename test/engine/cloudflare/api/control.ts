import type { Zone } from '../zone.ts';
import { type Fault, type Faults, fault } from './faults.ts';

export interface Control {
  zones: readonly Zone[];
  requests: unknown[];
  faults: Faults;
}

/** Not part of Cloudflare's API: how a test steers a stand-in that runs as a process of its own. Needs no token. */
const CONTROL_PREFIX = '/stand-in/';

/** GET requests, GET records, POST faults (a `Fault`), POST reset. Undefined if the path is not a control path. */
export function control(method: string, path: string, body: string, state: Control): unknown {
  if (!path.startsWith(CONTROL_PREFIX)) {
    return undefined;
  }
  switch (`${method} ${path.slice(CONTROL_PREFIX.length)}`) {
    case 'GET requests':
      return state.requests;
    case 'GET records':
      return Object.fromEntries(state.zones.map((zone) => [zone.name, zone.list()]));
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
