import { type LookAnswer, type LookRequest, PROTOCOL } from '../../agent/protocol.ts';
import { familyOf } from '../../model/address.ts';
import type { AddressRole, Reason } from '../../model/evidence.ts';
import { lookOf } from '../../probes/trace/tool.ts';
import { parseTraceroute } from '../../probes/trace/traceroute.ts';
import { isReached } from '../../probes/trace/way.ts';
import { parseDig } from '../dig.ts';
import { isTold, outcomeOf } from './outcome.ts';
import type { RemoteOutput } from './output.ts';
import { identityOf } from './who.ts';

type ReachSeen = LookAnswer['otherPorts'][number];
type TraceSeen = LookAnswer['traces'][number];
type ResolverSeen = LookAnswer['resolver'][number];

const failed = (reason: Reason) => ({ status: 'failed', reason }) as const;

/** timeout(1): as `exec` reports what had to be ended. */
const TIMED_OUT = 124;
/** Exit codes of what the script's guard had to end. */
const ENDED: readonly number[] = [143, 137];

/** A look as the machine's output tells it. @param where the machine, for sentences */
export function answerOf(request: LookRequest, output: RemoteOutput, where: string, now: Date): LookAnswer {
  const { addresses, otherPorts, traces, port, resolve } = request;
  const reach = (key: string, address: string, at: number, roles: readonly AddressRole[]) =>
    reachSeen({ key, address, port: at, roles }, request, output, where, now);
  return {
    protocol: PROTOCOL,
    reach: addresses.map(({ address, roles }, index) => ({
      address,
      seen: reach(`a${index}`, address, port, roles),
    })),
    // It sends none, and isn't asked to.
    udp: [],
    otherPorts: otherPorts.map((asked, index) =>
      reach(`o${index}`, asked.address, asked.port, ['differential']),
    ),
    traces: traces.map((asked, index) => traceSeen(asked, output.texts.get(`trace ${index}`) ?? [], where)),
    resolver: resolve === null ? [] : [resolverSeen(output, where)],
  };
}

function reachSeen(
  {
    key,
    address,
    port,
    roles,
  }: { key: string; address: string; port: number; roles: readonly AddressRole[] },
  { hint }: LookRequest,
  output: RemoteOutput,
  where: string,
  now: Date,
): ReachSeen {
  if (output.tool === null) {
    const none = output.isWhole
      ? { code: 'no-tool' as const, detail: `On ${where}, ssh finds no bash, curl or nc to connect with.` }
      : cutOff(where);
    return failed(none);
  }
  const tries = output.tries.filter((each) => each.key === key);
  const attempts = tries.map(outcomeOf);
  if (attempts.length === 0) return failed(cutOff(where));
  // What says nothing of the far end must not count as silence there.
  if (!attempts.some(isTold)) {
    const said = tries[0]?.text.trim() || `exit code ${tries[0]?.exitCode}`;
    return failed({
      code: 'unsupported',
      detail: `By ssh on ${where}, ${output.tool} can't try ${address}: ${said}`,
    });
  }
  const connected = attempts.some(({ outcome }) => outcome === 'connected');
  return {
    status: 'ok',
    facts: {
      family: familyOf(address),
      address,
      port,
      roles: [...roles],
      attempts,
      identity: connected ? identityOf(key, hint, output, now) : null,
    },
  };
}

const cutOff = (where: string): Reason => ({
  code: 'malformed',
  detail: `What ssh brought back from ${where} was cut off.`,
});

function traceSeen(asked: LookRequest['traces'][number], lines: readonly string[], where: string): TraceSeen {
  if (lines[0] === 'missing') return failed({ code: 'no-tool', detail: `traceroute on ${where}` });
  const exit = /^exit (\d{1,3})$/u.exec(lines.at(-1) ?? '')?.[1];
  if (exit === undefined) return failed(cutOff(where));
  const text = lines.slice(0, -1).join('\n');
  const exitCode = ENDED.includes(Number(exit)) ? TIMED_OUT : Number(exit);
  const result = { exitCode, stdout: text, stderr: text };
  const look = lookOf(result, parseTraceroute(text, asked.address), new AbortController().signal);
  if ('reason' in look) return failed(look.reason);
  return {
    status: 'ok',
    facts: {
      ...asked,
      family: familyOf(asked.address),
      tool: 'traceroute',
      hops: look.hops,
      reached: isReached(look.hops, asked.address),
    },
  };
}

function resolverSeen({ texts }: RemoteOutput, where: string): ResolverSeen {
  const [a, aaaa] = [texts.get('dig A') ?? [], texts.get('dig AAAA') ?? []];
  if (a[0] === 'missing') return failed({ code: 'no-tool', detail: `dig on ${where}` });
  const [four, six] = [parseDig(a, 'A'), parseDig(aaaa, 'AAAA')];
  if (four === null || six === null) {
    return failed({ code: 'timed-out', detail: `No resolver answered on ${where}` });
  }
  if (four.server !== six.server) {
    return failed({ code: 'malformed', detail: `Two resolvers answered on ${where}, one for each question` });
  }
  return { status: 'ok', facts: { server: four.server, a: four.answer, aaaa: six.answer } };
}
