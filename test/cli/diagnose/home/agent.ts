import { deriveKeys, macOfAnswer } from '../../../../src/agent/mac.ts';
import {
  HEADER,
  LOOK_PATH,
  type LookAnswer,
  type LookRequest,
  PROTOCOL,
} from '../../../../src/agent/protocol.ts';
import type { HttpRequest, HttpResult } from '../../../../src/ports/ports.ts';
import { MS_OF, REACH_TIMEOUT, type Scene, TOKEN } from './scene.ts';

/** An outside agent as a client sees it, and what it was asked. */
export function agentOf({ the, time, note, dead, reachFacts }: Scene) {
  const looks: LookRequest[] = [];
  const agent = async (request: HttpRequest, signal: AbortSignal): Promise<HttpResult> => {
    const reply = (body: string, headers = {}): HttpResult => ({
      ok: true,
      status: 200,
      headers,
      body,
      ms: 1,
    });
    if (!request.url.endsWith(LOOK_PATH)) {
      return reply(JSON.stringify({ protocol: PROTOCOL, challenge: 'c'.repeat(40) }));
    }
    const look: LookRequest = JSON.parse(request.body ?? '');
    looks.push(look);
    note('look', `${request.url.split('/')[2]}`);
    const dials = [
      ...look.addresses.map(({ address }) => ({ address, port: look.port })),
      ...look.otherPorts,
    ];
    const takes = dials.some(({ address, port }) => dead(address, port))
      ? REACH_TIMEOUT
      : (the.takes?.look ?? MS_OF.look ?? 0);
    const late = await time.clock.sleep(takes === 'never' ? 2 ** 40 : takes, signal).then(
      () => false,
      () => true,
    );
    if (late) return { ok: false, reason: { code: 'interrupted' }, ms: 1 };
    const no = { status: 'failed', reason: { code: 'no-privilege' } } as const;
    const answer: LookAnswer = {
      protocol: PROTOCOL,
      reach: look.addresses.map(({ address, roles }) => ({
        address,
        seen: { status: 'ok', facts: reachFacts(address, look.port, roles) },
      })),
      udp: [],
      resolver: look.resolve === null ? [] : [no],
      otherPorts: look.otherPorts.map(({ address, port }) => ({
        status: 'ok',
        facts: reachFacts(address, port, ['differential']),
      })),
      traces: look.traces.map(() => no),
    };
    const body = JSON.stringify(answer);
    const nonces = {
      challenge: request.headers[HEADER.challenge] ?? '',
      nonce: request.headers[HEADER.nonce] ?? '',
    };
    return reply(body, {
      [HEADER.mac]: macOfAnswer(deriveKeys(TOKEN), { path: LOOK_PATH, ...nonces, body }),
    });
  };
  return { agent, looks };
}
