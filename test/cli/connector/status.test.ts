import { expect, test } from 'vitest';
import { connectorStatus, status } from '../../../src/cli/connector/status.ts';
import { readAnswer } from '../../../src/connector/answer.ts';
import { machineFacts } from '../../../src/connector/machine-facts.ts';
import { AT_WORK, connectorWorld, DEBIAN, TUNNEL } from './world.ts';

const HERE = { label: 'this machine', flags: '' };
const NOW = new Date('2026-11-27T12:00:00Z');

test('one that runs', async () => {
  const { context, said } = connectorWorld([{ lines: [...DEBIAN, ...AT_WORK] }]);
  expect(await status({ ssh: null, json: false }, context)).toBe(0);
  expect(said.out).toBe(`Connectors on this machine

  tunnel ${TUNNEL}
    ok: runs since 2026-11-27 09:07 UTC
    ok: starts with the machine
    ok: 4 connections to Cloudflare

  cloudflared
    ok: 2026.8.2, /usr/bin/cloudflared
`);
});

test('as JSON', async () => {
  const { context, said } = connectorWorld([{ lines: [...DEBIAN, ...AT_WORK] }]);
  expect(await status({ ssh: 'pi@home', json: true }, context)).toBe(0);
  expect(JSON.parse(said.out)).toMatchObject({
    machine: 'pi@home',
    fine: true,
    cloudflared: { version: '2026.8.2' },
    connectors: [{ tunnelId: TUNNEL, since: '2026-11-27T09:07:13.000Z', connections: 4 }],
  });
});

test('one that has lost its connections, does not start with the machine, and was started again', async () => {
  const lines = [
    ...DEBIAN,
    ...AT_WORK,
    `fact ${TUNNEL} UnitFileState=disabled`,
    `fact ${TUNNEL} NRestarts=1`,
  ];
  const { context, said } = connectorWorld([
    { lines: [...lines, `fact ${TUNNEL} ready={"status":503,"readyConnections":0}`] },
  ]);
  expect(await status({ ssh: 'pi@home', json: false }, context)).toBe(1);
  expect(said.out).toContain(`    ok: runs since 2026-11-27 09:07 UTC, after 1 restart
    no: doesn't start with the machine
    no: 0 connections to Cloudflare
`);
  expect(said.out).toContain(`What it says, on pi@home:
journalctl -u reach4-connector-${TUNNEL} -n 50
`);
});

test('none at all', async () => {
  const { context, said } = connectorWorld([{ lines: DEBIAN }]);
  expect(await status({ ssh: null, json: false }, context)).toBe(1);
  expect(said.out).toContain('no: there is none on this machine');
  expect(said.out).toContain('To make one:  reach4 connector install');
});

test.each([
  ['2025.11.1', 'fine'],
  ['2025.10.0', 'note'],
  ['2024.12.2', 'note'],
  ['DEV', 'fine'],
])('cloudflared %s in November 2026: %s', (version, state) => {
  const facts = machineFacts(readAnswer([...DEBIAN, `fact version ${version}`, ...AT_WORK]));
  expect(connectorStatus(facts, HERE, NOW).parts.at(-1)?.lines[0]?.state).toBe(state);
});

test('what nobody could ask is not known', () => {
  const lines = AT_WORK.filter((line) => !line.includes('ready='));
  const { parts } = connectorStatus(machineFacts(readAnswer([...DEBIAN, ...lines])), HERE, NOW);
  expect(parts[0]?.lines.map(({ state }) => state)).toEqual(['fine', 'fine', 'unknown']);
});
