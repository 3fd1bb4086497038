import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NetworkInterfaceAddress, Ports } from '../../../src/ports/ports.ts';
import { fakePorts } from '../fake-ports.ts';

/** `fixture('netstat-en.txt')`; where its form comes from, each says in its first lines. */
export const fixture = (name: string): string =>
  readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8');

/** What PowerShell prints on the machines of the fixtures. */
export const READINGS = [
  'server2022-en-drops-ipv4.txt',
  'server2019-de-default-block.txt',
  'windows11-ja-unelevated.txt',
  'windows10-fr-v6only.txt',
  'windows11-en-other-firewall.txt',
  'server2022-en-rules-denied.txt',
  'windows11-de-constrained.txt',
  'windows10-en-vpn.txt',
] as const;

type Prints = string | { readonly exitCode: number; readonly stdout?: string };

/** What Node knows of the machine of the fixtures. */
const OWN: readonly NetworkInterfaceAddress[] = [
  { interface: 'Ethernet', address: '192.168.77.10', prefixLength: 24 },
  { interface: 'Ethernet', address: '2a0b:4341:7700::10', prefixLength: 64 },
  { interface: 'wg0', address: '10.64.0.7', prefixLength: 32 },
];

/** A Windows machine on which programs print this; others aren't installed. `ran` tells what was started. */
export function windows(prints: Readonly<Record<string, Prints>>): { ports: Ports; ran: string[] } {
  const ran: string[] = [];
  const ports = fakePorts({
    host: { platform: 'win32', release: '10.0.20348', interfaces: () => [...OWN] },
    exec: {
      run: async (file, args) => {
        ran.push([file, ...args.filter((arg) => !arg.includes('\n'))].join(' '));
        const what = prints[file];
        if (what === undefined) return null;
        return {
          exitCode: 0,
          stdout: '',
          stderr: '',
          ...(typeof what === 'string' ? { stdout: what } : what),
        };
      },
    },
  });
  return { ports, ran };
}

/** The same reading with one section changed: `edited(text, 'firewall-profiles', (facts) => …)`. */
export function edited(text: string, section: string, change: (facts: never) => unknown): string {
  return text
    .split('\n')
    .map((line) => {
      if (!line.startsWith('{')) return line;
      const parsed = JSON.parse(line);
      return parsed.section === section
        ? JSON.stringify({ ...parsed, facts: change(parsed.facts as never) })
        : line;
    })
    .join('\n');
}
