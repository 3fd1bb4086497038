import { parseAddress } from '../model/address.ts';
import * as byHand from '../model/by-hand/dns.ts';
import type { Evidence, Reason } from '../model/evidence.ts';
import { systemOfPlatform } from '../model/platform.ts';
import { plainText } from '../ports/plain-text.ts';
import type { Ports } from '../ports/ports.ts';
import { evidenceOf, type ProbeContext } from './context.ts';

/** ms; getaddrinfo itself can't be told to stop and waits up to 30 s. As long as for one resolver. */
const LOOKUP_TIMEOUT = 5_000;
/** Addresses kept of each source. */
const MAX_ADDRESSES = 64;

export const HOSTS_FILE = '/etc/hosts';
/** Windows may stand on another drive; then the lookup itself still shows what the file says. */
export const HOSTS_FILE_WINDOWS = 'C:\\Windows\\System32\\drivers\\etc\\hosts';

/** What programs on this machine get for the name, and whether the hosts file has a say in it. */
export async function osLookup(name: string, ports: Ports, context: ProbeContext): Promise<Evidence> {
  const item = evidenceOf('os-lookup', name, context, ports.clock);
  const windows = ports.host.platform === 'win32';
  const how = byHand.lookup(systemOfPlatform(ports.host.platform), name);
  const [found, hostsFile] = await Promise.all([
    lookup(name, ports, context.signal),
    readHosts(name, windows ? HOSTS_FILE_WINDOWS : HOSTS_FILE, ports),
  ]);
  if (!Array.isArray(found)) return item.failed(found, how);
  return item.ok({ addresses: found.slice(0, MAX_ADDRESSES), hostsFile }, how);
}

async function lookup(name: string, { dns, clock }: Ports, signal: AbortSignal): Promise<string[] | Reason> {
  const ended = new AbortController();
  const stop = AbortSignal.any([signal, ended.signal]);
  const late = clock.sleep(LOOKUP_TIMEOUT, stop).then(
    (): Reason => ({ code: 'timed-out' }),
    (): Reason => ({ code: 'interrupted' }),
  );
  try {
    return await Promise.race([dns.lookup(name), late]);
  } catch (error) {
    // EAI_AGAIN and its like: no resolver answered, or none could say.
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return { code: 'unreachable', detail: plainText(code, 100) };
  } finally {
    ended.abort();
  }
}

async function readHosts(name: string, path: string, { files }: Ports): Promise<string[]> {
  // A hosts file that can't be read has no say for this user's programs either.
  const text = await files.read(path).catch(() => null);
  return hostsEntries(text ?? '', name).slice(0, MAX_ADDRESSES);
}

/** Addresses that a hosts file (hosts(5)) gives for a name, each once; zone ids are left out. */
export function hostsEntries(text: string, name: string): string[] {
  const addresses = text.split(/\r?\n/u).flatMap((line) => {
    const [first = '', ...names] = line.replace(/#.*$/u, '').trim().split(/\s+/u);
    // Names first: files that block advertisers have a hundred thousand lines, and an address takes longer to read.
    if (!names.some((each) => each.toLowerCase() === name)) return [];
    return parseAddress(first.replace(/%.*$/u, '')) ?? [];
  });
  return [...new Set(addresses)];
}
