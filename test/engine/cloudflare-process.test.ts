/** The stand-in as a process of its own, with a name server behind it, as a lab world starts it. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dnsEdit, testToken } from './cloudflare/api/access.ts';
import type { Config } from './cloudflare/config.ts';
import { Zone } from './cloudflare/zone.ts';
import { zoneFile } from './cloudflare/zone-file.ts';

const main = join(dirname(fileURLToPath(import.meta.url)), 'cloudflare', 'main.ts');
const token = testToken('process');
const zoneId = 'a'.repeat(32);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reach4-cloudflare-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Starts `main.ts` and gives its first line. */
async function start(...args: string[]) {
  const child = execa(process.execPath, [main, ...args], { reject: false });
  const { value } = await lines(child.stdout).next();
  return { child, ready: JSON.parse(value ?? 'null') as Record<string, unknown> };
}

/** Not execa's own iteration: that waits for the process to end when it is left. */
function lines(output: Readable): AsyncIterator<string, undefined> {
  return createInterface({ input: output })[Symbol.asyncIterator]();
}

describe('the API as a process', () => {
  it('serves, writes the zone, has it loaded, and ends on SIGTERM', async () => {
    const config: Config = {
      tokens: { [token]: dnsEdit },
      zones: [{ name: 'example.org', id: zoneId, nameServers: ['ns1.example.net'] }],
    };
    const file = (name: string) => join(folder, name);
    await writeFile(file('config.json'), JSON.stringify(config));
    // Plays the name server: says so once it can be signalled, then tells of each reload.
    const script =
      "process.on('SIGHUP', () => console.log('reloaded')); setInterval(() => {}, 1e6); console.log('up')";
    const server = execa(process.execPath, ['-e', script], { reject: false });
    const told = lines(server.stdout);
    expect((await told.next()).value).toBe('up');
    await writeFile(file('named.pid'), `${server.pid}\n`);
    const { child, ready } = await start(
      ...['api', '--listen', '127.0.0.1:0', '--config', file('config.json')],
      ...['--zone-file', file('zone'), '--reload-pid-file', file('named.pid')],
    );
    try {
      expect((await told.next()).value).toBe('reloaded');
      const before = await readFile(file('zone'), 'utf8');
      expect(before).toContain('@ IN NS ns1.example.net.');
      const response = await fetch(`${ready.url}/zones/${zoneId}/dns_records`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify({ type: 'A', name: 'www', content: '203.0.113.7', ttl: 60 }),
      });
      expect(response.status).toBe(200);
      const after = await readFile(file('zone'), 'utf8');
      expect(after).toContain('www.example.org. 60 IN A 203.0.113.7');
      expect(serial(after)).toBeGreaterThan(serial(before));
      expect((await told.next()).value).toBe('reloaded');
      const control = `http://127.0.0.1:${ready.port}/stand-in`;
      expect(await (await fetch(`${control}/requests`)).json()).toHaveLength(1);
      await fetch(`${control}/faults`, { method: 'POST', body: JSON.stringify({ kind: 'server-error' }) });
      expect((await fetch(`${ready.url}/ips`)).status).toBe(500);
    } finally {
      child.kill('SIGTERM');
      server.kill('SIGKILL');
      await server;
    }
    expect((await child).exitCode).toBe(0);
  });

  it('says what is wrong with its configuration', async () => {
    await writeFile(join(folder, 'config.json'), '{"zones": [], "tokns": {}}');
    const run = await execa(process.execPath, [main, 'api', '--config', join(folder, 'config.json')], {
      reject: false,
    });
    expect(run.exitCode).not.toBe(0);
    expect(run.stderr).toContain('tokns');
  });
});

describe('the provider as a process', () => {
  it('says where to attach it and ends on SIGTERM', async () => {
    const { child, ready } = await start('provider', '--listen', '127.0.0.1:0');
    child.kill('SIGTERM');
    expect(ready.attach).toBe(`cloudflare:${ready.port}`);
    expect((await child).exitCode).toBe(0);
  });
});

describe('the zone file', () => {
  const records = [
    { type: 'AAAA', name: 'home', content: '2001:db8::7', ttl: 300, proxied: true },
    { type: 'TXT', name: 'home', content: 'say "hello"' },
    { type: 'A', name: 'direct', content: '203.0.113.7', ttl: 60 },
    { type: 'CNAME', name: 'alias', content: 'direct.example.org' },
    { type: 'MX', name: '@', content: 'mail.example.net', priority: 5 },
  ];
  const edge = { ipv4: ['104.16.0.1'], ipv6: ['2606:4700::1'] };
  const options = { serial: 7, nameServers: ['ns1.example.net'], edge };

  it('shows proxied names with the addresses of the edge', () => {
    const text = zoneFile(new Zone({ name: 'example.org', records }), options);
    expect(text).toBe(`$ORIGIN example.org.
$TTL 300
@ 60 IN SOA ns1.example.net. dns.example.org. 7 60 60 86400 1
@ IN NS ns1.example.net.
home.example.org. 300 IN TXT "say \\"hello\\""
direct.example.org. 60 IN A 203.0.113.7
alias.example.org. 300 IN CNAME direct.example.org.
example.org. 300 IN MX 5 mail.example.net.
home.example.org. 300 IN A 104.16.0.1
home.example.org. 300 IN AAAA 2606:4700::1
`);
  });

  it('shows the origin while the zone is not active', () => {
    const text = zoneFile(new Zone({ name: 'example.org', status: 'pending', records }), options);
    expect(text).toContain('home.example.org. 300 IN AAAA 2001:db8::7');
    expect(text).not.toContain('104.16.0.1');
  });
});

function serial(zone: string): number {
  return Number(/SOA \S+ \S+ (\d+)/.exec(zone)?.[1]);
}
