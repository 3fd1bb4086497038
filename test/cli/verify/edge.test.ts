import { describe, expect, test } from 'vitest';
import { judge } from '../../../src/cli/diagnose/judge.ts';
import { canChange, check, isAchieved, type Promised } from '../../../src/cli/verify/check.ts';
import { lookThroughEdge } from '../../../src/cli/verify/edge.ts';
import type { Reason } from '../../../src/model/evidence.ts';
import type { HttpRequest, HttpResult } from '../../../src/ports/ports.ts';
import { MADE } from '../../report/diagnoses.ts';
import { resolver } from '../../support/evidence.ts';
import { authorities, caseOf, LINE, zone } from '../../support/home.ts';
import { OLD4, OTHER4, PROXY4, PROXY6, SERVICE, STABLE6, TARGET } from '../../support/names.ts';

const PROMISED: Promised & { edge: NonNullable<Promised['edge']> } = {
  records: [],
  identity: SERVICE,
  edge: { provider: 'Cloudflare', origin: [STABLE6] },
};
const PROXIED = [...LINE, ...zone([PROXY4], [PROXY6])];
const RAY = { 'cf-ray': '8f1a-FRA', server: 'cloudflare' };

const page = (more: Partial<Extract<HttpResult, { ok: true }>> = {}): HttpResult => ({
  ok: true,
  status: 200,
  headers: RAY,
  body: 'my page',
  ms: 20,
  ...more,
});
/** A page that was not read to its end, of which only the beginning is known. */
const large = (status: number, headers = RAY as Record<string, string>): HttpResult => ({
  ok: false,
  reason: { code: 'too-large' },
  head: { status, headers },
  ms: 20,
});
const no = (code: Reason['code'], detail?: string): HttpResult => ({
  ok: false,
  reason: { code, ...(detail === undefined ? {} : { detail }) },
  ms: 20,
});

/** What `verify` makes of it, and what it asked for. */
async function verified(
  through: HttpResult,
  direct: HttpResult = page({ headers: {} }),
  evidence = PROXIED,
  target = TARGET,
) {
  const asked: HttpRequest[] = [];
  const diagnosis = judge(caseOf({ evidence, target }), MADE);
  const net = {
    http: async (request: HttpRequest) => {
      asked.push(request);
      return request.address === PROXY4 ? through : direct;
    },
  };
  const look = await lookThroughEdge(PROMISED.edge, diagnosis, net, new AbortController().signal);
  const checks = check(PROMISED, diagnosis, look);
  return { asked, checks, said: checks.map(({ state, text }) => `${state}: ${text}`) };
}
const answer = async (...given: Parameters<typeof verified>) => {
  const { checks, said } = await verified(...given);
  return said[checks.findIndex(({ code }) => code === 'ipv4-answers')] ?? '';
};

test('behind the proxy, the same page: the edge over IPv4, the server over IPv6', async () => {
  const { asked, checks, said } = await verified(page());
  expect(asked.map(({ url, address }) => [url, address])).toEqual([
    ['https://home.example.org:443/', PROXY4],
    ['https://home.example.org:443/', STABLE6],
  ]);
  expect(said).toEqual([
    `holds: the zone's servers say A ${PROXY4}, of Cloudflare (2 asked)`,
    `holds: the zone's servers say AAAA ${PROXY6}, of Cloudflare (2 asked)`,
    `holds: ${PROXY4} (Cloudflare) answers with the same page as the server itself over IPv6`,
  ]);
  expect(isAchieved(checks)).toBe(true);
});

describe('what can’t be compared is said', () => {
  test.each<[string, HttpResult, HttpResult, RegExp]>([
    ['another page each time', page({ body: 'now 1' }), page({ body: 'now 2' }), /their pages differ/u],
    [
      'a certificate of one’s own',
      page(),
      no('unauthorised'),
      /none that this machine trusts.*keys say nothing/u,
    ],
    ['no IPv6 here', page(), no('no-network', 'ENETUNREACH'), /not compared.*ENETUNREACH/u],
    ['empty pages', page({ body: '' }), page({ body: '' }), /status 200/u],
    ['a large page', large(200), large(200, {}), /status 200, and with a page too large to be compared/u],
  ])('%s', async (_, through, direct, expected) => {
    expect(await answer(through, direct)).toMatch(/^holds: /u);
    expect(await answer(through, direct)).toMatch(expected);
  });
  test('the same redirect is one', async () => {
    const moved = { status: 302, headers: { ...RAY, location: 'https://home.example.org/login' }, body: '' };
    expect(await answer(page(moved), page(moved))).toMatch(/^holds: .* the same redirect/u);
  });
});

describe('not verified', () => {
  const itself = { status: 301, headers: { ...RAY, location: 'https://home.example.org/' }, body: '' };
  test.each<[string, HttpResult, RegExp]>([
    ['the server is not reached', page({ status: 522 }), /^waiting: .*does not answer its connections/u],
    ['the server’s certificate', page({ status: 526 }), /^fails: .*SSL mode to Full/u],
    ['TLS with the server', page({ status: 525 }), /^fails: /u],
    ['Flexible', page(itself), /^fails: .*Flexible/u],
    ['somebody in between', page({ headers: {} }), /^waiting: .*is not Cloudflare/u],
    ['no certificate yet', no('unauthorised'), /^waiting: .*no certificate for the name yet/u],
    ['no IPv4 here', no('no-network'), /^waiting: this machine has no IPv4/u],
    ['nothing', no('timed-out'), /^waiting: .*does not answer: timed-out/u],
    ['an error that the server does not have', page({ status: 502 }), /^waiting: .*status 502/u],
    [
      'a refusal of the edge’s own',
      page({ status: 403 }),
      /^waiting: .*status 403, the server itself over IPv6 with status 200$/u,
    ],
    ['a path that the edge does not have', page({ status: 404 }), /^waiting: .*status 404.*status 200$/u],
    ['a large page of somebody in between', large(200, {}), /^waiting: .*is not Cloudflare/u],
    ['a large page whose beginning is not known', no('too-large'), /^waiting: .*does not answer: too-large/u],
    ['a large page that says why there is none', large(403), /^waiting: .*status 403.*status 200$/u],
  ])('%s', async (_, through, expected) => {
    const { checks } = await verified(through);
    expect(await answer(through)).toMatch(expected);
    expect(isAchieved(checks)).toBe(false);
    expect(canChange(checks)).toBe(!expected.source.startsWith('^fails'));
  });

  test('an error that the server has as well is its own', async () => {
    expect(await answer(page({ status: 503 }), page({ status: 503 }))).toMatch(/^holds/u);
    expect(await answer(page({ status: 401 }), page({ status: 401 }))).toMatch(/^holds/u);
    expect(await answer(page({ status: 403 }), page({ status: 401 }))).toMatch(/^holds/u);
  });

  test('a 4xx with nothing to compare it with is not the edge’s for certain', async () => {
    expect(await answer(page({ status: 404 }), no('no-network'))).toMatch(/^holds: .*not compared/u);
  });

  test('the zone does not lead there yet; resolvers keep an old answer', async () => {
    const evidence = [...LINE, ...authorities([OLD4]), resolver({ a: [[OLD4, 120]], aaaa: [STABLE6] })];
    const { said, asked, checks } = await verified(page(), page(), evidence);
    expect(asked).toEqual([]);
    expect(said).toEqual([
      `waiting: the zone's servers say A ${OLD4}; it should be Cloudflare's`,
      `waiting: the zone's servers say AAAA ${STABLE6}; it should be Cloudflare's`,
      'waiting: the name has no IPv4 address of Cloudflare',
      expect.stringMatching(/still says A 81\.2\.99\.77, for up to 120 s/u),
    ]);
    expect(isAchieved(checks)).toBe(false);
  });

  test('for plain HTTP on another port', async () => {
    const { asked } = await verified(page(), page(), PROXIED, 'http://home.example.org:8080/x?y');
    expect(asked[0]?.url).toBe('http://home.example.org:8080/x?y');
  });
});

describe('an address that is not in the list of CloudFront, which grows', () => {
  const cdn: typeof PROMISED = {
    ...PROMISED,
    edge: { ...PROMISED.edge, provider: 'CloudFront', types: ['A'] },
  };
  const seen = async (through: HttpResult, addresses = [OLD4]) => {
    const evidence = [...LINE, ...zone(addresses, [STABLE6])];
    const diagnosis = judge(caseOf({ evidence, target: TARGET }), MADE);
    const http = async ({ address }: HttpRequest) => (address === OLD4 ? through : page({ headers: {} }));
    const look = await lookThroughEdge(cdn.edge, diagnosis, { http }, new AbortController().signal);
    return check(cdn, diagnosis, look).map(({ state, text }) => `${state}: ${text}`);
  };

  test('is one of its own where it answers as one', async () => {
    expect(await seen(page({ headers: { 'x-amz-cf-id': 'abc==' } }))).toEqual([
      `holds: the zone's servers say A ${OLD4}, of CloudFront (2 asked)`,
      `holds: ${OLD4} (CloudFront) answers with the same page as the server itself over IPv6`,
    ]);
  });

  test.each([
    ['somebody else answers', page({ headers: {} }), [OLD4]],
    ['nobody answers', no('timed-out'), [OLD4]],
    ['another one beside it does not', page({ headers: { 'x-amz-cf-id': 'abc==' } }), [OTHER4, OLD4]],
  ])('is not where %s', async (_, through, addresses) => {
    expect((await seen(through, addresses))[0]).toBe(
      `waiting: the zone's servers say A ${addresses.join(', ')}; it should be CloudFront's`,
    );
  });
});
