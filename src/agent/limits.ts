import type { HttpServerLimits } from '../ports/node/http-server.ts';

/**
 * What the agent allows. An agent stands on the open internet, so every number is what honest use needs, with some
 * room, and no more: an honest caller looks at one service a few times while something is being repaired.
 */

/** Longest look, milliseconds: the attempts at an address (4 s) and the identification of one that never says who it is (4 s), with room. */
export const LOOK_MS = 10_000;

/** How long the agent's resolvers have for a name, milliseconds: as long as a dead address takes. */
export const RESOLVE_MS = 4_000;

/** Life of a challenge, milliseconds: one round trip over the worst line. A stolen request is worthless afterwards. */
export const CHALLENGE_MS = 30_000;

/** Challenges remembered as used. Only holders of the token add to it, at most LOOKS_PER_MINUTE / 2 in CHALLENGE_MS. */
export const USED_CHALLENGES = 1024;

/** Addresses in one look: a name with four addresses a family is already rare. */
export const ADDRESSES_PER_LOOK = 8;

/** Other ports in one look, the port differential: one that answers is enough. */
export const OTHER_PORTS_PER_LOOK = 4;

/** Ways traced in one look: two IPv4 addresses by TCP and UDP, another port, and IPv6 as the control. */
export const TRACES_PER_LOOK = 6;

/** Bytes of a datagram that is sent to a UDP service: QUIC answers none that is shorter (RFC 9000, 14.1). */
export const DATAGRAM_BYTES = 1200;

/** Datagrams from one local port, the repeats included: UDP itself repeats nothing. */
export const DATAGRAMS = 3;

/** Hops of a trace: the internet is rarely more than 20 across, and each hop costs two packets. */
export const MAX_HOPS = 24;

/** What is dialled or traced at the same time, all looks together: two full looks. Each takes up to four sockets. */
export const DIALS_AT_ONCE = 2 * (ADDRESSES_PER_LOOK + OTHER_PORTS_PER_LOOK + TRACES_PER_LOOK);

/** Requests that prove nothing (challenges, bad proofs), a source and minute: a look needs one challenge. */
export const UNPROVEN_PER_MINUTE = 30;

/** Sources whose unproven requests are counted: about 200 KiB of memory. The oldest is forgotten first. */
export const SOURCES = 4096;

/** Looks a minute, all callers together: `verify --wait` asks every few seconds at most. */
export const LOOKS_PER_MINUTE = 30;

/**
 * Looks at one destination a minute, so that a stolen token is no means to flood: a diagnosis takes two or three. At
 * most 400 connections and 5,000 packets of traces.
 */
export const LOOKS_PER_DESTINATION_PER_MINUTE = 20;

/**
 * Distinct ports of one destination an hour, so that a stolen token is no port scanner: one host's public services, and
 * the other ports that lead to one of them. A trace without a port counts as one.
 */
export const PORTS_PER_DESTINATION_PER_HOUR = 12;

/** Distinct addresses an hour, so that a stolen token can't sweep a network for one port: eight full looks. */
export const ADDRESSES_PER_HOUR = 64;

/** Lines about refused requests a minute, so that strangers can't fill the disk through the log. */
export const REFUSAL_LINES_PER_MINUTE = 20;

/** Largest answer, bytes; the client reads no more. */
export const ANSWER_BYTES = 512 * 1024;

/** Largest piece of evidence in an answer, bytes: 26 of them and their wrapping fit into ANSWER_BYTES. */
export const EVIDENCE_BYTES = 15 * 1024;

/** Resolvers in an answer: glibc uses three, others rarely more. */
export const RESOLVERS_PER_LOOK = 8;

/** Largest answer to a challenge, and largest refusal, bytes: they hold one nonce, or one sentence. */
export const SMALL_ANSWER_BYTES = 4096;

/** How long the client waits for a challenge, milliseconds: connection, TLS and answer over a slow line. */
export const CHALLENGE_WAIT_MS = 8_000;

/** What the client grants the network beyond the look itself, milliseconds. */
export const LOOK_MARGIN_MS = 5_000;

export const LISTENER_LIMITS: HttpServerLimits = {
  // The largest valid request (eight addresses, ten more dials, a long path) has about 4 KiB.
  bodyBytes: 16 * 1024,
  // A reverse proxy adds some headers; a reach4 client sends under 1 KiB.
  headerBytes: 8 * 1024,
  headersMs: 5_000,
  requestMs: 10_000,
  idleMs: LOOK_MS + LOOK_MARGIN_MS,
  checkMs: 1_000,
  // DIALS_AT_ONCE looks at most run at the same time; the rest is room for strangers being refused.
  connections: 64,
  connectionsPerSource: 8,
};
