import { validateHeaderValue } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { evidenceSchema } from '../../src/model/evidence.ts';
import { nodePorts } from '../../src/ports/node/node-ports.ts';
import type { Ports } from '../../src/ports/ports.ts';
import { readDescription } from '../../src/probes/router/description.ts';
import { upnp } from '../../src/probes/upnp.ts';
import { here } from './fake-ports.ts';
import {
  descriptionXml,
  httpServer,
  IP_SERVICE,
  ownLoopback,
  sendFrom,
  serviceXml,
  ssdpAnswer,
  startIgd,
  udpServer,
} from './router/loopback-router.ts';

/** ms; the probe's own limit, and what a busy machine adds. */
const IN_TIME = 3_300;

/** Looks, and tells what was fetched: never anything from elsewhere, and never for longer than the probe may take. */
async function look(address: string) {
  const real = nodePorts();
  const fetched: string[] = [];
  const ports: Ports = {
    ...real,
    net: {
      ...real.net,
      http: (request, until) => {
        fetched.push(request.url);
        return real.net.http(request, until);
      },
    },
  };
  const [item] = await upnp({ gateway: address, level: 1, multicast: false }, ports, here());
  const evidence = evidenceSchema.parse(item);
  expect(evidence.ms).toBeLessThan(IN_TIME);
  expect(fetched.filter((url) => new URL(url).hostname !== address)).toEqual([]);
  return { evidence, fetched };
}

/** A router whose description and SOAP are whatever this does with a connection. */
async function rawIgd(handle: (socket: Socket) => void): Promise<string> {
  const address = ownLoopback();
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => {});
    socket.once('data', () => handle(socket));
  });
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, address, () => resolve()));
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('not listening');
  const location = `http://${address}:${bound.port}/desc.xml`;
  await udpServer(address, 1900, (_, from, socket) =>
    socket.send(ssdpAnswer(location), from.port, from.address),
  );
  return address;
}

const forEver = (socket: Socket, part: string | Buffer, everyMs: number) => {
  const timer = setInterval(() => socket.writable && socket.write(part), everyMs);
  socket.on('close', () => clearInterval(timer));
};

describe('what a hostile network does to the search for a router', () => {
  it.each([
    ['the first', (own: string, other: string) => [own, other]],
    ['the last', (own: string, other: string) => [other, own]],
  ])('fetches nothing from elsewhere where %s of two locations is right', async (_, order) => {
    const igd = await startIgd({
      search: (target, location) => {
        const [first = '', second = ''] = order(location, 'http://169.254.169.254/latest/');
        return target === 'ssdp:all'
          ? ssdpAnswer(first).replace('EXT:', `LOCATION: ${second}\r\nEXT:`)
          : null;
      },
    });
    await look(igd.address);
    expect(igd.calls.filter((call) => !call.startsWith('Get'))).toEqual([]);
  });

  it('ends in time in a flood of answers from somebody else', async () => {
    const [address, other] = [ownLoopback(), ownLoopback()];
    const noise = Buffer.from(ssdpAnswer(`http://${other}/`));
    await udpServer(address, 1900, async (_, from) => {
      for (let count = 0; count < 100; count += 1) await sendFrom(other, from, noise);
    });
    const { evidence, fetched } = await look(address);
    expect(evidence).toMatchObject({ status: 'failed', reason: { code: 'malformed' } });
    expect(fetched).toEqual([]);
  });

  it('reads three descriptions of one router, and no more', async () => {
    const address = ownLoopback();
    const port = await httpServer(address, (_, response) => response.writeHead(404).end());
    await udpServer(address, 1900, (bytes, from, socket) => {
      if (!bytes.includes('ssdp:all')) return;
      for (let count = 0; count < 64; count += 1)
        socket.send(ssdpAnswer(`http://${address}:${port}/${count}`), from.port, from.address);
    });
    const { evidence, fetched } = await look(address);
    expect(evidence).toMatchObject({ status: 'failed', reason: { code: 'malformed' } });
    expect(fetched).toHaveLength(3);
  });
});

describe("what a hostile router's web server does", () => {
  const xml = descriptionXml(serviceXml(IP_SERVICE, '/ctl'));
  const bomb = gzipSync(Buffer.alloc(40 * 1024 * 1024, '<a/>'));

  it.each<[string, string, (socket: Socket) => void]>([
    [
      'unpacks nothing',
      'malformed',
      (socket) => {
        socket.write(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`);
        socket.end(bomb);
      },
    ],
    ['ends with endless headers', 'malformed', (socket) => forEver(socket, `x: ${'y'.repeat(999)}\r\n`, 1)],
    [
      'ends with a long line of a header',
      'malformed',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\nx: ');
        forEver(socket, 'y'.repeat(999), 1);
      },
    ],
    [
      'ends with headers that drip',
      'timed-out',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\nx: ');
        forEver(socket, 'y', 20);
      },
    ],
    [
      'ends with answers before the answer',
      'timed-out',
      (socket) => forEver(socket, 'HTTP/1.1 103 Early\r\n\r\n'.repeat(9), 2),
    ],
    [
      'ends with chunks of one byte',
      'timed-out',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
        forEver(socket, '1\r\n \r\n', 20);
      },
    ],
    [
      'ends with two lengths',
      'malformed',
      (socket) => socket.end(`HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 9\r\n\r\n${xml}`),
    ],
    ['ends with another protocol', 'malformed', (socket) => socket.end('SSH-2.0-x\r\n')],
    [
      'follows no redirect, whatever the status',
      'malformed',
      (socket) =>
        socket.end(`HTTP/1.1 308 P\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n`),
    ],
  ])('%s', async (_, code, handle) => {
    const { evidence } = await look(await rawIgd(handle));
    expect(evidence).toMatchObject({ status: 'failed', reason: { code } });
  });

  it('may send any bytes', async () => {
    let bytes: Uint8Array = new Uint8Array();
    const address = await rawIgd((socket) => void socket.end(bytes));
    const text = fc.constantFrom(
      'HTTP/1.1 200 OK\r\n',
      'HTTP/1.1 ',
      '\r\n\r\n',
      'Content-Length: 9\r\n',
      xml,
    );
    const part = fc.oneof(
      text.map((each) => Buffer.from(each)),
      fc.uint8Array({ maxLength: 40 }).map((each) => Buffer.from(each)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 5 }), async (parts) => {
        bytes = Buffer.concat(parts);
        expect((await look(address)).evidence.status).toBe('failed');
      }),
      { numRuns: 60 },
    );
  });
});

describe('types of services', () => {
  it('with letters that are none of ASCII are not called, though they are alike but for their case', async () => {
    // U+017F is an s and U+212A a k to whoever doesn't look at the case; a header may hold neither.
    for (const type of [
      IP_SERVICE.replace(':service', ':\u017fervice'),
      IP_SERVICE.replace('upnp', '\u212a'),
    ]) {
      const igd = await startIgd({ description: () => descriptionXml(serviceXml(type, '/ctl')) });
      expect((await look(igd.address)).evidence).toMatchObject({
        status: 'failed',
        reason: { code: 'malformed', detail: 'no connection service in its description' },
      });
    }
  });

  it('fit into a header and into XML', () => {
    const letters = fc.string({ unit: fc.constantFrom(...'upnp.-_:\u017f\u212a\u0130\u00df"<&\t') });
    fc.assert(
      fc.property(letters, letters, (who, kind) => {
        const type = `urn:${who}:\u017fervice:WANIPConnection:1`.replace('\u017f', kind === '' ? 's' : kind);
        const escaped = type.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
        const read = readDescription(
          descriptionXml(serviceXml(escaped, '/ctl')),
          new URL('http://192.168.1.1/'),
        );
        for (const { serviceType } of typeof read === 'string' ? [] : read.controls) {
          validateHeaderValue('soapaction', `"${serviceType}#GetStatusInfo"`);
          expect(serviceType).not.toMatch(/["<>&\s]/u);
        }
      }),
    );
  });
});
