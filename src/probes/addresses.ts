import { z } from 'zod';
import { familyOf, parseAddress, scopeOf } from '../model/address.ts';
import type { Evidence } from '../model/evidence.ts';
import { parseJson } from '../model/json.ts';
import type { Ports } from '../ports/ports.ts';
import { evidenceOf, type ProbeContext } from './context.ts';
import { macFlags } from './macos/addresses.ts';
import { addressesOf } from './windows/network.ts';
import { windowsReading } from './windows/reading.ts';

/** ms; it reads the kernel's table, which takes a few. */
const IP_TIMEOUT = 3_500;
/** Addresses kept; hosts with many containers have hundreds, and none of those is the server's own. */
const MAX_ADDRESSES = 256;

/** Tells which addresses are temporary or deprecated. */
export const IP_ADDRESSES: readonly string[] = ['-j', 'addr'];

/** What `ip -j addr` (iproute2 >= 4.14) prints, as far as it matters here: a flag that isn't set is left out. */
const ipSchema = z.array(
  z.object({
    ifname: z.string(),
    addr_info: z
      .array(
        z.object({
          local: z.string().optional(),
          temporary: z.boolean().optional(),
          deprecated: z.boolean().optional(),
        }),
      )
      .default([]),
  }),
);

interface Flags {
  readonly temporary: boolean | null;
  readonly deprecated: boolean | null;
}

const UNKNOWN: Flags = { temporary: null, deprecated: null };

/** How each system tells which addresses are temporary or deprecated; others don't. */
const FLAGS: Readonly<
  Partial<Record<NodeJS.Platform, (ports: Ports, context: ProbeContext) => Promise<Map<string, Flags>>>>
> = {
  linux: (ports, { signal }) => linuxFlags(ports, signal),
  darwin: macFlags,
};

/** The addresses of this machine's own interfaces. */
export async function addresses(ports: Ports, context: ProbeContext): Promise<Evidence> {
  const { host, clock } = ports;
  const item = evidenceOf('addresses', 'own', context, clock);
  if (host.platform === 'win32') {
    const told = (await windowsReading(ports, context.signal)).section('addresses');
    const list = 'facts' in told ? addressesOf(told.facts) : [];
    if (list.length > 0) return item.ok({ addresses: list.slice(0, MAX_ADDRESSES) }, 'Get-NetIPAddress');
  }
  const flags = (await FLAGS[host.platform]?.(ports, context)) ?? new Map<string, Flags>();
  const own = host.interfaces().map(({ interface: name, address, prefixLength }) => ({
    address,
    family: familyOf(address),
    interface: name,
    prefixLength,
    scope: scopeOf(address),
    ...(flags.get(`${name} ${address}`) ?? UNKNOWN),
  }));
  return item.ok({ addresses: own.slice(0, MAX_ADDRESSES) }, HOW[host.platform] ?? 'ifconfig');
}

const HOW: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  linux: 'ip address',
  win32: 'ipconfig /all',
};

/** Flags by interface and address; empty where iproute2 is missing or too old. */
async function linuxFlags({ exec }: Ports, signal: AbortSignal): Promise<Map<string, Flags>> {
  const result = await exec.run('ip', IP_ADDRESSES, { timeoutMs: IP_TIMEOUT, signal });
  const parsed = result?.exitCode === 0 ? ipSchema.safeParse(parseJson(result.stdout)) : undefined;
  const interfaces = parsed?.data ?? [];
  return new Map(
    interfaces.flatMap(({ ifname, addr_info }) =>
      addr_info.flatMap(({ local, temporary = false, deprecated = false }) => {
        const address = parseAddress(local ?? '');
        return address === null ? [] : [[`${ifname} ${address}`, { temporary, deprecated }] as const];
      }),
    ),
  );
}
