/** A reload of HAProxy costs nobody a connection. */
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { RelaySettings } from '../../src/model/relay.ts';
import { SERVICES } from './relay/host.ts';
import { startRelayLab } from './relay/lab.ts';
import { attemptOne, bytes, during, serve } from './relay/origins.ts';
import { RELAY_HOSTS } from './relay/topology.ts';

const RELAY = RELAY_HOSTS.relay[4][0];
const ORIGIN = RELAY_HOSTS.origin[6][0];

const RELOADS = 10;
/** ms; the time between two, in which some thousand connections come. */
const BETWEEN = 700;

const settings: RelaySettings = {
  rebootAt: '04:30',
  services: [
    {
      kind: 'tcp',
      port: 22,
      origin: { host: 'home.example.org', port: 22 },
      proxyProtocol: false,
    },
  ],
};

it('loses no connection in ten reloads under load, and keeps a long one', async () => {
  await using lab = await startRelayLab({ settings });
  await lab.authority.serve([{ name: 'home', type: 'AAAA', ttl: 5, value: ORIGIN }]);
  await serve(lab, 'origin', [{ kind: 'echo', address: ORIGIN, port: 22 }]);
  for (const service of SERVICES.filter((each) => each !== 'nginx')) await lab.host.start(service);
  const at = { address: RELAY, port: 22 } as const;
  const word = { do: 'talk', ...at, send: [bytes('x')], end: true } as const;
  while ((await attemptOne(lab, 'client', word)).text !== 'x') await delay(100);

  const long = during(lab, 'client', { do: 'idle', ...at, silence: RELOADS * BETWEEN + 2_000 });
  await long.waitFor(/^silent$/mu);
  const load = during(lab, 'client', { do: 'load', ...at, at: 8 });
  await load.waitFor(/^loading$/mu);
  for (let n = 0; n < RELOADS; n += 1) {
    await delay(BETWEEN);
    await lab.host.reload();
  }
  load.kill();
  await load.exited;
  const { connections = 0, failures } = JSON.parse(load.output().replace(/^loading$/mu, ''));
  console.log(
    `${RELOADS} reloads, ${connections} new connections meanwhile, ${failures.length} of them failed`,
  );
  expect(failures).toEqual([]);
  expect(connections).toBeGreaterThan(2_000);
  expect(lab.host.output('haproxy').match(/New worker \(\d+\) forked/gu)).toHaveLength(RELOADS + 1);
  await long.exited;
  expect(long.output()).toMatch(/"outcome":"alive"/u);
});
