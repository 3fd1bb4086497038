import { expect, test } from 'vitest';
import { factOf, readAnswer } from '../../src/connector/answer.ts';
import { machineFacts } from '../../src/connector/machine-facts.ts';

const ID = '6c1a1d5a-04d2-4b59-9a0e-3f6f0f6a2b11';

/** What the look at a Debian 13 told, with a connector at work. */
const LINES = [
  'fact system Linux',
  'fact user 1000',
  'fact systemd 257',
  'fact manager apt-get',
  'fact program /usr/local/bin/cloudflared',
  'fact version 2026.8.2',
  'fact token-file yes',
  `fact ${ID} unit=yes`,
  `fact ${ID} NRestarts=2`,
  `fact ${ID} ActiveState=active`,
  `fact ${ID} SubState=running`,
  `fact ${ID} UnitFileState=enabled`,
  `fact ${ID} ActiveEnterTimestamp=Fri 2026-11-27 09:07:13 UTC`,
  `fact ${ID} port=20246`,
  `fact ${ID} ready={"status":200,"readyConnections":4,"connectorId":"ccf5f883-ddde-4349-9aa6-24e5fb2d7464"}`,
];

test('a look at a machine', () => {
  expect(machineFacts(readAnswer(LINES))).toEqual({
    system: 'Linux',
    isRoot: false,
    systemd: 257,
    manager: 'apt-get',
    cloudflared: { program: '/usr/local/bin/cloudflared', version: '2026.8.2', readsTokenFile: true },
    connectors: [
      {
        tunnelId: ID,
        active: 'active',
        sub: 'running',
        enabled: true,
        restarts: 2,
        since: new Date('2026-11-27T09:07:13Z'),
        port: 20_246,
        connections: 4,
      },
    ],
  });
});

test('nothing is taken for known that was not told', () => {
  const bare = readAnswer([
    'fact system Darwin',
    'fact manager ',
    `fact ${ID} unit=yes`,
    `fact ${ID} ready=<html>`,
  ]);
  expect(machineFacts(bare)).toEqual({
    system: 'Darwin',
    isRoot: false,
    systemd: null,
    manager: null,
    cloudflared: null,
    connectors: [
      {
        tunnelId: ID,
        active: 'unknown',
        sub: 'unknown',
        enabled: false,
        restarts: null,
        since: null,
        port: null,
        connections: null,
      },
    ],
  });
});

test('what else a shell prints is not for us', () => {
  const answer = readAnswer([
    'Welcome to this server',
    'fact changed yes',
    'facts are few',
    'fail not-ready 60',
    'log a  b ',
  ]);
  expect(answer).toEqual({
    facts: [['changed', 'yes']],
    log: ['a  b '],
    failed: { code: 'not-ready', detail: '60' },
    spoke: true,
  });
  expect(readAnswer(['Welcome']).spoke).toBe(false);
  expect(factOf(readAnswer(['fact a 1', 'fact a 2']), 'a')).toBe('2');
});
