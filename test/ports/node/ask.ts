import { onTestFinished } from 'vitest';
import { type Answer, answerSchema } from '../../../src/model/dns-answer.ts';
import { createDns } from '../../../src/ports/node/dns/dns.ts';
import { startDnsServer } from './dns-server.ts';
import { never } from './loopback.ts';

export const NAME = 'home.example.org';

export type Behaviour = Parameters<typeof startDnsServer>[0];

/** A name server on loopback until the test ends. */
export async function serverFor(...args: Parameters<typeof startDnsServer>) {
  const server = await startDnsServer(...args);
  onTestFinished(server.close);
  return server;
}

interface Question {
  readonly type?: 'A' | 'AAAA';
  readonly recurse?: boolean;
  readonly timeoutMs?: number;
  readonly name?: string;
  readonly signal?: AbortSignal;
}

/** Asks a server that behaves so, and checks that the answer is one. */
export async function ask(
  behaviour: Behaviour,
  { signal = never, ...question }: Question = {},
): Promise<Answer> {
  const { port } = await serverFor(behaviour);
  const defaults = { server: '127.0.0.1', name: NAME, type: 'A', recurse: false, timeoutMs: 300 } as const;
  return answerSchema.parse(await createDns({ port }).ask({ ...defaults, ...question }, signal));
}
