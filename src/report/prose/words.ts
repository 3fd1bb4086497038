import type { Scope } from '../../model/address.ts';
import type { Reason, Vantage } from '../../model/evidence.ts';
import type { System } from '../../model/facts/host.ts';
import type { Finding } from '../../model/finding.ts';

/** What sentences need to know beside the finding itself. */
export interface Setting {
  /** The router's address on the local network; null where no router answered. */
  readonly gateway: string | null;
  /** How many public services told this line's IPv4 address. */
  readonly services: number;
  /** The server's. */
  readonly system: System;
}

/** A sentence; a row of a small table (label, value, who said so); or something quoted as it was found. */
export type Detail = string | { readonly row: readonly string[] } | { readonly quote: string };

/** A finding in words: what it is in one line, and what it means where that needs saying. */
export interface Prose {
  readonly headline: string;
  readonly details: readonly Detail[];
}

type ArgsOf = { [F in Finding as F['code']]: F['args'] };
/** One finding, with arguments that belong to its code. */
export type FindingOf<C extends Finding['code'] = Finding['code']> = {
  [K in C]: { code: K; args: ArgsOf[K] };
}[C];
/** The words for every finding. */
export type Words = { [C in Finding['code']]: (args: ArgsOf[C], setting: Setting) => Prose };

export const say = (headline: string, ...details: readonly Detail[]): Prose => ({ headline, details });

export const row = (...cells: readonly string[]): Detail => ({ row: cells });

export const list = (items: readonly (string | number)[]): string =>
  items.length === 0 ? 'nothing' : items.join(', ');

/** `a, b and c`. */
export function all(items: readonly string[], word = 'and'): string {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} ${word} ${last}`;
}

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

/** How long, in the unit a person thinks in. @param seconds a time to live */
export function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}

export const FAMILY = { ipv4: 'IPv4', ipv6: 'IPv6' } as const;

export const FROM: Readonly<Record<Vantage, string>> = {
  server: 'from this server',
  lan: 'from this network',
  outside: 'from outside',
  unknown: 'from this machine',
};

export const SCOPE: Readonly<Record<Scope, string>> = {
  public: 'a public address',
  private: 'a private address (RFC 1918): it exists in every home, and on no internet',
  shared: 'a carrier-grade NAT address (100.64.0.0/10, RFC 6598): shared inside a provider, not reachable',
  loopback: 'a loopback address: it leads every visitor to their own machine',
  'link-local': 'a link-local address: it is valid on one cable only',
  'unique-local': 'a unique local address: it is valid inside one site only',
  documentation: 'an address reserved for examples',
  multicast: 'a multicast address: no server has it',
  unspecified: 'the unspecified address: it names no host',
  reserved: 'a reserved address: it is not routed on the internet',
};

const OUTCOME: Readonly<Record<string, string>> = {
  'timed-out': 'no answer at all',
  refused: 'it is refused',
  'icmp-unreachable': 'something on the way says that it is unreachable',
  error: 'the connection fails',
  'no-route': 'this machine has no route',
  'blocked-locally': 'this machine does not let it out',
  'other-service': 'another service answers',
  unrecognised: "whatever answers can't be recognised",
  flaky: 'something answers only now and then',
  silent: 'no answer, which over UDP decides nothing',
};

/** How a connection ended, as a clause. @param outcome of TCP, or the state of an address */
export const outcomeWords = (outcome: string): string => OUTCOME[outcome] ?? outcome.replaceAll('-', ' ');

/** `3 of 3 tries`. */
export const allTries = (tries: number): string =>
  tries === 1 ? '1 try only' : `${tries} of ${tries} tries`;

export const REASONS: Readonly<Record<Reason['code'], string>> = {
  'not-consented': 'not asked, because nobody agreed to it',
  'no-tool': 'a program that is needed is missing',
  'no-privilege': 'this user may not',
  'no-network': 'there is no network for it',
  'timed-out': 'no answer in time',
  unreachable: "can't be reached",
  refused: 'it refused',
  unauthorised: 'it refuses the token',
  malformed: "the answer isn't one that can be used",
  'too-large': 'the answer is too large',
  unsupported: 'not supported',
  'not-applicable': 'not applicable',
  interrupted: 'interrupted',
};
