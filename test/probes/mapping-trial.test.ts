import { describe, expect, it } from 'vitest';
import { evidenceSchema } from '../../src/model/evidence.ts';
import { nodePorts } from '../../src/ports/node/node-ports.ts';
import type { Ports } from '../../src/ports/ports.ts';
import { type MappingTrial, openMapping } from '../../src/probes/mapping-trial.ts';
import { here } from './fake-ports.ts';
import {
  entryOf,
  faultXml,
  ownLoopback,
  soapXml,
  startIgd,
  udpServer,
  values,
} from './router/loopback-router.ts';

const CLIENT = '127.0.0.1';
const INTERNAL = 443;
const EXTERNAL = 40_000;

const open = (
  gateway: string,
  { signal, ports = nodePorts() }: { signal?: AbortSignal; ports?: Ports } = {},
) =>
  openMapping(
    { gateway, client: CLIENT, internalPort: INTERNAL, externalPort: EXTERNAL },
    ports,
    here(signal),
  );

const evidenceOf = (trial: MappingTrial) => evidenceSchema.parse(trial.evidence());

/** Opens, closes, and tells what was known before and after. */
async function whole(gateway: string) {
  const trial = await open(gateway);
  const before = evidenceOf(trial);
  await trial.close();
  return { before, after: evidenceOf(trial) };
}

/** A router that answers UPnP writes in this way. */
const fault = (only: string, code: number, text: string) =>
  startIgd({ soap: (action) => (action === only ? { status: 500, body: faultXml(code, text) } : null) });

describe('a mapping trial over UPnP', () => {
  it('opens one mapping for a minute, and takes it away', async () => {
    const igd = await startIgd({ entries: [entryOf(80)] });
    const trial = await open(igd.address);
    expect(evidenceOf(trial)).toMatchObject({
      id: `mapping-trial:here:${igd.address}`,
      status: 'ok',
      facts: {
        method: 'upnp',
        gateway: igd.address,
        externalPort: EXTERNAL,
        client: CLIENT,
        internalPort: INTERNAL,
        opened: true,
        external: null,
        refusal: null,
        removed: null,
      },
    });
    expect(igd.entries).toMatchObject([
      { externalPort: 80 },
      { externalPort: EXTERNAL, client: CLIENT, internalPort: INTERNAL, lease: 60 },
    ]);
    await Promise.all([trial.close(), trial.close()]);
    expect(evidenceOf(trial)).toMatchObject({ facts: { opened: true, removed: true } });
    expect(igd.entries).toEqual([entryOf(80)]);
    expect(igd.calls.filter((call) => call === 'DeletePortMapping')).toHaveLength(1);
  });

  it('leaves a mapping that is there as it is', async () => {
    const there = entryOf(EXTERNAL, { client: '192.168.1.66' });
    const igd = await startIgd({ entries: [there] });
    const { before, after } = await whole(igd.address);
    expect(before).toMatchObject({
      status: 'ok',
      facts: { opened: false, refusal: { code: 718 }, removed: null },
    });
    expect(after).toMatchObject({ facts: { removed: null } });
    expect(igd.entries).toEqual([there]);
    expect(igd.calls.filter((call) => !call.startsWith('Get'))).toEqual([]);
  });

  it.each([
    ['GetSpecificPortMappingEntry', 606, 'Action not authorized'],
    ['AddPortMapping', 725, 'OnlyPermanentLeasesSupported'],
    ['AddPortMapping', 718, 'ConflictInMappingEntry'],
  ])('tells a refusal of %s (%i)', async (action, code, text) => {
    const igd = await fault(action, code, text);
    expect((await whole(igd.address)).after).toMatchObject({
      status: 'ok',
      facts: { method: 'upnp', opened: false, refusal: { code, text }, removed: null },
    });
    expect(igd.entries).toEqual([]);
    expect(igd.calls.filter((call) => call === 'AddPortMapping').length).toBe(
      action === 'AddPortMapping' ? 1 : 0,
    );
  });

  it('keeps none that would stay for good', async () => {
    const igd = await startIgd({
      soap: (action) => {
        const isThere = igd.entries.length > 0;
        if (action !== 'GetSpecificPortMappingEntry' || !isThere) return null;
        return { status: 200, body: soapXml(action, values(entryOf(EXTERNAL, { lease: 0 }))) };
      },
    });
    expect((await whole(igd.address)).after).toMatchObject({
      facts: { opened: false, refusal: { code: 725 } },
    });
    expect(igd.entries).toEqual([]);
  });

  it('takes it away when the signal aborts, and closes after that', async () => {
    const igd = await startIgd();
    const gaveUp = new AbortController();
    const trial = await open(igd.address, { signal: gaveUp.signal });
    expect(igd.entries).toHaveLength(1);
    gaveUp.abort();
    await trial.close();
    expect(evidenceOf(trial)).toMatchObject({ facts: { opened: true, removed: true } });
    expect(igd.entries).toEqual([]);
  });

  it('takes it away when the lease ends, also where nobody closes it', async () => {
    const igd = await startIgd();
    const real = nodePorts();
    const slept: number[] = [];
    let wake = () => {};
    const sleep = (ms: number) => {
      slept.push(ms);
      return new Promise<void>((resolve) => {
        wake = resolve;
      });
    };
    const trial = await open(igd.address, { ports: { ...real, clock: { ...real.clock, sleep } } });
    expect(slept).toEqual([60_000]);
    wake();
    await expect.poll(() => igd.entries).toEqual([]);
    await trial.close();
    expect(evidenceOf(trial)).toMatchObject({ facts: { removed: true } });
  });

  it('cleans up where nobody knows whether it was opened', async () => {
    const gaveUp = new AbortController();
    const igd = await startIgd({
      soap: (action, text) => {
        if (action !== 'AddPortMapping') return null;
        // The router made it, and the answer is never seen.
        const description = /<NewPortMappingDescription>([^<]*)/u.exec(text)?.[1] ?? '';
        igd.entries.push(
          entryOf(EXTERNAL, { client: CLIENT, internalPort: INTERNAL, description, lease: 60 }),
        );
        gaveUp.abort();
        return 'handled';
      },
    });
    const trial = await open(igd.address, { signal: gaveUp.signal });
    expect(igd.entries).toEqual([]);
    expect(evidenceOf(trial)).toMatchObject({ status: 'ok', facts: { opened: false, removed: true } });
  });

  it("leaves somebody else's alone that came in between", async () => {
    const theirs = entryOf(EXTERNAL, { client: '192.168.1.66' });
    const igd = await startIgd({
      soap: (action, _, response) => {
        if (action !== 'AddPortMapping') return null;
        igd.entries.push(theirs);
        response.destroy();
        return 'handled';
      },
    });
    await whole(igd.address);
    expect(igd.entries).toEqual([theirs]);
  });

  it('says so where the router never confirms, in time', async () => {
    const igd = await startIgd({ soap: (action) => (action === 'DeletePortMapping' ? 'handled' : null) });
    const trial = await open(igd.address);
    const started = performance.now();
    await trial.close();
    expect(performance.now() - started).toBeLessThan(3500);
    expect(evidenceOf(trial)).toMatchObject({ facts: { opened: true, removed: false } });
    expect(igd.calls.filter((call) => call === 'DeletePortMapping')).toHaveLength(2);
  });
});

/** A server for PCP or NAT-PMP on port 5351 that says what it was asked, opcode and lifetime. */
async function startServer(answer: (request: Buffer) => Buffer | null) {
  const gateway = ownLoopback();
  const requests: Buffer[] = [];
  await udpServer(gateway, 5351, (bytes, from, socket) => {
    requests.push(bytes);
    const reply = answer(bytes);
    if (reply !== null) socket.send(reply, from.port, from.address);
  });
  return { gateway, requests };
}

/** RFC 6887: a response has the request's layout, with the R bit, a result, a lifetime and an epoch. */
function pcpReply(request: Buffer, { result = 0, lifetime = request.readUInt32BE(4) } = {}): Buffer {
  const reply = Buffer.from(request.subarray(0, 60));
  reply[1] = (reply[1] ?? 0) | 0x80;
  reply[3] = result;
  reply.writeUInt32BE(lifetime, 4);
  reply.writeUInt32BE(9, 8);
  reply.fill(0, 12, 24);
  if (reply.length === 60) Buffer.of(81, 2, 99, 1).copy(reply, 56);
  return reply;
}

const isPcp = (request: Buffer) => request[0] === 2;
const isMap = (request: Buffer) => request[1] !== 0;

describe('a mapping trial over PCP', () => {
  it('comes after UPnP, opens exactly this port, and takes it away with the same nonce', async () => {
    const { gateway, requests } = await startServer((request) => (isPcp(request) ? pcpReply(request) : null));
    const { before, after } = await whole(gateway);
    expect(before).toMatchObject({
      facts: { method: 'pcp', opened: true, externalPort: EXTERNAL, external: '81.2.99.1', removed: null },
    });
    expect(after).toMatchObject({ facts: { removed: true } });
    const [map, removal] = requests.filter(isMap);
    expect(map?.readUInt32BE(4)).toBe(60);
    expect(removal?.readUInt32BE(4)).toBe(0);
    expect(removal?.subarray(24, 36)).toEqual(map?.subarray(24, 36));
  });

  it('tells a refusal', async () => {
    const { gateway, requests } = await startServer((request) =>
      isPcp(request) ? pcpReply(request, { result: isMap(request) ? 2 : 0 }) : null,
    );
    expect((await whole(gateway)).after).toMatchObject({
      facts: { method: 'pcp', opened: false, refusal: { code: 2, text: 'NOT_AUTHORIZED' }, removed: null },
    });
    expect(requests.filter(isPcp).filter(isMap)).toHaveLength(1);
  });

  it('keeps none that lasts for long', async () => {
    const { gateway, requests } = await startServer((request) => {
      if (!isPcp(request)) return null;
      return pcpReply(request, request.readUInt32BE(4) === 60 ? { lifetime: 86_400 } : {});
    });
    expect((await whole(gateway)).after).toMatchObject({
      facts: { opened: false, refusal: { text: 'the router would keep it for 86400 seconds' } },
    });
    expect(requests.filter(isPcp).filter(isMap).at(-1)?.readUInt32BE(4)).toBe(0);
  });

  it.each([
    ['port 0', (reply: Buffer) => reply.writeUInt16BE(0, 42)],
    ['no time at all', (reply: Buffer) => reply.writeUInt32BE(0, 4)],
  ])('takes a success with %s for none, and cleans up', async (_, spoil) => {
    const { gateway, requests } = await startServer((request) => {
      if (!isPcp(request)) return null;
      const reply = pcpReply(request);
      if (isMap(request)) spoil(reply);
      return reply;
    });
    expect((await whole(gateway)).after).toMatchObject({
      facts: { method: 'pcp', opened: false, removed: true },
    });
    expect(requests.at(-1)?.readUInt32BE(4)).toBe(0);
  });

  it('cleans up where no answer came', async () => {
    const { gateway, requests } = await startServer((request) => {
      const isWish = isMap(request) && request.readUInt32BE(4) === 60;
      return isPcp(request) && !isWish ? pcpReply(request) : null;
    });
    expect((await whole(gateway)).after).toMatchObject({
      facts: { method: 'pcp', opened: false, removed: true },
    });
    expect(requests.at(-1)?.readUInt32BE(4)).toBe(0);
  });
});

describe('a mapping trial over NAT-PMP', () => {
  /** RFC 6886 3.2 and 3.3; PCP is refused as servers of NAT-PMP do. */
  const answer = (external: number) => (request: Buffer) => {
    if (isPcp(request)) return Buffer.from('0080000100000009', 'hex');
    if (!isMap(request)) return Buffer.from('008000000000000951026301', 'hex');
    const reply = Buffer.alloc(16);
    reply.writeUInt16BE(0x0082, 0);
    reply.writeUInt16BE(request.readUInt16BE(4), 8);
    const lifetime = request.readUInt32BE(8);
    reply.writeUInt16BE(lifetime === 0 ? 0 : external, 10);
    reply.writeUInt32BE(lifetime, 12);
    return reply;
  };

  it('comes last, tells the port that it got, and takes it away', async () => {
    const { gateway, requests } = await startServer(answer(40_001));
    const { before, after } = await whole(gateway);
    expect(before).toMatchObject({
      facts: { method: 'nat-pmp', opened: true, externalPort: 40_001, external: null },
    });
    expect(after).toMatchObject({ facts: { removed: true } });
    const maps = requests.filter((request) => !isPcp(request) && isMap(request));
    expect(maps.map((request) => request.toString('hex'))).toEqual([
      '0002000001bb9c400000003c',
      '0002000001bb000000000000',
    ]);
  });

  it('takes a success with port 0 for none, and cleans up', async () => {
    const { gateway, requests } = await startServer(answer(0));
    expect((await whole(gateway)).after).toMatchObject({
      status: 'ok',
      facts: { method: 'nat-pmp', opened: false, removed: true },
    });
    expect(requests.at(-1)?.toString('hex')).toBe('0002000001bb000000000000');
  });
});

describe('a mapping trial where there is no server', () => {
  it('says so, and has nothing to take away', async () => {
    const { before, after } = await whole(ownLoopback());
    expect(before).toMatchObject({ status: 'failed' });
    expect(after).toMatchObject({ status: 'failed' });
  });

  it('does nothing after the caller gave up', async () => {
    const igd = await startIgd();
    const trial = await open(igd.address, { signal: AbortSignal.abort() });
    expect(evidenceOf(trial)).toMatchObject({ status: 'failed', reason: { code: 'interrupted' } });
    expect(igd.calls).toEqual([]);
  });
});
