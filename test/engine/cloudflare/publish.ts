import { readFile, rename, writeFile } from 'node:fs/promises';
import type { Zone } from './zone.ts';
import { type Edge, zoneFile } from './zone-file.ts';

/** How a zone reaches the name server that plays Cloudflare's. */
export interface PublishOptions {
  zoneFile: string;
  /** Holds the process id of the name server, which reads its zones again on SIGHUP (BIND does). */
  reloadPidFile?: string | undefined;
  nameServers: readonly string[];
  edge?: Edge | undefined;
  extraLines?: readonly string[] | undefined;
}

/** A function that writes the zone and has it loaded, one call after the other. */
export function publisher(options: PublishOptions): (zone: Zone) => Promise<void> {
  // Unix time, as is the custom, so that a restarted stand-in is never behind its own old file.
  let serial = Math.floor(Date.now() / 1000);
  let last: Promise<void> = Promise.resolve();
  return (zone) => {
    serial += 1;
    const text = zoneFile(zone, { ...options, serial });
    last = last.catch(() => {}).then(() => publish(text, options));
    return last;
  };
}

async function publish(text: string, options: PublishOptions): Promise<void> {
  const unfinished = `${options.zoneFile}.new`;
  await writeFile(unfinished, text);
  await rename(unfinished, options.zoneFile);
  const pid = options.reloadPidFile === undefined ? undefined : await pidIn(options.reloadPidFile);
  if (pid !== undefined) {
    signal(pid);
  }
}

/** Undefined if there is no such file: then the server is not up yet and will read the zone when it starts. */
async function pidIn(file: string): Promise<number | undefined> {
  try {
    const pid = Number((await readFile(file, 'utf8')).trim());
    return Number.isInteger(pid) && pid > 1 ? pid : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

function signal(pid: number): void {
  try {
    process.kill(pid, 'SIGHUP');
  } catch (error) {
    // The server has gone and its file is stale; that is not this process's business.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
      throw error;
    }
  }
}
