/** The user data makes a real Debian, booted as a cloud boots it, a relay. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RelaySettings } from '../../src/model/relay.ts';
import { userData } from '../../src/relay/user-data.ts';
import { namespacesOf, type Place, processesIn } from './leftovers.ts';
import { type Internet, startInternet } from './relay/lab.ts';
import { attempt, attemptOne, bytes, certificateFor, serve } from './relay/origins.ts';
import { RELAY_HOSTS } from './relay/topology.ts';
import { bootMachine, type Machine } from './relay-host/machine.ts';
import { debianWith, packagesOf } from './relay-host/tree.ts';

const RELAY = RELAY_HOSTS.relay[4][0];
const [FIRST] = RELAY_HOSTS.origin[6];

const home = (port: number) => ({ host: 'home.example.org', port });
const settings: RelaySettings = {
  rebootAt: '04:30',
  services: [
    { kind: 'tcp', port: 22, origin: home(22), proxyProtocol: false },
    { kind: 'tls', port: 443, origin: home(443), names: ['home.example.org'], proxyProtocol: false },
    { kind: 'http', port: 80, origin: home(80), names: ['home.example.org'], proxyProtocol: false },
    { kind: 'udp', port: 5_000, origin: home(5_000) },
  ],
};
const UNITS = ['unbound', 'unbound-filter', 'haproxy', 'nginx'] as const;

/** ms; cloud-init installs the packages meanwhile. */
const READY = 240_000;
/** ms; the first time on a machine, a Debian is made before that. */
const FIRST_TIME = 1_000_000;

let lab: Internet & { readonly made: Machine };
let place: Place;

beforeAll(async () => {
  const script = userData(settings);
  const debian = await debianWith(packagesOf(script));
  lab = await startInternet(1_500, async (at, run) => {
    place = at;
    return bootMachine(at, run, debian, script);
  });
  await lab.authority.serve([
    { name: 'home', type: 'A', ttl: 60, value: RELAY },
    { name: 'home', type: 'AAAA', ttl: 60, value: FIRST },
  ]);
  await serve(lab, 'origin', [
    { kind: 'head', address: FIRST, port: 22 },
    {
      kind: 'page',
      address: FIRST,
      port: 443,
      name: 'home',
      tls: await certificateFor(lab, 'home.example.org'),
    },
    { kind: 'page', address: FIRST, port: 80, name: 'home' },
    { kind: 'datagrams', address: FIRST, port: 5_000 },
  ]);
  const started = performance.now();
  await lab.made.inside(['cloud-init', 'status', '--wait'], READY);
  const { exitCode, stdout } = await lab.made.inside(['cloud-init', 'status', '--long']);
  const log = await lab.made.inside(['grep', '-v', '^[-+|]', '/var/log/cloud-init-output.log']);
  console.log(
    `Debian ${debian.suite}: cloud-init took ${Math.round((performance.now() - started) / 1_000)} s`,
  );
  expect(stdout, `${stdout}\n${log.stdout}`).toMatch(/^status: done$/mu);
  expect(exitCode, `${stdout}\n${log.stdout}`).toBe(0);
}, FIRST_TIME);
afterAll(async () => lab?.[Symbol.asyncDispose]());

it('ends without an error, and all its units run', async () => {
  const { stdout } = await lab.made.inside(['cat', '/var/log/cloud-init-output.log']);
  expect(stdout).toMatch(/^relay: ready$/mu);
  expect(stdout).not.toMatch(/^relay: failed/mu);
  const failed = await lab.made.inside(['systemctl', 'list-units', '--failed', '--plain', '--no-legend']);
  expect(failed.stdout).not.toMatch(/unbound|haproxy|nginx|nftables|cloud/u);
  const active = await lab.made.inside(['systemctl', 'is-active', 'nftables', ...UNITS]);
  expect(active.stdout.split('\n')).toEqual(['nftables', ...UNITS].map(() => 'active'));
});

it('relays from IPv4 to an origin that has only IPv6', async () => {
  const [tcp] = await attempt(lab, 'client', [
    { do: 'talk', address: RELAY, port: 22, send: [bytes('hello')], end: true },
  ]);
  expect(tcp?.text.split(' ')[0]).toBe(FIRST);
  const tls = await attemptOne(lab, 'client', {
    do: 'tls',
    address: RELAY,
    port: 443,
    name: 'home.example.org',
  });
  expect(tls.certificate).toBe('home.example.org');
  const http = await attemptOne(lab, 'client', {
    do: 'talk',
    address: RELAY,
    port: 80,
    send: [bytes('GET / HTTP/1.1\r\nHost: home.example.org\r\nConnection: close\r\n\r\n')],
  });
  expect(http.text).toMatch(/^HTTP\/1\.1 200 /u);
  const udp = await attemptOne(lab, 'client', { do: 'datagrams', address: RELAY, port: 5_000, count: 3 });
  expect(udp.outcome).toBe('all');
});

it('refuses a name that is not configured', async () => {
  const tls = await attemptOne(lab, 'client', {
    do: 'tls',
    address: RELAY,
    port: 443,
    name: 'other.example.org',
  });
  expect(tls.certificate).toBeUndefined();
  expect(tls.outcome).not.toBe('connected');
});

it('goes on after each of its programs was started again, and HAProxy loaded anew', async () => {
  for (const [verb, unit] of [...UNITS.map((name) => ['restart', name]), ['reload', 'haproxy']] as [
    string,
    string,
  ][]) {
    const { exitCode, stderr } = await lab.made.inside(['systemctl', verb, unit]);
    expect(exitCode, `${verb} ${unit}: ${stderr}`).toBe(0);
  }
  const send = [bytes('again')];
  const { text } = await attemptOne(lab, 'client', { do: 'talk', address: RELAY, port: 22, send, end: true });
  expect(text.split(' ')[0]).toBe(FIRST);
});

it('has no SSH', async () => {
  const { stdout } = await lab.made.inside(['systemctl', 'is-enabled', 'ssh.service', 'ssh.socket']);
  expect(stdout.split('\n')).toEqual(['masked', 'masked']);
});

it('exposes none of its units more than "MEDIUM"', async () => {
  const levels = await Promise.all(
    UNITS.map(async (unit) => {
      const { stdout } = await lab.made.inside([
        'systemd-analyze',
        'security',
        '--no-pager',
        `${unit}.service`,
      ]);
      const { level, score } =
        /exposure level for .*: (?<score>[\d.]+) (?<level>[A-Z]+)/u.exec(stdout)?.groups ?? {};
      return { unit, score: Number(score), level };
    }),
  );
  console.log(levels.map(({ unit, score, level }) => `${unit}.service: ${score} ${level}`).join('\n'));
  for (const { unit, level } of levels) expect(['PERFECT', 'SAFE', 'OK', 'MEDIUM'], unit).toContain(level);
});

it('turns off, and nothing is left', async () => {
  expect(await lab.made.powerOff()).toBe(0);
  expect(processesIn(namespacesOf(place.id).filter((name) => name.endsWith('-relay')))).toEqual([]);
  await lab[Symbol.asyncDispose]();
  expect(namespacesOf(place.id)).toEqual([]);
  expect(existsSync(place.dir)).toBe(false);
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8');
  expect(mounts).not.toContain(`${place.id}`);
  const groups = readdirSync('/sys/fs/cgroup', { recursive: true, encoding: 'utf8' });
  expect(groups.filter((path) => path.includes(place.id))).toEqual([]);
});
