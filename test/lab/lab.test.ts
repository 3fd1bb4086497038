import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import ipaddr from 'ipaddr.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressOf, DEAD, HOME, INET, INTERNET_HOSTS, LAN_HOSTS } from './addresses.ts';
import { type RunningWorld, startWorld } from './lab.ts';
import { type Observer, observe } from './observe.ts';
import { defineWorld, HOME_NAME, type World } from './world.ts';
import { dnsResolverStale } from './worlds/dns-resolver-stale.ts';
import { dnsStaleOther } from './worlds/dns-stale-other.ts';
import { dnsTemporaryAaaa } from './worlds/dns-temporary-aaaa.ts';
import { healthy } from './worlds/healthy.ts';

type Watched = RunningWorld & Observer;
const running: RunningWorld[] = [];

async function start(world: World): Promise<Watched> {
  const lab = await startWorld(world, { label: 'lab.test' });
  running.push(lab);
  return { ...lab, ...observe(lab) };
}

afterAll(async () => {
  await Promise.all(running.map((lab) => lab.stop()));
});

/** Seconds that the host's resolver still keeps an A. */
async function remainingTtl(lab: Watched): Promise<number> {
  const { stdout } = await lab.exec('outside', ['dig', '+noall', '+answer', HOME_NAME, 'A']);
  return Number(stdout.split(/\s+/u)[1]);
}

it('uses public addresses that are ordinary unicast', () => {
  const hosts = Object.values(INTERNET_HOSTS).flatMap((host) => [...host[4], ...host[6]]);
  const lan6 = Object.values(LAN_HOSTS).map((host) => host[6][0]);
  const all = [...hosts, ...lan6, HOME.wan4, HOME.wan6, INET[4], INET[6], DEAD.old4, DEAD.old6];
  expect(all.filter((address) => ipaddr.parse(address).range() !== 'unicast')).toEqual([]);
  expect(new Set(all).size).toBe(all.length);
});

describe('a healthy world', () => {
  let lab: Watched;
  beforeAll(async () => {
    lab = await start(healthy);
  });

  it('answers with one key over both families, through NAT over IPv4', async () => {
    const key = await lab.tlsKey('outside', lab.address('server', 6));
    expect(key).toContain('BEGIN PUBLIC KEY');
    expect(await lab.tlsKey('outside', HOME.wan4)).toBe(key);
    expect(await lab.page('outside', 4, { port: 80 })).toBe(HOME_NAME);
  });

  it('lets the router answer with another key', async () => {
    const own = await lab.tlsKey('laptop', LAN_HOSTS.router[4][0]);
    expect(own).toContain('BEGIN PUBLIC KEY');
    expect(own).not.toBe(await lab.tlsKey('laptop', lab.address('server', 4)));
  });

  it('tells the home its public addresses', async () => {
    expect(await lab.whoami('server', 4)).toBe(HOME.wan4);
    expect(await lab.whoami('server', 6)).toBe(lab.address('server', 6));
    expect(await lab.whoami('laptop', 4)).toBe(HOME.wan4);
  });

  it('drops what is not forwarded', async () => {
    expect(await lab.page('outside', 4, { port: 8080 })).toBe('timeout');
    expect(await lab.page('outside', 6, { port: 8080 })).toBe('refused');
  });

  it('is delegated from the root', async () => {
    const trace = ['dig', '+trace', '+nodnssec', HOME_NAME, 'A'];
    const { stdout } = await lab.exec('outside', trace);
    const zones = [...stdout.matchAll(/^(\S+)\s+\d+\s+IN\s+NS/gmu)].map(([, zone]) => zone);
    expect([...new Set(zones)]).toEqual(expect.arrayContaining(['.', 'org.', 'example.org.']));
  });

  it('has no way out', async () => {
    const links = await lab.exec('server', ['ip', '-o', 'link']);
    expect(links.stdout.match(/^\d+: (\w+)/gmu)).toHaveLength(2);
    const machine = readFileSync('/proc/net/dev', 'utf8');
    expect(machine).not.toMatch(/to-router|lan-server/u);
    // An address of the machine's own resolver or of anybody else: only silence.
    expect(await lab.page('server', 4, { at: '9.9.9.9' })).toBe('timeout');
  });

  it('serves new records at once', async () => {
    const value = '81.2.99.78';
    await lab.setRecords([{ type: 'A', value }]);
    for (const server of INTERNET_HOSTS.dns[4].slice(0, 2)) {
      expect(await lab.dns('outside', 'A', { server })).toBe(value);
      expect(await lab.dns('outside', 'AAAA', { server })).toBe('NOERROR');
    }
  });

  it('serves a zone that another process rewrote', async () => {
    await lab.setRecords([{ type: 'A', value: '81.2.99.78' }]);
    const zone = await readFile(lab.zoneFile, 'utf8');
    await writeFile(lab.zoneFile, zone.replace('81.2.99.78', '81.2.99.79'));
    process.kill(Number(await readFile(lab.namedPidFile, 'utf8')), 'SIGHUP');
    const server = addressOf('dns', 4);
    await expect.poll(() => lab.dns('outside', 'A', { server })).toBe('81.2.99.79');
  });
});

describe('commands', () => {
  let lab: Watched;
  beforeAll(async () => {
    lab = await start(healthy);
  });

  it('see the files of the host and leave those of the machine', async () => {
    const before = readFileSync('/etc/resolv.conf', 'utf8');
    const { stdout } = await lab.exec('server', ['cat', '/etc/resolv.conf', '/etc/hosts']);
    expect(stdout).toContain(`nameserver ${addressOf('resolver', 4)}`);
    expect(readFileSync('/etc/resolv.conf', 'utf8')).toBe(before);
    const { stdout: name } = await lab.exec('server', ['getent', 'ahostsv4', HOME_NAME]);
    expect(name).toContain(HOME.wan4);
  });

  it('take input, environment, folder and user, and give their exit code', async () => {
    const script = 'cat; echo "$WORD" "$PWD" "$(id -un)" >&2; exit 3';
    const options = { input: 'in', env: { WORD: 'hello' }, cwd: '/usr', asUser: 'nobody' };
    const result = await lab.exec('server', ['sh', '-c', script], options);
    expect(result).toEqual({ stdout: 'in', stderr: 'hello /usr nobody', exitCode: 3 });
    expect(await lab.exec('server', ['sh', '-c', 'kill -9 $$'])).toMatchObject({ exitCode: 137 });
  });

  it('are ended after their time', async () => {
    await expect(lab.exec('server', ['sleep', '60'], { timeoutMs: 100 })).rejects.toThrow(
      'sleep 60 on server',
    );
  });

  it('may go on, and tell what they wrote', async () => {
    const child = lab.spawn('laptop', ['sh', '-c', 'echo one; sleep 60']);
    await child.waitFor(/^one$/mu);
    child.kill();
    expect(await child.exited).toBe(143);
    await expect(child.waitFor(/two/u)).rejects.toThrow('ended before');
  });
});

describe('the resolver', () => {
  it('counts down the TTL of what it has cached, and stays stale', async () => {
    const lab = await start(dnsResolverStale);
    const first = await remainingTtl(lab);
    expect(first).toBeGreaterThan(3500);
    expect(first).toBeLessThanOrEqual(3600);
    await expect.poll(() => remainingTtl(lab), { timeout: 5_000 }).toBeLessThan(first);
    expect(await lab.dns('outside', 'A')).toBe(DEAD.old4);
    expect(await lab.dns('outside', 'A', { server: addressOf('dns', 4) })).toBe(HOME.wan4);
  });
});

describe('two worlds side by side', () => {
  let first: Watched;
  let second: Watched;
  beforeAll(async () => {
    const unkind = defineWorld({
      ...healthy,
      name: 'unkind',
      router: { unforwarded: 'reset', hairpin: 'router-page' },
      internet: { unrouted: 'unreachable' },
      server: { services: [{ kind: 'ssh', port: 22 }] },
    });
    [first, second] = await Promise.all([start(dnsStaleOther), start(unkind)]);
  });

  it('do not meet', async () => {
    expect(await first.page('outside', 4)).toBe('another customer');
    expect(await first.tlsKey('outside', HOME.wan4)).not.toBe('');
    expect(await second.page('outside', 4)).toBe('refused');
    const other = await first.tlsKey('outside', addressOf('other', 4));
    expect(other).not.toBe(await first.tlsKey('outside', addressOf('server', 6)));
  });

  it('refuse in their own ways', async () => {
    expect(await first.page('outside', 4, { at: DEAD.old4 })).toBe('timeout');
    expect(await second.page('outside', 4, { at: DEAD.old4 })).toBe('unreachable');
    expect(await first.page('outside', 4, { at: HOME.wan4, port: 8080 })).toBe('timeout');
    expect(await second.page('outside', 4, { at: HOME.wan4, port: 8080 })).toBe('refused');
    expect(await second.page('server', 4, { port: 443 })).toBe('router: please log in');
  });

  it('serve what they declare', async () => {
    const script = 'read -r line < /dev/tcp/192.168.77.10/22; echo "$line"';
    const { stdout } = await second.exec('laptop', ['bash', '-c', script]);
    expect(stdout).toMatch(/^SSH-2\.0-/u);
  });
});

it('puts the temporary address of the server into DNS', async () => {
  const lab = await start(dnsTemporaryAaaa);
  const address = await lab.dns('outside', 'AAAA');
  expect(address).not.toBe(lab.address('server', 6));
  // The kernel prefers it for what the server sends (RFC 6724, rule 7).
  expect(await lab.whoami('server', 6)).toBe(address);
  expect(await lab.page('outside', 6, { at: lab.address('server', 6) })).toBe(HOME_NAME);
});
