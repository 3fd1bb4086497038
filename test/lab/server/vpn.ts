import { EXTRA, INTERNET_HOSTS } from '../addresses.ts';
import type { LabProcess } from '../processes.ts';

/** Carries the tunnel's packets over the internet, over IPv6: WireGuard's port. */
const TUNNEL_PORT = 51_820;
/** Bytes; a packet of the tunnel fits into one of the internet's. WireGuard's own default. */
const MTU = 1420;
/** What socat (at -dd) prints once the tunnel is up. */
const READY = /starting data transfer loop/u;

/** The VPN provider lets out only what comes from the customer's address in the tunnel, translated. */
export const VPN_FILTER = `
table inet vpn {
  chain after {
    type nat hook postrouting priority srcnat;
    oifname "eth0" ip saddr ${EXTRA.vpnInside} masquerade
  }
  chain through {
    type filter hook forward priority filter; policy drop;
    ct state established,related accept
    iifname "wg0" ip saddr ${EXTRA.vpnInside} accept
  }
}`;

interface Hosts {
  spawn(host: 'server' | 'vpn', command: readonly string[]): LabProcess;
  exec(host: 'server', command: readonly string[]): Promise<{ exitCode: number; stderr: string }>;
}

/** Brings the tunnel up: a real `tun` interface at each end. All IPv4 of the server then leaves by it. */
export async function startVpn({ exec, spawn }: Hosts): Promise<void> {
  const [exit] = INTERNET_HOSTS.vpn[6];
  const tun = (address: string) => `TUN:${address}/24,tun-name=wg0,tun-type=tun,iff-no-pi,iff-up`;
  // The first packet would otherwise teach the provider's end where the customer is.
  const ends = [
    spawn('vpn', ['socat', '-dd', tun(EXTRA.vpnGateway), `UDP6-LISTEN:${TUNNEL_PORT},bind=[${exit}]`]),
    spawn('server', ['socat', '-dd', tun(EXTRA.vpnInside), `UDP6:[${exit}]:${TUNNEL_PORT}`]),
  ];
  await ends[1]?.waitFor(READY);
  const setup = `ip link set wg0 mtu ${MTU} && ip route replace default dev wg0`;
  const { exitCode, stderr } = await exec('server', ['sh', '-c', setup]);
  if (exitCode !== 0) throw new Error(`The tunnel could not be made the default route: ${stderr}`);
}

/** An interface like that of Tailscale's client, up and with its address; what is sent into it is lost. */
export async function startTailscale({ spawn }: Pick<Hosts, 'spawn'>): Promise<void> {
  const tun = `TUN:${EXTRA.tailscale4}/32,tun-name=tailscale0,tun-type=tun,iff-no-pi,iff-up`;
  await spawn('server', ['socat', '-dd', '-u', tun, '/dev/null']).waitFor(READY);
}
