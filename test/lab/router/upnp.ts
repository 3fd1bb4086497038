import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ipaddr from 'ipaddr.js';
import { DOUBLE_NAT, LAN_HOSTS } from '../addresses.ts';
import { SOFTWIRE } from '../isp/line.ts';
import type { LabProcess } from '../processes.ts';
import { isPublicWan, type World } from '../world.ts';
import { type RouterRules, UPNP_CHAINS } from './filter.ts';
import { homeRouterRules, outerRouterRules } from './rules.ts';

const MINIUPNPD = '/usr/sbin/miniupnpd';
/** Of its HTTP server: the description is at /rootDesc.xml. */
export const UPNP_PORT = 5000;
/** What it prints (at -d) once it listens for all that it has to. */
const READY = { upnp: /HTTP listening on port/u, others: /Listening for NAT-PMP/u };

type Spawn = (host: 'router' | 'outer', command: readonly string[]) => LabProcess;

/** The miniupnpd of a router; its rules stay when it stops, see `WITHOUT_MAPPINGS`. */
export interface Upnpd {
  stop(): Promise<void>;
}

/** Starts what the router answers of UPnP, NAT-PMP and PCP, with the mappings that were made over it before. */
export async function startUpnpd(
  host: 'router' | 'outer',
  dir: string,
  world: World,
  spawn: Spawn,
): Promise<Upnpd | undefined> {
  const rules = host === 'outer' ? outerRouterRules(world) : homeRouterRules(world);
  const { igd, natPmp, pcp, tellsPrivateWan } = rules.upnp;
  if (!igd && !natPmp && !pcp) return undefined;
  const folder = join(dir, `upnp-${host}`);
  await mkdir(folder, { recursive: true });
  const leases = join(folder, 'leases');
  const now = Math.floor(Date.now() / 1000);
  // protocol:external:address:internal:end:description, end 0 for never and otherwise seconds since 1970.
  const lines = rules.listed.map(
    ({ port, protocol, to, toPort }) =>
      `${protocol.toUpperCase()}:${port}:${to}:${toPort}:${now + LEASE}:${DESCRIPTION}\n`,
  );
  await writeFile(leases, lines.join(''));
  const config = join(folder, 'miniupnpd.conf');
  await writeFile(config, configuration(host, world, rules, leases));
  const told =
    tellsPrivateWan && !isPublicWan(rules.wan4) ? await tellingPrivateWan(folder, rules.wan4) : MINIUPNPD;
  const daemon = spawn(host, [told, '-d', '-f', config, '-P', join(folder, 'pid')]);
  await daemon.waitFor(igd ? READY.upnp : READY.others);
  return {
    async stop() {
      daemon.kill('SIGTERM');
      await daemon.exited;
    },
  };
}

/** s; a year, as a mapping without end is not restored from the file of leases. */
const LEASE = 31_536_000;
const DESCRIPTION = 'home server';

function configuration(host: 'router' | 'outer', { isp }: World, rules: RouterRules, leases: string): string {
  const atLine = host === 'outer' || isp.doubleNat === undefined;
  const lan = host === 'outer' ? DOUBLE_NAT.outer : LAN_HOSTS.router[4][0];
  const yes = (on: boolean) => (on ? 'yes' : 'no');
  return `ext_ifname=${atLine && isp.kind === 'ds-lite' ? SOFTWIRE : 'wan'}
listening_ip=lan
http_port=${UPNP_PORT}
enable_upnp=${yes(rules.upnp.igd)}
enable_natpmp=${yes(rules.upnp.natPmp || rules.upnp.pcp)}
ipv6_disable=yes
secure_mode=yes
system_uptime=yes
notify_interval=60
uuid=8e1c9d3a-5b1f-4c55-9a0e-${host === 'outer' ? '0123456789ac' : '0123456789ab'}
friendly_name=${host === 'outer' ? 'Provider box' : 'Home router'}
presentation_url=http://${lan}/
lease_file=${leases}
upnp_table_name=${UPNP_CHAINS.table}
upnp_nat_table_name=${UPNP_CHAINS.table}
upnp_forward_chain=${UPNP_CHAINS.through}
upnp_nat_chain=${UPNP_CHAINS.nat}
upnp_nat_postrouting_chain=${UPNP_CHAINS.after}
allow 1-65535 ${rules.lan4} 1-65535
deny 0-65535 0.0.0.0/0 0-65535
`;
}

/** An entry of miniupnpd's table of reserved prefixes (getifaddr.c), as in the program: address and 32 - length. */
type Entry = readonly [address: number, hostBits: number];

/** Those that a WAN of the lab is in, and one that takes the place of each. */
const RESERVED: readonly (readonly [cidr: string, entry: Entry, instead: Entry])[] = [
  ['10.0.0.0/8', [0x0a_00_00_00, 24], [0xf0_00_00_00, 28]],
  ['100.64.0.0/10', [0x64_40_00_00, 22], [0xf0_00_00_00, 28]],
  ['192.0.0.0/24', [0xc0_00_00_00, 8], [0xf0_00_00_00, 28]],
  // The LAN must stay private: miniupnpd listens nowhere else.
  ['192.168.0.0/16', [0xc0_a8_00_00, 16], [0xc0_a8_4d_00, 8]],
];

/**
 * Since 2.1 miniupnpd neither tells a WAN address that isn't public nor maps ports then, and has no option for it; many
 * routers run an older one or one without that table. A copy of the program without the WAN's prefix is such a router.
 */
async function tellingPrivateWan(folder: string, wan4: string): Promise<string> {
  const binary = await readFile(MINIUPNPD);
  for (const [cidr, entry, instead] of RESERVED) {
    if (!isInSubnet(wan4, cidr)) continue;
    const at = binary.indexOf(bytes(entry));
    if (at === -1) throw new Error(`${MINIUPNPD} has no entry ${cidr} in its table of reserved prefixes.`);
    bytes(instead).copy(binary, at);
  }
  const copy = join(folder, 'miniupnpd');
  // One that still runs can't be written to.
  await rm(copy, { force: true });
  await writeFile(copy, binary);
  await chmod(copy, 0o755);
  return copy;
}

function isInSubnet(address: string, cidr: string): boolean {
  return ipaddr.IPv4.parse(address).match(ipaddr.IPv4.parseCIDR(cidr));
}

function bytes([address, hostBits]: Entry): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeUInt32LE(address, 0);
  buffer.writeUInt32LE(hostBits, 4);
  return buffer;
}
