import { MAX_HOPS } from '../../agent/limits.ts';
import type { LookRequest } from '../../agent/protocol.ts';
import { bracketed } from '../../model/address.ts';
import { shellQuoted } from '../../model/shell.ts';
import { tracerouteArgs } from '../../probes/trace/tool.ts';
import { LOOKING } from './looking.ts';

/**
 * The one script that a machine runs for a look, for any POSIX shell: nothing is written there, and nothing keeps running.
 * What it prints has a line form of its own, each line with the marker in front, whatever else the machine prints:
 *
 *     MARK tool NAME                          what connects; nothing behind `tool` where nothing can
 *     MARK try KEY TOOL EXIT MS ROUTE TEXT    one attempt at aN (an address) or oN (another port)
 *     MARK tls|ssh|http|banner KEY TEXT       who answers there: certificates, host keys, bytes in hex
 *     MARK trace N TEXT                       a way: what traceroute printed, on both streams, and last `exit CODE`
 *     MARK dig A|AAAA TEXT
 *     MARK end
 *
 * @param request checked: addresses canonical, name and path printable
 * @param marker letters and digits
 */
export function lookScript(request: LookRequest, marker: string): string {
  const { addresses, port, otherPorts, traces, resolve, hint } = request;
  const call = (...words: readonly string[]): string => `${words.map(shellQuoted).join(' ')} &`;
  const service = (key: string, address: string, at: number): string =>
    call('service', key, address, bracketed(address), String(at));
  return [
    'main() {',
    `mark=${shellQuoted(marker)}`,
    `protocol=${shellQuoted(hint.protocol)}`,
    `name=${shellQuoted(hint.name ?? '')}`,
    `path=${shellQuoted(hint.path)}`,
    LOOKING,
    ...addresses.map(({ address }, index) => service(`a${index}`, address, port)),
    ...otherPorts.map((asked, index) => service(`o${index}`, asked.address, asked.port)),
    ...traces.map((asked, index) =>
      call('way', String(index), ...tracerouteArgs(asked, { first: 1, last: MAX_HOPS })),
    ),
    ...(resolve === null ? [] : ['A', 'AAAA'].map((type) => call('ask', resolve, type))),
    'wait',
    'say end',
    '}',
    // Read as a whole before it runs: no program in it takes the rest of the script for its own input.
    'main </dev/null 2>/dev/null',
    'exit 0',
    '',
  ].join('\n');
}
