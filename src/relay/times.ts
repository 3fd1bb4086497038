/** ms */
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Every period of the relay's configuration, in ms. Tests divide them all by the same number. */
export const RELAY_TIMES = {
  /** For the origin to take a connection: three SYNs (RFC 6298: sent after 0, 1 and 3 s), and their way back. */
  connect: 10 * SECOND,
  /** For a client to name the host that it wants: by a ClientHello, or by the head of a request. */
  hello: 5 * SECOND,
  /** Between two requests on one connection, as web servers do. */
  keepAlive: 15 * SECOND,
  /** Silence within a request or an answer: long polls and slow downloads are no failure. */
  http: HOUR,
  /** Silence on a connection that is open both ways. An SSH session sleeps overnight; keepalives find the dead much earlier. */
  tunnel: DAY,
  /** Silence after one side has said that it is done: the other may have to work a while for its answer. */
  halfClosed: HOUR,
  /** First keepalive on a silent connection: before cloud firewalls forget it (350 s, AWS's default on Nitro v6). */
  keepaliveIdle: MINUTE,
  keepaliveInterval: 15 * SECOND,
  /** For connections that a reload leaves to the old process; those that still live then are cut, for its memory. */
  hardStop: 12 * HOUR,

  /** Between two looks at an origin's name. unbound answers from its cache while the record's TTL lasts. */
  resolve: SECOND,
  /** Until a question is asked again: longer than unbound takes before it gives an old answer. */
  resolveRetry: 2.5 * SECOND,
  /**
   * How long the last address is used after DNS said that there is none: whoever updates a record by deleting and making it,
   * or has a slip, isn't cut off.
   */
  gone: 5 * MINUTE,
  /** How long the last address is used while DNS says nothing: as long as HAProxy can count (2^31 ms). */
  silent: 24 * DAY,
  /** Before unbound gives an answer that has run out, because the authority doesn't answer: as RFC 8767 recommends. */
  staleAnswer: 1.8 * SECOND,
  /** How long "there is no such record" is remembered, whatever the zone says: the next answer may be better. */
  negative: 10 * SECOND,
  /** How long a name server that doesn't answer is left alone. */
  deadServer: 10 * SECOND,

  /** Silence of a client and its origin, after which their UDP flow is forgotten. REQ-5 of RFC 4787 asks for two minutes or more. */
  udp: 3 * MINUTE,
  /** The same for DNS, where one question has one answer: as long as a resolver waits for it. */
  udpDns: 10 * SECOND,
} as const satisfies Record<string, number>;
export type RelayTimes = Readonly<Record<keyof typeof RELAY_TIMES, number>>;

const UNITS = [
  ['d', DAY],
  ['h', HOUR],
  ['m', MINUTE],
  ['s', SECOND],
] as const;

/** As HAProxy and nginx read a period: `5m`, `1800ms`. */
export function period(ms: number): string {
  const whole = Math.max(1, Math.round(ms));
  const unit = UNITS.find(([, length]) => whole % length === 0);
  return unit === undefined ? `${whole}ms` : `${whole / unit[1]}${unit[0]}`;
}

/** As unbound reads a period: whole seconds, at least one. */
export const seconds = (ms: number): number => Math.max(1, Math.round(ms / SECOND));
