import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { addressOf, type HostName } from './addresses.ts';
import { OTHER_KEY, serviceHost, serviceListeners } from './server/listeners.ts';
import type { Listener } from './service.ts';
import { HOME_NAME, type World } from './world.ts';

/** Hosts that serve something, with their open ports. */
export function servicesOf(world: World, tlsDir: string): Map<HostName, Listener[]> {
  const web = (host: HostName, text: string): Listener[] => [
    { kind: 'page', port: 443, families: 'both', tls: join(tlsDir, host), text },
    { kind: 'page', port: 80, families: 'both', text },
  ];
  const services = new Map<HostName, Listener[]>([
    [serviceHost(world.server), serviceListeners(world, tlsDir)],
    ['router', web('router', 'router: please log in')],
    ['outside', [{ kind: 'whoami', port: 80, families: 'both' }]],
  ]);
  for (const host of world.internet.hosts) {
    services.set(host, host === 'other' ? web(host, 'another customer') : proxy(tlsDir));
  }
  return services;
}

function proxy(tlsDir: string): Listener[] {
  const edge = { kind: 'proxy', families: 'both', origin: addressOf('server', 6) } as const;
  return [
    { ...edge, port: 443, tls: join(tlsDir, 'proxy') },
    { ...edge, port: 80 },
  ];
}

/** Names in the certificates; a host that isn't listed holds one for the home's name, as the server does. */
const CERTIFICATE_NAMES: Partial<Record<HostName | typeof OTHER_KEY, string>> = {
  [OTHER_KEY]: 'other.example.net',
  router: 'router.lan',
  other: 'www.example.net',
};

/**
 * Makes `<tlsDir>/<host>.key` and `.crt`: a key of its own for each host, signed by itself. Readable for the ordinary user
 * that serves with it.
 */
export async function makeCertificate(tlsDir: string, host: HostName | typeof OTHER_KEY): Promise<void> {
  const name = CERTIFICATE_NAMES[host] ?? HOME_NAME;
  const file = join(tlsDir, host);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc', '-keyout', `${file}.key`];
  const certificate = [
    '-x509',
    '-days',
    '30',
    '-subj',
    `/CN=${name}`,
    '-addext',
    `subjectAltName=DNS:${name}`,
  ];
  await execa('openssl', ['req', ...key, ...certificate, '-out', `${file}.crt`]);
  await chmod(`${file}.key`, 0o644);
}
