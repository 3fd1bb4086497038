/** The files of the relay's host, whole: a change of the generators shows here as a change of what a host gets. */
import { describe, expect, it } from 'vitest';
import type { RelaySettings } from '../../src/model/relay.ts';
import { hostFiles } from '../../src/relay/files.ts';
import { period, RELAY_TIMES } from '../../src/relay/times.ts';
import { userData } from '../../src/relay/user-data.ts';

const home = (port: number) => ({ host: 'home.example.org', port });
const ALL: RelaySettings = {
  rebootAt: '00:20',
  services: [
    { kind: 'tcp', port: 22, origin: home(22), proxyProtocol: false },
    { kind: 'tcp', port: 25, origin: { host: '2a0b:4341:7700::11', port: 2525 }, proxyProtocol: true },
    {
      kind: 'tls',
      port: 443,
      names: ['home.example.org', 'www.example.org'],
      origin: home(443),
      proxyProtocol: true,
    },
    {
      kind: 'tls',
      port: 443,
      names: ['cloud.example.org'],
      origin: { host: 'cloud.example.org', port: 8443 },
      proxyProtocol: false,
    },
    { kind: 'http', port: 80, names: ['home.example.org'], origin: home(80), proxyProtocol: false },
    { kind: 'udp', port: 443, origin: home(443) },
    { kind: 'udp', port: 53, origin: { host: '2a0b:4341:7700::11', port: 53 } },
  ],
};
const SSH: RelaySettings = { rebootAt: '04:30', services: ALL.services.slice(0, 1) };

describe('the files of a host with everything', () => {
  it.for(hostFiles(ALL).map(({ paths, text }) => [paths[0] ?? '', text] as const))(
    '%s',
    async ([path, text]) => {
      await expect(text).toMatchFileSnapshot(`golden${path}`);
    },
  );
});

it('has nothing of nginx where nothing is UDP', () => {
  expect(
    hostFiles(SSH)
      .flatMap(({ paths }) => paths)
      .filter((path) => path.includes('nginx')),
  ).toEqual([]);
  expect(userData(SSH)).not.toMatch(/nginx/u);
});

it('is one POSIX script, the same for the same settings, without a second look at the world', async () => {
  const script = userData(ALL);
  await expect(script).toMatchFileSnapshot('golden/user-data.sh');
  expect(userData(structuredClone(ALL))).toBe(script);
  expect(script).toMatch(/^#!\/bin\/sh\n/u);
  // No address of a mirror or a service: the image's own sources are used.
  expect(script.match(/https?:\/\//gu)).toBeNull();
});

it('reboots, upgrades and downloads at hours that follow one another, over midnight too', () => {
  const texts = Object.fromEntries(
    hostFiles(ALL).flatMap(({ paths, text }) => paths.map((path) => [path, text])),
  );
  expect(texts['/etc/systemd/system/apt-daily.timer.d/relay.conf']).toContain('OnCalendar=*-*-* 23:20 UTC');
  expect(texts['/etc/systemd/system/apt-daily-upgrade.timer.d/relay.conf']).toContain(
    'OnCalendar=*-*-* 23:50 UTC',
  );
  expect(texts['/etc/apt/apt.conf.d/90relay']).toContain('Automatic-Reboot-Time "00:20"');
});

it('fits into user data with thirty services', () => {
  const services = Array.from({ length: 30 }, (_, n) => ({ ...SSH.services[0], port: 2_000 + n }) as never);
  expect(Buffer.byteLength(userData({ ...SSH, services }))).toBeLessThan(15_360);
});

it('writes periods as HAProxy and nginx read them', () => {
  expect([1, 1_500, 1_000, 90_000, 300_000, 86_400_000, 0.2].map(period)).toEqual([
    '1ms',
    '1500ms',
    '1s',
    '90s',
    '5m',
    '1d',
    '1ms',
  ]);
  // HAProxy counts to 2^31 - 1 ms.
  expect(Math.max(...Object.values(RELAY_TIMES))).toBeLessThan(2 ** 31);
});
