import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { connectorCompose } from '../../src/connector/compose.ts';
import { connectorUnit } from '../../src/connector/unit.ts';

const ID = '6c1a1d5a-04d2-4b59-9a0e-3f6f0f6a2b11';
const unit = connectorUnit({ tunnelId: ID, program: '/usr/bin/cloudflared', port: 20_246 });

/** What each flag of a command line is of: `tunnel` before `run`, `run` after it (cloudflared 2026.8.2, --help). */
function flagsOf(command: string): { tunnel: string[]; run: string[] } {
  const [tunnel = '', run = ''] = command.split(' run ');
  const flags = (text: string) => text.match(/--[\w-]+/gu) ?? [];
  return { tunnel: flags(tunnel), run: flags(run) };
}

const RIGHT = { tunnel: ['--no-autoupdate', '--edge-ip-version', '--metrics'], run: ['--token-file'] };

test('the flags stand where cloudflared takes them, and both families are tried', () => {
  const command = /^ExecStart=(.*)$/mu.exec(unit)?.[1] ?? '';
  expect(flagsOf(command)).toEqual(RIGHT);
  expect(command).toContain('--edge-ip-version auto --metrics 127.0.0.1:20246 ');
  expect(command).toMatch(/ --token-file \$\{CREDENTIALS_DIRECTORY\}\/token$/u);
  expect(unit).toContain(`LoadCredential=token:/etc/reach4/connector/${ID}.token`);
});

test('systemd knows when it is connected, and starts it again whatever it exits with', () => {
  expect(unit).toMatch(/^Type=notify$/mu);
  expect(unit).toMatch(/^Restart=always$/mu);
  expect(unit).toMatch(/^StartLimitIntervalSec=0$/mu);
});

test('no line of the unit is there twice, but the two of system calls', () => {
  const names = [...unit.matchAll(/^(\w+)=/gmu)].map(([, name]) => name);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual(['SystemCallFilter']);
});

test('Docker gets the same command, and the token as a file', () => {
  const compose = connectorCompose(ID);
  expect(flagsOf(/command: (.*)/u.exec(compose)?.[1] ?? '')).toEqual(RIGHT);
  expect(compose).toContain('run --token-file /run/secrets/token\n');
  expect(compose).not.toMatch(/TUNNEL_TOKEN|environment/u);
  expect(parse(compose)).toMatchObject({
    services: { 'reach4-connector': { network_mode: 'host', read_only: true, secrets: ['token'] } },
    secrets: { token: { file: './token' } },
  });
});
