import type { System } from './facts/host.ts';

/** Node's names of the systems that reach4 has words for. */
const SYSTEMS: Readonly<Partial<Record<NodeJS.Platform, System>>> = {
  linux: 'linux',
  win32: 'windows',
  darwin: 'macos',
};

/** Which system a machine of this platform runs. */
export const systemOfPlatform = (platform: NodeJS.Platform): System => SYSTEMS[platform] ?? 'other';
