import { describe, expect, test } from 'vitest';
import type { Clock, HttpRequest, HttpResult } from '../../src/ports/ports.ts';
import { notUnseen, type ProvingDistribution, proveDistribution } from '../../src/proof/distribution.ts';
import { NAME, STABLE6 } from '../support/names.ts';

const answer = (
  status: number,
  headers: Record<string, string> = { 'x-amz-cf-id': 'x' },
  body = '',
): HttpResult => ({
  ok: true,
  status,
  headers,
  body,
  ms: 1,
});
const failed = (code: 'refused' | 'too-large' | 'timed-out'): HttpResult => ({
  ok: false,
  reason: { code },
  ms: 1,
});

function proving(
  answers: HttpResult[],
  addresses = ['2600:9000::1', '13.224.1.1'],
  server: { own?: HttpResult; status?: number; connects?: boolean } = {},
) {
  let now = 0;
  const asked: HttpRequest[] = [];
  const told: string[] = [];
  const clock: Pick<Clock, 'monotonic' | 'sleep'> = {
    monotonic: () => now,
    sleep: async (ms) => {
      now += ms;
    },
  };
  const the: ProvingDistribution = {
    domainName: 'd1.cloudfront.net',
    name: NAME,
    target: { protocol: 'tls', path: '/x', port: 443 },
    server: { addresses: [STABLE6], status: server.status ?? null },
    dns: { lookup: async () => addresses },
    net: {
      http: async (request) => {
        if (request.address === STABLE6) return server.own ?? failed('refused');
        asked.push(request);
        return answers.length > 1 ? (answers.shift() as HttpResult) : (answers[0] as HttpResult);
      },
      connect: async () => ({ outcome: server.connects === true ? 'connected' : 'timed-out', ms: 1 }),
    },
    clock: clock as Clock,
    deadlineMs: 20_000,
    tell: (sentence) => told.push(sentence),
    signal: new AbortController().signal,
  };
  return { the, asked, told };
}

describe('a new distribution', () => {
  test('is asked for the service by the visitors’ name, at its own address', async () => {
    const { the, asked } = proving([answer(200)]);
    expect(await proveDistribution(the)).toEqual({ ok: true, untold: null });
    expect(asked).toMatchObject([{ url: `https://${NAME}/x`, address: '2600:9000::1' }]);
  });

  test.each<[string, HttpResult]>([
    ['an error of the server’s own', answer(500)],
    ['a redirect', answer(301)],
    ['a long page', failed('too-large')],
  ])('%s is an answer', async (_, result) => {
    expect(await proveDistribution(proving([result]).the)).toEqual({ ok: true, untold: null });
  });

  test('has time to get to the server', async () => {
    const { the, told } = proving([answer(504), answer(502), answer(200)]);
    expect(await proveDistribution(the)).toEqual({ ok: true, untold: null });
    expect(told).toHaveLength(2);
  });

  test('that never gets there is not led to', async () => {
    expect(await proveDistribution(proving([answer(502)]).the)).toEqual({
      ok: false,
      why: `CloudFront answers for ${NAME} with status 502, because it gets nothing from the server over IPv6`,
    });
  });

  test('that takes connections and never answers is not led to, and has the time that the server has', async () => {
    const { the, asked } = proving([failed('timed-out')], undefined, { connects: true });
    expect(await proveDistribution(the)).toMatchObject({
      ok: false,
      why: expect.stringMatching(/takes connections .* no answer within 75 s/u) as string,
    });
    expect(asked[0]?.timeoutMs).toBeGreaterThan(60_000);
    const away = await proveDistribution(proving([failed('timed-out')]).the);
    expect(away).toMatchObject({ ok: true, untold: expect.stringMatching(/timed-out/u) as string });
  });

  test('that answers with an error of its own is not led to', async () => {
    const page = '<H1>403 ERROR</H1><H2>The request could not be satisfied.</H2>';
    const { the } = proving([answer(403, { 'x-amz-cf-id': 'x' }, page)]);
    expect(await proveDistribution(the)).toMatchObject({
      ok: false,
      why: expect.stringMatching(/status 403, on its own account/u) as string,
    });
  });

  test('whose errors the server does not have is not led to', async () => {
    for (const server of [{ own: answer(301, {}) }, { own: answer(301, {}), status: 404 }, { status: 301 }]) {
      expect(await proveDistribution(proving([answer(404)], undefined, server).the)).toEqual({
        ok: false,
        why: `CloudFront answers for ${NAME} with status 404, and the server itself with 301`,
      });
    }
    for (const server of [{ own: answer(404, {}), status: 200 }, { status: 401 }, {}]) {
      const proof = await proveDistribution(proving([answer(404)], undefined, server).the);
      expect(proof).toEqual({ ok: true, untold: null });
    }
  });

  test('of which nothing could be told leaves IPv6 visitors where they are', () => {
    expect(notUnseen('no name', ['A', 'AAAA'], false)).toMatch(/could not be told from here \(no name\)/u);
    expect(notUnseen('no name', ['A', 'AAAA'], true)).toBeNull();
    expect(notUnseen('no name', ['A'], false)).toBeNull();
  });

  test.each<[string, HttpResult, string[]]>([
    ['no name', answer(200), []],
    ['no way there', failed('refused'), ['13.224.1.1']],
    ['somebody in between', answer(200, {}), ['13.224.1.1']],
  ])('%s: nobody could tell', async (_, result, addresses) => {
    const proof = await proveDistribution(proving([result], addresses).the);
    expect(proof).toMatchObject({ ok: true, untold: expect.stringMatching(/./u) as string });
  });
});
