/** Brings an interface up; `nodad`, so that IPv6 addresses are usable at once. */
export function linkUp(name: string, addresses: readonly string[]): string[] {
  const flag = (address: string) => (address.includes(':') ? ' nodad' : '');
  return [
    `link set ${name} up`,
    ...addresses.map((address) => `addr add ${address} dev ${name}${flag(address)}`),
  ];
}

/** `onlink`: the gateway's IPv4 address is in no subnet of the link, as on a PPPoE line. */
export function defaultRoutes(name: string, gateways: { 4?: string; 6: string }): string[] {
  return [
    ...(gateways[4] === undefined ? [] : [`route add 0.0.0.0/0 via ${gateways[4]} dev ${name} onlink`]),
    `route add ::/0 via ${gateways[6]} dev ${name}`,
  ];
}

export interface ScriptOptions {
  forwarding?: boolean;
  temporary?: boolean;
  /** More settings, as paths under /proc/sys/net with their values. */
  settings?: Readonly<Record<string, string>>;
}

/**
 * The shell script that configures a host's network from within: `ipCommands` for `ip -batch`, then `filter` for nft.
 * Settings first, because an interface that is already up has taken the old ones.
 */
export function script(options: ScriptOptions, ipCommands: readonly string[], filter = ''): string {
  const forwarding = options.forwarding === true ? 1 : 0;
  const settings = Object.entries(options.settings ?? {}).map(([path, value]) => `echo ${value} > ${path}`);
  return `
cd /proc/sys/net
echo ${forwarding} > ipv4/ip_forward
echo ${forwarding} > ipv6/conf/all/forwarding
# Tests send many packets to dead addresses at once: every one gets its ICMP error, however many there were before.
echo 0 > ipv4/icmp_ratelimit
echo 0 > ipv6/icmp/ratelimit
for each in ipv6/conf/*; do
  echo 0 > "$each/accept_dad"
  echo 0 > "$each/accept_ra"
  echo ${options.temporary === true ? 2 : 0} > "$each/use_tempaddr"
done
for each in ipv4/conf/*; do echo 0 > "$each/rp_filter"; done
# With br_netfilter a bridge would apply the router's NAT to frames, and drop what goes back where it came from.
for each in bridge/bridge-nf-call-ip*; do [ ! -e "$each" ] || echo 0 > "$each"; done
${settings.join('\n')}
ip -batch - <<'END'
link set lo up
${ipCommands.join('\n')}
END
${filter === '' ? '' : `nft -f - <<'END'\n${filter}\nEND`}
`;
}
