import type { Family } from '../model/address.ts';
import type { CaaRecord } from '../model/caa.ts';
import type { Answer } from '../model/dns-answer.ts';
import type { Reason, TcpOutcome } from '../model/evidence.ts';
import type { Identity } from '../model/identity.ts';

/** The world, as far as probes may touch it. Times are milliseconds, addresses canonical text. */
export interface Ports {
  readonly net: Net;
  readonly dns: Dns;
  readonly exec: Exec;
  readonly files: Files;
  readonly clock: Clock;
  readonly host: Host;
}

/** What to recognise on a port, and under which name to ask. */
export interface ServiceHint {
  readonly protocol: 'tls' | 'http' | 'ssh' | 'tcp';
  /** Server name for SNI and Host; null for literal addresses. */
  readonly name: string | null;
  readonly path: string;
  /** Bytes that go out before anything else, such as a PROXY header. */
  readonly preamble?: Uint8Array;
}

export interface Net {
  /** One TCP connection, closed again at once. Never throws for what the network does. */
  connect(address: string, port: number, timeoutMs: number, signal: AbortSignal): Promise<TcpOutcome>;
  /** Connects once more and reads who answers. Never throws for what the network does. */
  identify(
    address: string,
    port: number,
    hint: ServiceHint,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<Identity>;
  /** HTTP(S) request without redirects. Text is cut off at maxBytes: then `reason.code` is `too-large`. */
  http(request: HttpRequest, signal: AbortSignal): Promise<HttpResult>;
  /** UDP from one local port: the payload is sent, again after each of `repeatAfterMs`, and what comes back is kept. Never throws for what the network does. */
  udp(question: UdpQuestion, signal: AbortSignal): Promise<UdpResult>;
}

export interface UdpQuestion {
  readonly to: { readonly address: string; readonly port: number };
  readonly payload: Uint8Array;
  /** All together. */
  readonly timeoutMs: number;
  /** When to send again after the first time, in case a packet was lost. */
  readonly repeatAfterMs: readonly number[];
  /** Ends as soon as so many answers came. */
  readonly maxReplies: number;
  /** Ends as soon as this one came: what others send to the port doesn't end the wait for it. */
  readonly isLast?: (payload: Uint8Array) => boolean;
  /** Longer datagrams are dropped. */
  readonly maxBytes: number;
  /** False takes answers from any host and port: multicast and SSDP need it. */
  readonly onlyFromPeer: boolean;
  /** For multicast: the own address by whose interface it leaves. */
  readonly from?: string;
}

export type UdpResult =
  | {
      readonly ok: true;
      readonly localPort: number;
      readonly replies: readonly {
        readonly address: string;
        readonly port: number;
        readonly payload: Uint8Array;
      }[];
      readonly ms: number;
    }
  | {
      readonly ok: false;
      readonly reason: Reason;
      readonly ms: number;
      /** Known once it was sent. */
      readonly localPort?: number;
      /** What the system or the network said in place of an answer, told apart as for a TCP connection. */
      readonly stopped?: Pick<TcpOutcome, 'outcome' | 'code'>;
    };

export interface HttpRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Connect over this family only; without it, whichever works. */
  readonly family?: Family;
  /** Connect to this address, whatever the name's records say; the name is asked for and has to be in the certificate. */
  readonly address?: string;
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

export type HttpResult =
  | {
      readonly ok: true;
      readonly status: number;
      readonly headers: Readonly<Record<string, string | string[] | undefined>>;
      readonly body: string;
      readonly ms: number;
    }
  | {
      readonly ok: false;
      readonly reason: Reason;
      /** What came before a text that was too large. */
      readonly head?: {
        readonly status: number;
        readonly headers: Readonly<Record<string, string | string[] | undefined>>;
      };
      readonly ms: number;
    };

export interface DnsQuestion {
  readonly server: string;
  readonly name: string;
  readonly type: 'A' | 'AAAA' | 'NS' | 'SOA' | 'CAA';
  /** Recursion Desired: on for resolvers, off for authoritative servers. */
  readonly recurse: boolean;
  readonly timeoutMs: number;
}

export interface Dns {
  /** The system's resolvers on port 53, addresses in canonical text; not those that need a zone id. */
  resolvers(): Promise<string[]>;
  /** One question for A or AAAA: UDP, repeated once, then TCP where the answer is truncated. Never throws for what the network does. */
  ask(question: DnsQuestion & { readonly type: 'A' | 'AAAA' }, signal: AbortSignal): Promise<Answer>;
  /**
   * The NS records that a server knows for a zone, as answer or as referral, with the addresses that came along.
   * `null` where the server gave no usable answer.
   */
  nameServers(question: Omit<DnsQuestion, 'type'>, signal: AbortSignal): Promise<NameServers | null>;
  /** The CAA records at a name, none where it has none; `null` where the server gave no usable answer. */
  caa(question: Omit<DnsQuestion, 'type'>, signal: AbortSignal): Promise<readonly CaaRecord[] | null>;
  /** getaddrinfo: what programs on this machine get; nothing where there is no such name. Rejects where it couldn't tell. */
  lookup(name: string): Promise<string[]>;
}

export interface NameServers {
  readonly zone: string;
  readonly kind: 'answer' | 'referral';
  readonly authoritative: boolean;
  readonly servers: readonly { readonly name: string; readonly addresses: readonly string[] }[];
}

export interface Exec {
  /**
   * Runs a program without a shell and in the C locale. Null where it isn't installed.
   * Where it gives no exit code: 124 the time was up or the caller gave up, 125 the output was cut off,
   * 126 it couldn't be started, 128 a signal ended it.
   */
  run(
    file: string,
    args: readonly string[],
    options: {
      readonly timeoutMs: number;
      readonly signal: AbortSignal;
      /** What it reads on its standard input; nothing where left out. */
      readonly input?: string;
    },
  ): Promise<{ exitCode: number; stdout: string; stderr: string } | null>;
  /**
   * Starts a program that watches until it is stopped. Null where it isn't installed.
   * @param ready what it prints, on either stream, once it watches; resolves then, or when it ended or `readyMs` passed.
   */
  watch(
    file: string,
    args: readonly string[],
    options: {
      readonly ready: RegExp;
      readonly readyMs: number;
      readonly maxBytes: number;
      readonly signal: AbortSignal;
    },
  ): Promise<Watcher | null>;
}

export interface Watcher {
  /** False where it ended before it was ready. */
  readonly isReady: boolean;
  /** Ends it and tells what it printed, cut off at `maxBytes`. */
  stop(): Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }>;
}

export interface Files {
  /** Null where there is no such file. */
  read(path: string): Promise<string | null>;
  /** Replaces the file as a whole, folders included: a reader sees the old or the new text, also after a crash. `mode` as in chmod. */
  write(path: string, text: string, mode?: number): Promise<void>;
  exists(path: string): Promise<boolean>;
}

export interface Clock {
  /** Now. */
  now(): Date;
  /** Milliseconds on a clock that never goes back. */
  monotonic(): number;
  /** Rejects with an AbortError when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface NetworkInterfaceAddress {
  readonly interface: string;
  readonly address: string;
  readonly prefixLength: number;
}

interface Host {
  readonly platform: NodeJS.Platform;
  /** As the system tells its release; null where it doesn't. */
  readonly release: string | null;
  /** Whether this process is root's; null where the system knows other rights (Windows). */
  readonly isRoot: boolean | null;
  /** Byte order of the machine, where it isn't the one that this process runs on. */
  readonly littleEndian?: boolean;
  interfaces(): NetworkInterfaceAddress[];
}
