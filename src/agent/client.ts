import type { Evidence, Reason } from '../model/evidence.ts';
import { shellQuoted } from '../model/shell.ts';
import type { Clock, Ports } from '../ports/ports.ts';
import { evidenceOf } from '../probes/context.ts';
import { DIALECTS } from '../probes/udp-reach/registry.ts';
import { type Asked, ask } from './ask.ts';
import { checkedOtherPort, checkedReach, checkedResolvers, checkedTrace, checkedUdp } from './checked.ts';
import { ADDRESSES_PER_LOOK } from './limits.ts';
import type { AskedTrace, LookRequest } from './protocol.ts';
import { parseAgentUrl } from './url.ts';

export interface OutsideLook {
  /** As the user gave it. */
  readonly url: string;
  /** As loadToken returns it. */
  readonly token: string;
  readonly request: LookRequest;
  /**
   * Stands for the agent in the ids of its evidence: `reach:LABEL:ADDRESS`, over UDP `udp-reach:LABEL:ADDRESS`, for other ports `reach:LABEL:ADDRESS-PORT`,
   * and `trace:LABEL:METHOD-ADDRESS-PORT`. No colons, not `here`.
   */
  readonly label: string;
}

/**
 * Has an agent look at a service. There is evidence for each address, port and trace asked and, where a name is to be resolved, for
 * each of the agent's resolvers: what was seen, or `failed` with what stood in the way. Never throws for what the
 * network or the agent does. Every byte from there is taken as hostile: ids, times, vantage, roles and commands are made here.
 *
 * @throws UserError where the URL is none of an agent's.
 */
export async function lookFromOutside(
  { url, token, request, label }: OutsideLook,
  { net, clock }: Pick<Ports, 'net' | 'clock'>,
  signal: AbortSignal,
): Promise<Evidence[]> {
  const base = parseAgentUrl(url);
  return evidenceOfLook({ request, label }, clock, (asked) => {
    const hint = { ...asked.hint, path: encodedPath(asked.hint.path) };
    return ask(base, token, { ...asked, hint }, net, signal);
  });
}

/**
 * The evidence of one look from outside, whoever makes it: `answer` is taken as hostile, and checked against what was asked.
 * @param look makes the look at no more addresses than fit into one
 */
export async function evidenceOfLook(
  { request, label }: Pick<OutsideLook, 'request' | 'label'>,
  clock: Clock,
  look: (request: LookRequest) => Promise<Asked>,
): Promise<Evidence[]> {
  const at = clock.now().toISOString();
  const started = clock.monotonic();
  const addresses = request.addresses.slice(0, ADDRESSES_PER_LOOK);
  const result = await look({ ...request, addresses });
  const ms = clock.monotonic() - started;
  const place: Place = { where: label, vantage: 'outside', clock };
  const evidence = [
    ...addresses.map((asked) => reached(asked, request.port, result, place)),
    ...request.addresses.slice(ADDRESSES_PER_LOOK).map((asked) => leftOut(asked, place)),
    ...(request.udp?.addresses ?? []).map((asked) => answered(asked, request, result, place)),
    ...request.otherPorts.map((asked, index) => reachedPort(asked, index, result, place)),
    ...request.traces.map((asked, index) => traced(asked, index, result, place)),
    ...(request.resolve === null ? [] : resolved(request.resolve, result, place)),
  ];
  // All of it was seen during the one look.
  return evidence.map((item) => ({ ...item, at, ms }));
}

/** A path as users type it, as it may stand in a request line; joined as text, since a leading `//` would be a host. */
export function encodedPath(path: string): string {
  const text = `http://host${path.startsWith('/') ? '' : '/'}${path}`;
  if (!URL.canParse(text)) return '/';
  const url = new URL(text);
  return `${url.pathname}${url.search}`;
}

interface Place {
  readonly where: string;
  readonly vantage: 'outside';
  readonly clock: Clock;
}
type AskedAddress = LookRequest['addresses'][number];

function reached(asked: AskedAddress, port: number, result: Asked, place: Place): Evidence {
  const item = evidenceOf('reach', asked.address, place, place.clock);
  const how = `nc -vz -w 4 ${shellQuoted(asked.address)} ${port}`;
  if (!result.ok) return item.failed(result.reason, how);
  const seen = checkedReach(asked, port, result.answer);
  return seen.status === 'ok' ? item.ok(seen.facts, how) : item.failed(seen.reason, how);
}

function answered(asked: AskedAddress, request: LookRequest, result: Asked, place: Place): Evidence {
  const { address } = asked;
  const item = evidenceOf('udp-reach', address, place, place.clock);
  const { port, hint, udp } = request;
  const how = DIALECTS[udp?.protocol ?? 'none'].how({ address: shellQuoted(address), port, name: hint.name });
  if (!result.ok) return item.failed(withoutUdp(result.reason), how);
  const seen = checkedUdp(asked, request, result.answer);
  return seen.status === 'ok' ? item.ok(seen.facts, how) : item.failed(seen.reason, how);
}

/** What an agent says that is older than questions over UDP. */
const withoutUdp = (reason: Reason): Reason =>
  reason.code === 'malformed' && reason.detail?.includes('"udp"') === true
    ? {
        code: 'unsupported',
        detail: "The agent outside doesn't ask over UDP yet: use the same version of reach4 on both.",
      }
    : reason;

function reachedPort(
  asked: LookRequest['otherPorts'][number],
  index: number,
  result: Asked,
  place: Place,
): Evidence {
  const { address, port } = asked;
  const item = evidenceOf('reach', `${address}-${port}`, place, place.clock);
  const how = `nc -vz -w 4 ${shellQuoted(address)} ${port}`;
  if (!result.ok) return item.failed(result.reason, how);
  const seen = checkedOtherPort(asked, index, result.answer);
  return seen.status === 'ok' ? item.ok(seen.facts, how) : item.failed(seen.reason, how);
}

function traced(asked: AskedTrace, index: number, result: Asked, place: Place): Evidence {
  const { address, port, method } = asked;
  const item = evidenceOf(
    'trace',
    `${method}-${address}${port === null ? '' : `-${port}`}`,
    place,
    place.clock,
  );
  const flags = { udp: port === null ? '' : ' -U', icmp: ' -I', tcp: ' -T' }[method];
  const how = `traceroute -n${flags}${port === null ? '' : ` -p ${port}`} ${shellQuoted(address)}`;
  if (!result.ok) return item.failed(result.reason, how);
  const seen = checkedTrace(asked, index, result.answer);
  if (seen.status === 'skipped') return item.skipped(seen.reason);
  return seen.status === 'ok' ? item.ok(seen.facts, how) : item.failed(seen.reason, how);
}

function leftOut({ address }: AskedAddress, place: Place): Evidence {
  const detail = `A place outside looks at ${ADDRESSES_PER_LOOK} addresses at a time.`;
  return evidenceOf('reach', address, place, place.clock).skipped({ code: 'refused', detail });
}

function resolved(name: string, result: Asked, place: Place): Evidence[] {
  const item = (server: string) => evidenceOf('resolver', server, place, place.clock);
  const how = `dig ${shellQuoted(name)} A ${shellQuoted(name)} AAAA`;
  if (!result.ok) return [item('system').failed(result.reason, how)];
  return checkedResolvers(result.answer).map((seen, index) => {
    if (seen.status !== 'ok') return item(`system-${index + 1}`).failed(seen.reason, how);
    const { server } = seen.facts;
    return item(server).ok(seen.facts, `dig @${server} ${how.slice('dig '.length)}`);
  });
}
