import { fault } from './faults.ts';
import type { State } from './server.ts';
import type { HttpAnswer, HttpRequest } from './wire/wire.ts';

/** Not part of AWS's APIs: how a test steers a stand-in that runs as a process of its own. Needs no signature. */
const CONTROL_PREFIX = '/stand-in/';

/** GET calls, GET actions, GET exists, POST faults (a `Fault`), POST reset. Undefined if the path is not a control path. */
export function control(request: HttpRequest, state: State): HttpAnswer | undefined {
  if (!request.path.startsWith(CONTROL_PREFIX)) {
    return undefined;
  }
  switch (`${request.method} ${request.path.slice(CONTROL_PREFIX.length)}`) {
    case 'GET calls':
      return json(state.calls.log);
    case 'GET actions':
      return json([...state.calls.actions].sort());
    case 'GET exists':
      return json(state.account.exists());
    case 'POST faults':
      state.faults.add(fault.parse(JSON.parse(request.body)));
      return json({});
    case 'POST reset':
      state.calls.clear();
      state.faults.clear();
      return json({});
    default:
      throw new Error(`unknown control request: ${request.method} ${request.path}`);
  }
}

function json(value: unknown): HttpAnswer {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}
