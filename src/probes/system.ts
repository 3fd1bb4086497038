import type { Evidence } from '../model/evidence.ts';
import type { System } from '../model/facts/host.ts';
import type { Ports } from '../ports/ports.ts';
import { evidenceOf, type ProbeContext } from './context.ts';

const SYSTEMS: Readonly<Partial<Record<NodeJS.Platform, System>>> = {
  linux: 'linux',
  win32: 'windows',
  darwin: 'macos',
};

const HOW: Readonly<Record<System, string>> = {
  linux: 'uname -r; id -u',
  windows: 'ver & whoami /groups',
  macos: 'sw_vers; id -u',
  other: 'uname -sr; id -u',
};

/** Which system this machine runs, and with which rights it is looked at. */
export async function system({ host, clock }: Ports, context: ProbeContext): Promise<Evidence> {
  const item = evidenceOf('system', 'own', context, clock);
  const name = SYSTEMS[host.platform] ?? 'other';
  return item.ok({ system: name, release: host.release, privileged: host.isRoot }, HOW[name]);
}
