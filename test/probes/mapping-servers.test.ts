import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evidenceSchema } from '../../src/model/evidence.ts';
import { nodePorts } from '../../src/ports/node/node-ports.ts';
import { natPmp } from '../../src/probes/nat-pmp.ts';
import { pcp } from '../../src/probes/pcp.ts';
import { here } from './fake-ports.ts';
import { ownLoopback, sendFrom, udpServer } from './router/loopback-router.ts';

/** ms; two seconds, and what a busy machine adds. */
const IN_TIME = 2_400;

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

/** Asks a router that sends these answers, one to each request in turn; null is silence. */
async function ask(probe: typeof natPmp, answers: readonly (string | null)[], from?: string) {
  const gateway = ownLoopback();
  const requests: Buffer[] = [];
  await udpServer(gateway, 5351, (bytes, peer, socket) => {
    const answer = answers[requests.length] ?? null;
    requests.push(bytes);
    if (answer === null) return;
    if (from !== undefined) void sendFrom(from, peer, hex(answer));
    else socket.send(hex(answer), peer.port, peer.address);
  });
  const evidence = evidenceSchema.parse(await probe({ gateway, level: 1 }, nodePorts(), here()));
  expect(evidence.ms).toBeLessThan(IN_TIME);
  return { evidence, requests, gateway };
}

const natPmpAnswer = '00 80 0000 00000e10 51026301';
const pcpAnswer = '02 80 00 00 00000000 00000e10 000000000000000000000000';

describe('nat-pmp', () => {
  it('tells the external address', async () => {
    const { evidence, requests, gateway } = await ask(natPmp, [natPmpAnswer]);
    expect(evidence).toMatchObject({
      id: `nat-pmp:here:${gateway}`,
      status: 'ok',
      facts: { gateway, level: 1, result: 0, external: '81.2.99.1', epochSeconds: 3600 },
    });
    expect(requests).toEqual([hex('0000')]);
  });

  it('asks again after 250 ms, and after twice that', async () => {
    const { evidence, requests } = await ask(natPmp, [null, null, natPmpAnswer]);
    expect(evidence).toMatchObject({ status: 'ok' });
    expect(requests).toHaveLength(3);
    expect(evidence.ms).toBeGreaterThan(740);
  });

  it('takes a refusal for an answer', async () => {
    const { evidence } = await ask(natPmp, ['00 80 0003 00000001 00000000']);
    expect(evidence).toMatchObject({ status: 'ok', facts: { result: 3, external: null } });
  });
});

describe('pcp', () => {
  it('tells that the server is there, and names its own address', async () => {
    const { evidence, requests, gateway } = await ask(pcp, [pcpAnswer]);
    expect(evidence).toMatchObject({
      id: `pcp:here:${gateway}`,
      status: 'ok',
      facts: { gateway, level: 1, version: 2, result: 0, epochSeconds: 3600 },
    });
    expect(requests).toEqual([hex('02 00 0000 00000000 00000000000000000000ffff7f000001')]);
    expect(evidence.how).toContain("printf '\\002\\000");
  });

  it('takes a refusal for an answer', async () => {
    const { evidence } = await ask(pcp, [pcpAnswer.replace('02 80 00 00', '02 80 00 0c')]);
    expect(evidence).toMatchObject({ status: 'ok', facts: { result: 12 } });
  });
});

describe.each([
  ['nat-pmp', natPmp, natPmpAnswer, pcpAnswer.replace('02 80 00 00', '02 80 00 01')],
  ['pcp', pcp, pcpAnswer, '00 80 0001 00000001'],
])('%s', (_, probe, good, foreign) => {
  it.each<[string, string, string]>([
    ['the other protocol', foreign, 'unsupported'],
    ['an empty datagram', '', 'malformed'],
    ['half an answer', good.slice(0, 14), 'malformed'],
    ['noise', 'ff'.repeat(600), 'unsupported'],
    ['too much', 'ff'.repeat(2000), 'too-large'],
  ])('ends with %s', async (__, answer, code) => {
    const { evidence } = await ask(probe, [answer]);
    expect(evidence).toMatchObject({ status: 'failed', reason: { code } });
  });

  it('says that nobody answers, or listens', async () => {
    expect((await ask(probe, [])).evidence).toMatchObject({
      status: 'failed',
      reason: { code: 'timed-out' },
    });
    const closed = await probe({ gateway: ownLoopback(), level: 1 }, nodePorts(), here());
    expect(closed).toMatchObject({ status: 'failed', reason: { code: 'refused' } });
    expect(closed.ms).toBeLessThan(1000);
  });

  it('ends with a flood of what is too much, in time', async () => {
    const gateway = ownLoopback();
    await udpServer(gateway, 5351, (__, peer, socket) => {
      for (let count = 0; count < 100; count += 1) socket.send(Buffer.alloc(2_000), peer.port, peer.address);
    });
    const evidence = await probe({ gateway, level: 1 }, nodePorts(), here());
    expect(evidence).toMatchObject({ status: 'failed', reason: { code: 'too-large' } });
    expect(evidence.ms).toBeLessThan(IN_TIME);
  });

  it('may get any bytes', async () => {
    const gateway = ownLoopback();
    let answer: Uint8Array = new Uint8Array();
    await udpServer(gateway, 5351, (__, peer, socket) => socket.send(answer, peer.port, peer.address));
    const begin = fc.constantFrom(good, good.slice(0, 6), foreign, '');
    await fc.assert(
      fc.asyncProperty(begin, fc.uint8Array({ maxLength: 60 }), async (head, rest) => {
        answer = Buffer.concat([hex(head), rest]);
        const evidence = evidenceSchema.parse(await probe({ gateway, level: 1 }, nodePorts(), here()));
        if (evidence.status === 'failed')
          expect(evidence.reason.code).toMatch(/^(?:malformed|unsupported)$/u);
        else expect(evidence.status).toBe('ok');
      }),
      { numRuns: 60 },
    );
  });

  it("doesn't listen to another host", async () => {
    const { evidence } = await ask(probe, [good, good, good], ownLoopback());
    expect(evidence).toMatchObject({ status: 'failed', reason: { code: 'timed-out' } });
  });
});
