import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { tcpOutcomeSchema } from '../../../src/model/evidence.ts';
import { connect, outcomeOf } from '../../../src/ports/node/connect.ts';
import { closedPort, listen, serve, within } from './loopback.ts';

describe('connect', () => {
  it('connects over IPv4 and closes at once', async () => {
    let ended: () => void = () => {};
    const closed = new Promise<void>((resolve) => {
      ended = resolve;
    });
    let peerPort: number | undefined;
    const port = await serve((socket) => {
      peerPort = socket.remotePort;
      socket.on('close', ended).resume();
    });
    const outcome = tcpOutcomeSchema.parse(await connect('127.0.0.1', port, within(1000)));
    expect(outcome).toEqual({ outcome: 'connected', ms: outcome.ms, localPort: expect.any(Number) });
    await closed;
    expect(outcome.localPort, 'by which a witness knows it again').toBe(peerPort);
  });

  it('connects over IPv6', async () => {
    const port = await listen(createServer(), '::1');
    expect(await connect('::1', port, within(1000))).toMatchObject({ outcome: 'connected' });
  });

  it('says that nobody listens', async () => {
    expect(await connect('127.0.0.1', await closedPort(), within(1000))).toMatchObject({
      outcome: 'refused',
      code: 'ECONNREFUSED',
    });
  });

  it('says that this machine has no way there', async () => {
    // Linux refuses broadcast addresses as it does those without a route: at once and by itself.
    expect(await connect('255.255.255.255', 9, within(1000))).toMatchObject({
      outcome: 'no-route',
      code: 'ENETUNREACH',
    });
  });

  it('never resolves a name', async () => {
    expect(await connect('localhost', 9, within(1000))).toEqual({ outcome: 'error', code: 'EINVAL', ms: 0 });
  });

  it('ends at once when the caller gives up', async () => {
    const signal = AbortSignal.abort();
    expect(await connect('127.0.0.1', 9, { timeoutMs: 1000, signal })).toMatchObject({
      outcome: 'error',
      code: 'ABORT_ERR',
    });
  });

  it.each([
    ['ECONNREFUSED', true, true, 'refused'],
    ['EHOSTUNREACH', true, true, 'icmp-unreachable'],
    ['EHOSTUNREACH', false, true, 'no-route'],
    ['ENETUNREACH', true, true, 'icmp-unreachable'],
    ['ENETUNREACH', false, true, 'no-route'],
    ['EACCES', true, true, 'icmp-unreachable'],
    ['EACCES', false, true, 'blocked-locally'],
    ['EPERM', false, true, 'blocked-locally'],
    ['ETIMEDOUT', true, true, 'timed-out'],
    ['EAFNOSUPPORT', false, true, 'no-route'],
    ['EADDRNOTAVAIL', false, false, 'no-route'],
    ['EADDRNOTAVAIL', false, true, 'error'],
    ['ECONNRESET', true, true, 'error'],
  ] as const)('%s, from the network: %s, family here: %s', (code, fromNetwork, hasFamily, outcome) => {
    expect(outcomeOf(code, fromNetwork, () => hasFamily)).toBe(outcome);
  });
});
