import { describe, expect, test } from 'vitest';
import type { Clock, HttpRequest, HttpResult } from '../../src/ports/ports.ts';
import { type ProvingDistribution, proveDistribution } from '../../src/proof/distribution.ts';
import { NAME } from '../support/names.ts';

const answer = (status: number, headers: Record<string, string> = { 'x-amz-cf-id': 'x' }): HttpResult => ({
  ok: true,
  status,
  headers,
  body: '',
  ms: 1,
});
const failed = (code: 'refused' | 'too-large'): HttpResult => ({ ok: false, reason: { code }, ms: 1 });

function proving(answers: HttpResult[], addresses = ['2600:9000::1', '13.224.1.1']) {
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
    target: { protocol: 'tls', path: '/x' },
    dns: { lookup: async () => addresses },
    net: {
      http: async (request) => {
        asked.push(request);
        return answers.length > 1 ? (answers.shift() as HttpResult) : (answers[0] as HttpResult);
      },
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

  test.each<[string, HttpResult, string[]]>([
    ['no name', answer(200), []],
    ['no way there', failed('refused'), ['13.224.1.1']],
    ['somebody in between', answer(200, {}), ['13.224.1.1']],
  ])('%s: nobody could tell', async (_, result, addresses) => {
    const proof = await proveDistribution(proving([result], addresses).the);
    expect(proof).toMatchObject({ ok: true, untold: expect.stringMatching(/./u) as string });
  });
});
