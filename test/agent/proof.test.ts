import { describe, expect, it } from 'vitest';
import { CHALLENGE_MS } from '../../src/agent/limits.ts';
import { deriveKeys, macOfAnswer } from '../../src/agent/mac.ts';
import { HEADER, LOOK_PATH } from '../../src/agent/protocol.ts';
import { expectRefusal, handled, NONCE, proven, REQUEST, TOKEN } from './support.ts';

const BODY = JSON.stringify(REQUEST);

it('has a key of its own for each direction, and for each token', () => {
  const { request, answer } = deriveKeys(TOKEN);
  const other = deriveKeys(TOKEN.toLowerCase());
  expect(new Set([request, answer, other.request, other.answer].map(String)).size).toBe(4);
});

describe('proof', () => {
  it('is needed', async () => {
    const agent = handled();
    expectRefusal(await agent.send({ body: BODY }), 401, /proof/u);
    expectRefusal(
      await agent.send(proven(await agent.challenge(), BODY, TOKEN.replace('k', 'K'))),
      401,
      /token/u,
    );
    expect(agent.dialled).toEqual([]);
  });

  it('is good once', async () => {
    const agent = handled();
    const request = proven(await agent.challenge(), BODY);
    expect((await agent.send(request)).status).toBe(200);
    expectRefusal(await agent.send(request), 401, /used before/u);
    const both = proven(await agent.challenge(), BODY);
    const replies = await Promise.all([agent.send(both), agent.send(both)]);
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 401]);
  });

  it('is good for a while', async () => {
    const agent = handled();
    const [early, late] = [proven(await agent.challenge(), BODY), proven(await agent.challenge(), BODY)];
    agent.advance(CHALLENGE_MS - 1_000);
    expect((await agent.send(early)).status).toBe(200);
    agent.advance(2_000);
    expectRefusal(await agent.send(late), 401, /older than 30 seconds/u);
  });

  it('needs a challenge of this very agent', async () => {
    const [agent, other] = [handled(), handled()];
    expectRefusal(await agent.send(proven(await other.challenge(), BODY)), 401, /challenge/u);
    const issued = await agent.challenge();
    const later = issued.replace(/^[^_]+/u, (ms) => (Number.parseInt(ms, 36) + 9_000).toString(36));
    expectRefusal(await agent.send(proven(later, BODY)), 401, /challenge/u);
  });

  it("can't be the agent's own signature, sent back", async () => {
    const agent = handled();
    const body = (await agent.look(REQUEST)).body;
    const challenge = await agent.challenge();
    const mac = macOfAnswer(deriveKeys(TOKEN), { path: LOOK_PATH, challenge, nonce: NONCE, body });
    const headers = { [HEADER.challenge]: challenge, [HEADER.nonce]: NONCE, [HEADER.mac]: mac };
    expectRefusal(await agent.send({ headers, body }), 401, /proof/u);
  });

  it('covers the body and both nonces', async () => {
    const agent = handled();
    const request = proven(await agent.challenge(), BODY);
    const tampered = [
      { ...request, body: BODY.replace('443', '444') },
      { ...request, headers: { ...request.headers, [HEADER.nonce]: NONCE.replace('n', 'm') } },
      { ...request, headers: { ...request.headers, [HEADER.challenge]: await agent.challenge() } },
      { ...request, headers: { ...request.headers, [HEADER.mac]: '' } },
      { ...request, headers: { ...request.headers, [HEADER.mac]: 'A'.repeat(43) } },
    ];
    for (const one of tampered) expectRefusal(await agent.send(one), 401, /proof/u);
    expect(agent.dialled).toEqual([]);
    // None of that has used up the challenge.
    expect((await agent.send(request)).status).toBe(200);
  });
});
