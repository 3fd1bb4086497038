/** The programs themselves take what is generated for them; that they do what it says, other tests look at. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RelaySettings } from '../../src/model/relay.ts';
import { hostFiles } from '../../src/relay/files.ts';
import { userData } from '../../src/relay/user-data.ts';

/** As long as a name may be, with every character that it may have. */
const NAME = `${'a-1.'.repeat(60)}xn--p1ai.0a`;
const origin = { host: NAME, port: 65_535 };
const settings: RelaySettings = {
  rebootAt: '23:59',
  services: [
    { kind: 'tcp', port: 1_000, origin, proxyProtocol: true },
    { kind: 'tls', port: 1_001, origin, names: [NAME, 'b.example'], proxyProtocol: true },
    { kind: 'http', port: 1_002, origin, names: [NAME, 'b.example'], proxyProtocol: true },
    { kind: 'udp', port: 1_000, origin },
    { kind: 'udp', port: 53, origin: { host: '2a0b:4341:7700::10', port: 53 } },
  ],
};

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'relay-files-'));
  for (const { paths, text } of hostFiles(settings)) {
    for (const path of paths) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
  }
  await writeFile(join(root, 'user-data.sh'), userData(settings));
});
afterAll(() => rm(root, { recursive: true }));

it.for([
  ['haproxy', '-c', '-q', '-f', 'etc/haproxy/haproxy.cfg'],
  ['nginx', '-t', '-q', '-c', 'etc/nginx/nginx.conf'],
  ['unbound-checkconf', 'etc/unbound/unbound.conf.d/relay.conf'],
  ['unbound-checkconf', 'etc/unbound/filter.conf'],
  ['nft', '-c', '-f', 'etc/nftables.conf'],
  ['shellcheck', 'user-data.sh'],
  ['dash', '-n', 'user-data.sh'],
])('%s takes it', async ([program = '', ...args]) => {
  const full = args.map((each) => (each.includes('.') && !each.startsWith('-') ? join(root, each) : each));
  const { all, exitCode } = await execa(program, full, { all: true, reject: false });
  expect(exitCode, all).toBe(0);
});
