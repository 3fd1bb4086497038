import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Family } from '../../src/model/address.ts';
import { evidenceSchema } from '../../src/model/evidence.ts';
import type { HttpRequest, HttpResult } from '../../src/ports/ports.ts';
import { whoami } from '../../src/probes/whoami.ts';
import { fakePorts, here } from './fake-ports.ts';

const URL_TEXT = 'https://whoami.example.net/ip';

async function run(body: string, family: Family = 'ipv4', status = 200, url = URL_TEXT) {
  const requests: HttpRequest[] = [];
  const http = async (request: HttpRequest): Promise<HttpResult> => {
    requests.push(request);
    return { ok: true, status, headers: {}, body, ms: 1 };
  };
  const evidence = evidenceSchema.parse(await whoami(url, family, fakePorts({ net: { http } }), here()));
  return { evidence, requests };
}

describe('whoami', () => {
  it.each([
    ['ipv4', '198.51.100.7\n', '198.51.100.7'],
    ['ipv4', '10.0.0.1', '10.0.0.1'],
    ['ipv6', ' 2001:DB8:0::1 \r\n', '2001:db8::1'],
  ] as const)('keeps the %s address that it is told: %j', async (family, body, address) => {
    const { evidence, requests } = await run(body, family);
    expect(evidence).toMatchObject({
      id: `whoami:here:${family}:whoami.example.net/ip`,
      status: 'ok',
      facts: { service: 'whoami.example.net', family, address },
    });
    expect(requests).toMatchObject([{ url: URL_TEXT, method: 'GET', family }]);
  });

  it.each([
    ['another family', 'ipv4', '2001:db8::1', 200],
    ['an IPv4-mapped address', 'ipv6', '::ffff:198.51.100.7', 200],
    ['two addresses', 'ipv4', '198.51.100.7, 198.51.100.8', 200],
    ['nothing', 'ipv4', '', 200],
    ['another status', 'ipv4', '198.51.100.7', 503],
    ['an old shorthand', 'ipv4', '198.51.7', 200],
  ] as const)('takes no answer that is %s', async (_, family, body, status) => {
    const { evidence } = await run(body, family, status);
    expect(evidence).toMatchObject({ status: 'failed', reason: { code: 'malformed' } });
  });

  it('keeps little and nothing harmful of a page that is no address', async () => {
    const { evidence } = await run(`<html>\u001b[31m\n${'x'.repeat(1000)}`);
    const detail = evidence.status === 'ok' ? '' : (evidence.reason.detail ?? '');
    expect(detail).toMatch(/^<html> \[31m x+$/u);
    expect(detail.length).toBeLessThanOrEqual(80);
  });

  it('passes on why there is no answer', async () => {
    const http = async (): Promise<HttpResult> => ({ ok: false, reason: { code: 'no-network' }, ms: 1 });
    const evidence = await whoami(URL_TEXT, 'ipv4', fakePorts({ net: { http } }), here());
    expect(evidence).toMatchObject({ status: 'failed', reason: { code: 'no-network' } });
  });

  it('asks an address over its own family only', async () => {
    const six = 'http://[2001:db8::5]:8080/';
    expect((await run('2001:db8::1', 'ipv6', 200, six)).evidence).toMatchObject({
      id: 'whoami:here:ipv6:[2001:db8::5]:8080',
      status: 'ok',
    });
    const { evidence, requests } = await run('198.51.100.7', 'ipv4', 200, six);
    expect(evidence).toMatchObject({ status: 'skipped', reason: { code: 'not-applicable' } });
    expect(requests).toEqual([]);
  });

  it('gives evidence whatever it is told', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (body) => {
        expect((await run(body)).evidence.probe).toBe('whoami');
      }),
    );
  });
});
