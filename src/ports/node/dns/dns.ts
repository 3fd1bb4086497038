import { promises as systemDns } from 'node:dns';
import { performance } from 'node:perf_hooks';
import { parseAddress } from '../../../model/address.ts';
import type { Answer } from '../../../model/dns-answer.ts';
import { isHostName } from '../../../model/target.ts';
import type { Dns, DnsQuestion } from '../../ports.ts';
import { codeOf } from '../system-error.ts';
import { noAnswer, toAnswer, toCaa, toNameServers } from './interpret.ts';
import { makeQuery } from './message.ts';
import { type Exchange, exchange } from './transport.ts';

/** RCODEs with which old servers and routers turn EDNS down: FORMERR and NOTIMP (RFC 6891 7). */
const EDNS_REFUSALS: readonly number[] = [1, 4];

/** @param port where servers listen; 53 except in tests. */
export const createDns = ({ port = 53 }: { readonly port?: number } = {}): Dns => ({
  resolvers: () => Promise.resolve(systemResolvers(new systemDns.Resolver().getServers())),
  async ask(question, signal): Promise<Answer> {
    const started = performance.now();
    const { name, type, recurse } = { ...question, name: question.name.toLowerCase() };
    const reply = await query({ ...question, name }, port, signal);
    const ms = performance.now() - started;
    return reply.kind === 'message'
      ? toAnswer(reply.message, { name, type, recurse }, ms)
      : noAnswer(reply.kind, ms);
  },
  async nameServers(question, signal) {
    const name = question.name.toLowerCase();
    const reply = await query({ ...question, name, type: 'NS' }, port, signal);
    return reply.kind === 'message' ? toNameServers(reply.message, name) : null;
  },
  async caa(question, signal) {
    const name = question.name.toLowerCase();
    const reply = await query({ ...question, name, type: 'CAA' }, port, signal);
    return reply.kind === 'message' ? toCaa(reply.message, name) : null;
  },
  lookup,
});

async function query(question: DnsQuestion, port: number, signal: AbortSignal): Promise<Exchange> {
  const { name, type, recurse, timeoutMs } = question;
  const address = parseAddress(question.server);
  // Names come from CNAME and NS records too: what isn't one can't be asked for.
  if (!isHostName(name)) return { kind: 'malformed' };
  if (address === null) return { kind: 'unreachable' };
  const started = performance.now();
  const ask = (edns: boolean, ms: number) =>
    exchange({ address, port }, makeQuery(name, type, recurse, edns), { timeoutMs: ms, signal });
  const reply = await ask(true, timeoutMs);
  if (reply.kind !== 'message' || !EDNS_REFUSALS.includes(reply.message.rcode)) return reply;
  return ask(false, Math.max(1, timeoutMs - (performance.now() - started)));
}

/**
 * Addresses of servers as Node lists them. Left out: servers on another port, which a question without a port
 * would miss, and link-local ones, which need a zone.
 * @param servers `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1`, `[2001:db8::1]:5353`, `fe80::1%eth0`.
 */
export function systemResolvers(servers: readonly string[]): string[] {
  const addresses = servers.flatMap((server) => {
    const text = /^\[?([^\]]*?)\]?(?::53)?$/u.exec(server)?.[1] ?? server;
    return parseAddress(server) ?? parseAddress(text) ?? [];
  });
  return [...new Set(addresses)];
}

/** @throws Error of getaddrinfo, other than that there is no such name or no address. */
async function lookup(name: string): Promise<string[]> {
  try {
    const found = await systemDns.lookup(name, { all: true, order: 'verbatim' });
    const addresses = found.flatMap(({ address }) => parseAddress(address.replace(/%.*$/u, '')) ?? []);
    return [...new Set(addresses)];
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOTFOUND' || code === 'ENODATA') return [];
    throw error;
  }
}
