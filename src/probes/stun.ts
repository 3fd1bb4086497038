import { randomBytes } from 'node:crypto';
import { type Family, familyOf, parseAddress } from '../model/address.ts';
import { datagram } from '../model/by-hand/router.ts';
import type { Evidence, Reason } from '../model/evidence.ts';
import type { System } from '../model/facts/host.ts';
import type { StunFacts } from '../model/facts/path.ts';
import { systemOfPlatform } from '../model/platform.ts';
import { shellQuoted } from '../model/shell.ts';
import type { Ports } from '../ports/ports.ts';
import { evidenceOf, type ProbeContext } from './context.ts';
import { bindingRequest, readBinding, STUN_BYTES, TRANSACTION_ID_BYTES } from './stun-message.ts';

/** ms, the name's look-up included. */
const STUN_TIMEOUT = 2_000;
/** ms; RFC 8489 6.2.1 starts with 500. */
const REPEAT_AFTER = 500;
/** Local ports; a shared address with 240 ports for each customer shows its set in six or more. */
const SAMPLES = 8;
/** RFC 8489 18.6. */
const DEFAULT_PORT = 3478;
/** Answers taken on one port: the repeat's, and what somebody else sends to it. */
const MAX_REPLIES = 2;

export interface StunQuestion {
  /** `host:port`; an IPv6 address in brackets. Without a port: 3478. */
  readonly server: string;
  readonly family: Family;
  /** Local ports to ask from; the default is 8. */
  readonly samples?: number;
}

type Sample = StunFacts['samples'][number];
type Sampled =
  | { readonly ok: true; readonly sample: Sample }
  | { readonly ok: false; readonly reason: Reason };

/** The public address and ports that a STUN server sees, from several local ports at once. One answer is enough. */
export async function stun(
  { server, family, samples = SAMPLES }: StunQuestion,
  ports: Ports,
  context: ProbeContext,
): Promise<Evidence> {
  const item = evidenceOf('stun', `${family}-${server}`, context, ports.clock);
  const started = ports.clock.monotonic();
  const to = hostAndPort(server);
  if (to === null) return item.skipped({ code: 'malformed', detail: 'not host:port' });
  const how = byHand(systemOfPlatform(ports.host.platform), to, family);
  const address = await addressOf(to.host, family, ports, context.signal);
  if (typeof address !== 'string') {
    // Of a literal it is known before anything is asked.
    return address.code === 'not-applicable' ? item.skipped(address) : item.failed(address, how);
  }
  const timeoutMs = Math.max(1, STUN_TIMEOUT - (ports.clock.monotonic() - started));
  const all = await Promise.all(
    Array.from({ length: samples }, () =>
      sampleOf({ address, port: to.port }, family, timeoutMs, ports, context.signal),
    ),
  );
  const good = all.flatMap((each) => (each.ok ? [each.sample] : []));
  if (good.length > 0) return item.ok({ server, family, samples: good }, how);
  const reason = all.find((each) => !each.ok)?.reason;
  return item.failed(reason ?? { code: 'timed-out' }, how);
}

/** stunclient(1), which Windows has none of: there the bare request, whose answer ends with the address in a mask. */
const byHand = (system: System, { host, port }: { host: string; port: number }, family: Family): string =>
  system === 'windows'
    ? datagram(system, host, port, bindingRequest(new Uint8Array(TRANSACTION_ID_BYTES)))
    : `stunclient --family ${family === 'ipv4' ? 4 : 6} ${shellQuoted(host)} ${port}`;

async function sampleOf(
  to: { readonly address: string; readonly port: number },
  family: Family,
  timeoutMs: number,
  ports: Ports,
  signal: AbortSignal,
): Promise<Sampled> {
  const transactionId = randomBytes(TRANSACTION_ID_BYTES);
  const ask = (repeatAfterMs: readonly number[], leftMs: number) =>
    ports.net.udp(
      {
        to,
        payload: bindingRequest(transactionId),
        timeoutMs: leftMs,
        repeatAfterMs,
        maxReplies: 1,
        maxBytes: STUN_BYTES,
        onlyFromPeer: true,
      },
      signal,
    );
  const started = ports.clock.monotonic();
  let last: Sampled = { ok: false, reason: { code: 'timed-out' } };
  for (let round = 0; round < MAX_REPLIES; round += 1) {
    const leftMs = timeoutMs - (ports.clock.monotonic() - started);
    if (leftMs <= 0) return last;
    const result = await ask(REPEAT_AFTER < leftMs ? [REPEAT_AFTER] : [], leftMs);
    // A second round that ends without an answer says less than what came in the first.
    if (!result.ok) return round === 0 || result.reason.code === 'interrupted' ? result : last;
    last = read(result.replies[0]?.payload ?? new Uint8Array(), transactionId, family, result.localPort);
    if (last.ok) return last;
  }
  return last;
}

function read(payload: Uint8Array, transactionId: Uint8Array, family: Family, localPort: number): Sampled {
  const malformed = (detail: string): Sampled => ({ ok: false, reason: { code: 'malformed', detail } });
  const reply = readBinding(payload, transactionId);
  switch (reply.kind) {
    case 'mapped':
      if (familyOf(reply.mapped.address) !== family) return malformed('an address of the other family');
      return { ok: true, sample: { localPort, ...reply.mapped } };
    case 'error':
      return { ok: false, reason: { code: 'refused', detail: `STUN error ${reply.code}` } };
    case 'foreign':
      return malformed('not an answer to the question');
    case 'malformed':
      return malformed('not a STUN message');
  }
}

/** The server's address over the family; the system's resolver can't be told to stop, so it is left behind. */
async function addressOf(
  host: string,
  family: Family,
  ports: Ports,
  signal: AbortSignal,
): Promise<string | Reason> {
  const literal = parseAddress(host);
  if (literal !== null) {
    if (familyOf(literal) === family) return literal;
    return { code: 'not-applicable', detail: `${literal} answers over the other family only` };
  }
  const done = new AbortController();
  const tooLate = ports.clock.sleep(STUN_TIMEOUT / 2, AbortSignal.any([signal, done.signal])).then(
    (): Reason => ({ code: 'timed-out', detail: `looking up ${host}` }),
    (): Reason => ({ code: 'interrupted' }),
  );
  const looked = ports.dns.lookup(host).then(
    (all): string | Reason =>
      all.find((address) => parseAddress(address) === address && familyOf(address) === family) ?? {
        code: 'unreachable',
        detail: `${host} has no ${family === 'ipv4' ? 'A' : 'AAAA'} record`,
      },
    (): Reason => ({ code: 'unreachable', detail: `${host} can't be looked up` }),
  );
  const first = await Promise.race([looked, tooLate]);
  done.abort();
  return first;
}

function hostAndPort(server: string): { host: string; port: number } | null {
  const parts = /^(?:\[(?<six>[0-9a-f:.]+)\]|(?<name>[\w.-]+))(?::(?<port>\d{1,5}))?$/iu.exec(server)?.groups;
  const host = parts?.six ?? parts?.name;
  const port = Number(parts?.port ?? DEFAULT_PORT);
  return host === undefined || port < 1 || port > 65_535 ? null : { host, port };
}
