import type { Evidence } from '../model/evidence.ts';
import type { System } from '../model/facts/host.ts';
import { systemOfPlatform } from '../model/platform.ts';
import type { Ports } from '../ports/ports.ts';
import { evidenceOf, type ProbeContext } from './context.ts';
import { windowsSystem } from './system/windows.ts';

const HOW: Readonly<Record<System, string>> = {
  linux: 'uname -r; id -u',
  windows: 'ver & whoami /groups',
  macos: 'sw_vers; id -u',
  other: 'uname -sr; id -u',
};

/** Which system this machine runs, and with which rights it is looked at. */
export async function system(ports: Ports, context: ProbeContext): Promise<Evidence> {
  const { host, clock } = ports;
  const item = evidenceOf('system', 'own', context, clock);
  const name = systemOfPlatform(host.platform);
  const { release, privileged } =
    name === 'windows'
      ? await windowsSystem(ports, context.signal)
      : { release: host.release, privileged: host.isRoot };
  return item.ok({ system: name, release, privileged }, HOW[name]);
}
