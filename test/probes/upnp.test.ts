import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { evidenceSchema } from '../../src/model/evidence.ts';
import { nodePorts } from '../../src/ports/node/node-ports.ts';
import type { Ports } from '../../src/ports/ports.ts';
import { upnp } from '../../src/probes/upnp.ts';
import { here } from './fake-ports.ts';
import {
  descriptionXml,
  entryOf,
  faultXml,
  httpServer,
  type Igd,
  IP_SERVICE,
  ownLoopback,
  PPP_SERVICE,
  sendFrom,
  serviceXml,
  soapXml,
  ssdpAnswer,
  startIgd,
  udpServer,
  values,
} from './router/loopback-router.ts';

/** ms; the probe's own limit, and what a busy machine adds. */
const IN_TIME = 3_300;

async function look({ address }: Pick<Igd, 'address'>, signal?: AbortSignal) {
  const real = nodePorts();
  const fetched: string[] = [];
  const ports: Ports = {
    ...real,
    net: {
      ...real.net,
      http: (request, until) => {
        fetched.push(new URL(request.url).hostname);
        return real.net.http(request, until);
      },
    },
  };
  const [item, ...more] = await upnp({ gateway: address, level: 1, multicast: false }, ports, here(signal));
  const evidence = evidenceSchema.parse(item);
  expect(more).toEqual([]);
  expect(evidence.ms).toBeLessThan(IN_TIME);
  expect(fetched.filter((host) => host !== address)).toEqual([]);
  return evidence;
}

/** Sends without an end, until the other side hangs up. */
const endless = (response: ServerResponse, part: string) => {
  const more = () => {
    if (response.writable) response.write(part, () => setImmediate(more));
  };
  more();
};
const dripping = (response: ServerResponse) => {
  const timer = setInterval(() => response.write(' '), 20);
  response.on('close', () => clearInterval(timer));
};

describe('upnp', () => {
  it('tells address and mappings', async () => {
    const entries = Array.from({ length: 9 }, (_, index) => entryOf(8000 + index));
    const igd = await startIgd({ entries });
    const evidence = await look(igd);
    expect(evidence).toMatchObject({
      id: `upnp:here:${igd.address}`,
      status: 'ok',
      facts: {
        gateway: igd.address,
        level: 1,
        device: 'ACME Box 7',
        service: IP_SERVICE,
        status: 'Connected',
        told: '81.2.99.1',
        external: '81.2.99.1',
        mappingsComplete: true,
      },
    });
    const listed = evidence.probe === 'upnp' && evidence.status === 'ok' ? evidence.facts.mappings : [];
    expect(listed.map(({ externalPort }) => externalPort)).toEqual(
      entries.map(({ externalPort }) => externalPort),
    );
    // It only reads.
    expect(igd.calls.filter((call) => !call.startsWith('Get'))).toEqual([]);
  });

  it.each([
    ['', null],
    ['0.0.0.0', null],
    ['100.64.9.7', '100.64.9.7'],
    ['none', null],
    ['2001:db8::1', null],
  ])('keeps the address %j as it is told', async (told, external) => {
    const igd = await startIgd({
      soap: (action) =>
        action === 'GetExternalIPAddress'
          ? { status: 200, body: soapXml(action, { NewExternalIPAddress: told }) }
          : null,
    });
    expect(await look(igd)).toMatchObject({ status: 'ok', facts: { told, external } });
  });

  it('chooses the connected one of several services', async () => {
    const igd = await startIgd({
      description: () => descriptionXml(serviceXml(IP_SERVICE, '/ip') + serviceXml(PPP_SERVICE, '/ppp')),
      soap: (action, text) => {
        if (action !== 'GetStatusInfo') return null;
        const status = text.includes(PPP_SERVICE) ? 'Connected' : 'Disconnected';
        return { status: 200, body: soapXml(action, { NewConnectionStatus: status }) };
      },
    });
    expect(await look(igd)).toMatchObject({ facts: { service: PPP_SERVICE, status: 'Connected' } });
  });

  it.each([
    ['lines end with LF', (location: string) => ssdpAnswer(location, undefined, '\n')],
    ['EXT is missing', (location: string) => ssdpAnswer(location).replace('EXT:\r\n', '')],
  ])('understands an answer where %s', async (_, search) => {
    const igd = await startIgd({ search: (__, location) => search(location) });
    expect(await look(igd)).toMatchObject({ status: 'ok' });
  });

  it('finds a router that answers to ssdp:all alone', async () => {
    const igd = await startIgd({
      search: (target, location) => (target === 'ssdp:all' ? ssdpAnswer(location) : null),
    });
    expect(await look(igd)).toMatchObject({ status: 'ok' });
  });

  it('takes an answer from another port', async () => {
    const address = ownLoopback();
    const port = await httpServer(address, (request, response) => {
      if (request.method === 'GET') response.end(descriptionXml(serviceXml(IP_SERVICE, '/ctl')));
      else response.writeHead(500).end(faultXml(501, 'Action Failed'));
    });
    const answer = Buffer.from(ssdpAnswer(`http://${address}:${port}/`));
    await udpServer(address, 1900, (_, from) => void sendFrom(address, from, answer));
    expect(await look({ address })).toMatchObject({ status: 'ok' });
  });

  it('says that errors are answers, and that the list is not complete', async () => {
    const igd = await startIgd({
      soap: () => ({ status: 500, body: faultXml(606, 'Action not authorized') }),
    });
    expect(await look(igd)).toMatchObject({
      status: 'ok',
      facts: { status: null, told: null, external: null, mappings: [], mappingsComplete: false },
    });
  });

  it.each([
    [
      'an entry that is none',
      (index: number) => (index === 1 ? soapXml('GetGenericPortMappingEntry', {}) : null),
    ],
    ['a list without an end', () => soapXml('GetGenericPortMappingEntry', values(entryOf(443)))],
  ])('knows %s', async (_, entry) => {
    const igd = await startIgd({
      entries: [entryOf(80), entryOf(81)],
      soap: (action, text) => {
        if (action !== 'GetGenericPortMappingEntry') return null;
        const body = entry(Number(/<NewPortMappingIndex>(\d+)/u.exec(text)?.[1]));
        return body === null ? null : { status: 200, body };
      },
    });
    const evidence = await look(igd);
    expect(evidence).toMatchObject({ status: 'ok', facts: { mappingsComplete: false } });
    expect(igd.calls.length).toBeLessThan(70);
  });

  it('keeps what was told where the list hangs', async () => {
    const igd = await startIgd({
      soap: (action, _, response) => {
        if (action !== 'GetGenericPortMappingEntry') return null;
        dripping(response.writeHead(200));
        return 'handled';
      },
    });
    expect(await look(igd)).toMatchObject({
      status: 'ok',
      facts: { external: '81.2.99.1', mappings: [], mappingsComplete: false },
    });
  });

  it('says that nobody answers, and ends when it is told', async () => {
    expect(await look({ address: ownLoopback() })).toMatchObject({
      status: 'failed',
      reason: { code: 'timed-out' },
    });
    const gone = await look({ address: ownLoopback() }, AbortSignal.timeout(50));
    expect(gone).toMatchObject({ status: 'failed', reason: { code: 'interrupted' } });
    expect(gone.ms).toBeLessThan(1000);
  });
});

describe('what a hostile network does to upnp', () => {
  it.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://127.0.0.1:22/',
    'https://router.example.org/desc.xml',
    'file:///etc/passwd',
    'gopher://x',
    `http://\u001b[31m/${'x'.repeat(900)}`,
  ])("doesn't fetch %j", async (location) => {
    const igd = await startIgd({ search: () => ssdpAnswer(location) });
    expect(await look(igd)).toMatchObject({
      status: 'failed',
      reason: {
        code: 'malformed',
        detail: expect.stringMatching(/^its description is said to be elsewhere: [ -~]{0,80}$/u),
      },
    });
    expect(igd.calls).toEqual([]);
  });

  it("doesn't listen to another host", async () => {
    const [address, other] = [ownLoopback(), ownLoopback()];
    await udpServer(
      address,
      1900,
      (_, from) => void sendFrom(other, from, Buffer.from(ssdpAnswer(`http://${other}/`))),
    );
    expect(await look({ address })).toMatchObject({
      status: 'failed',
      reason: { code: 'malformed', detail: `${other} answered, which isn't the router` },
    });
  });

  it.each(['', 'HTTP/1.1 200 OK\r\n\r\n', '\0'.repeat(500), 'x'.repeat(5000)])(
    'ends with noise %#',
    async (noise) => {
      const igd = await startIgd({ search: () => noise });
      const evidence = await look(igd);
      expect(evidence).toMatchObject({ status: 'failed' });
      expect(evidence.status !== 'ok' && evidence.reason.code).toMatch(
        /^(?:malformed|timed-out|too-large)$/u,
      );
    },
  );

  const bomb = `<!DOCTYPE r [<!ENTITY a "${'ha'.repeat(50)}">${Array.from('bcdefgh', (name, at) => `<!ENTITY ${name} "${`&${'abcdefg'[at]};`.repeat(10)}">`).join('')}]><r>&h;</r>`;

  it.each<[string, string, (response: ServerResponse) => void]>([
    ['an XML bomb', 'malformed', (response) => response.end(bomb)],
    ['deep nesting', 'malformed', (response) => response.end('<a>'.repeat(10_000))],
    ['half a description', 'malformed', (response) => response.end(descriptionXml('').slice(0, 200))],
    [
      'services elsewhere',
      'malformed',
      (response) => response.end(descriptionXml(serviceXml(IP_SERVICE, 'http://169.254.169.254/'))),
    ],
    [
      'a redirect',
      'malformed',
      (response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
    ],
    ['an endless body', 'too-large', (response) => endless(response, '<a/>'.repeat(9000))],
    ['silence', 'timed-out', () => {}],
    ['drops', 'timed-out', (response) => dripping(response.writeHead(200))],
    ['a closed connection', 'unreachable', (response) => response.destroy()],
  ])('ends with %s for a description', async (_, code, describe) => {
    const igd = await startIgd({ describe: (__, response) => describe(response) });
    expect(await look(igd)).toMatchObject({ status: 'failed', reason: { code } });
    expect(igd.calls).toEqual([]);
  });

  it.each<[string, string, (response: ServerResponse) => void]>([
    ['an XML bomb', 'malformed', (response) => response.end(bomb)],
    ['an endless body', 'too-large', (response) => endless(response, '<a/>'.repeat(5000))],
    ['silence', 'timed-out', () => {}],
    ['drops', 'timed-out', (response) => dripping(response.writeHead(200))],
    [
      'a redirect',
      'malformed',
      (response) => response.writeHead(307, { location: 'http://169.254.169.254/' }).end(),
    ],
  ])('ends with %s for every call', async (_, code, answer) => {
    const igd = await startIgd({
      soap: (__, ___, response) => {
        answer(response);
        return 'handled';
      },
    });
    expect(await look(igd)).toMatchObject({ status: 'failed', reason: { code } });
  });

  it('makes what it keeps harmless', async () => {
    const igd = await startIgd({
      soap: (action) =>
        action === 'GetStatusInfo'
          ? {
              status: 200,
              body: soapXml(action, { NewConnectionStatus: `Con&#x9b;31m\u202E${'x'.repeat(300)}` }),
            }
          : null,
      entries: [entryOf(443, { description: '&#x9b;2J\u200Bevil' })],
    });
    const evidence = await look(igd);
    expect(evidence).toMatchObject({
      facts: { status: expect.stringMatching(/^Con 31m x{1,60}$/u), mappings: [{ description: '2J evil' }] },
    });
  });
});
