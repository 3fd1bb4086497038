import { HOME, INET, PROVIDER } from '../addresses.ts';
import { linkUp, script } from '../script.ts';
import { homeIpv4, lineIpv4, type World } from '../world.ts';
import { line6, lineGateway4 } from './line.ts';
import { PORT_SET_TEXT } from './map-e.ts';

/** The link-local address of the provider's router towards the internet's. */
const UP_LINK_LOCAL = 'fe80::2';

/** What the internet's router sends to the provider: commands for `ip -batch`. */
export function routesToProvider(): string[] {
  const link = 'to-provider';
  const home4 = [HOME.wan4, PROVIDER.shared4];
  return [
    ...linkUp(link, [`${INET.linkLocal}/64`]),
    `route add ${PROVIDER[4]}/32 dev ${link} src ${INET[4]}`,
    ...home4.map((address) => `route add ${address}/32 via ${PROVIDER[4]} dev ${link} onlink src ${INET[4]}`),
    ...[`${PROVIDER[6]}/128`, `${HOME.line6}`, HOME.delegated].map(
      (prefix) => `route add ${prefix} via ${UP_LINK_LOCAL} dev ${link} src ${INET[6]}`,
    ),
  ];
}

/** The provider's router: a hop of its own, with the NAT and the filters that the world gives it. */
export function provider(world: World): string {
  const { kind } = world.isp;
  const line4 = lineIpv4(world);
  const gateway = lineGateway4(world);
  const own4 = [
    PROVIDER[4],
    ...(gateway === undefined ? [] : [gateway]),
    ...(isShared(world) ? [homeIpv4(world)] : []),
  ];
  const six = line6(world);
  return script(
    { forwarding: true },
    [
      ...[...new Set(own4)].map((address) => `addr add ${address}/32 dev lo`),
      `addr add ${PROVIDER[6]}/128 dev lo nodad`,
      ...linkUp('to-inet', [`${UP_LINK_LOCAL}/64`]),
      ...linkUp('to-home', [`${INET.linkLocal}/64`]),
      `route add 0.0.0.0/0 via ${INET[4]} dev to-inet onlink src ${PROVIDER[4]}`,
      `route add ::/0 via ${INET.linkLocal} dev to-inet src ${PROVIDER[6]}`,
      ...(kind === 'ds-lite' ? [] : [`route add ${line4}/32 dev to-home src ${gateway}`]),
      `route add ${six}/128 dev to-home src ${PROVIDER[6]}`,
      ...(six === HOME.wan6 ? [] : [`route add ${HOME.wan6}/128 via ${six} dev to-home`]),
      `route add ${HOME.delegated} via ${six} dev to-home src ${PROVIDER[6]}`,
    ],
    providerFilter(world),
  );
}

/** Whether the provider's router translates. */
function isShared({ isp }: World): boolean {
  return isp.kind === 'cgnat' || isp.kind === 'private';
}

function providerFilter(world: World): string {
  const { inboundFilter, kind, loss } = world.isp;
  const lost = loss === 0 ? '' : `numgen random mod 100 < ${loss} counter drop`;
  const filters = inboundFilter.map(({ ports, action }) => {
    const tcp = action === 'reset' ? 'reject with tcp reset' : 'drop';
    return ports === 'all'
      ? `meta nfproto ipv4 meta l4proto tcp ct state new ${tcp}\n    meta nfproto ipv4 ct state new drop`
      : `meta nfproto ipv4 tcp dport { ${ports.join(', ')} } ct state new ${tcp}`;
  });
  const shared = ['tcp', 'udp'].map(
    (protocol) => `ip daddr ${HOME.wan4} ${protocol} dport != ${PORT_SET_TEXT} drop`,
  );
  const outside =
    kind === 'map-e' ? [...shared, `ip daddr ${HOME.wan4} ip protocol icmp ct state new drop`] : [];
  const nat = `
  chain after {
    type nat hook postrouting priority srcnat;
    oifname "to-inet" ip saddr ${lineIpv4(world)} snat to ${homeIpv4(world)}
  }
  chain to-nat {
    type filter hook input priority filter;
    ip daddr ${homeIpv4(world)} ct state established,related accept
    iifname "to-home" ip daddr ${homeIpv4(world)} meta l4proto { icmp, udp } accept
    ip daddr ${homeIpv4(world)} drop
  }`;
  return `
table inet line {
  chain lossy {
    type filter hook forward priority filter - 10;
    ${lost}
  }
  chain through {
    type filter hook forward priority filter;
    iifname "to-inet" jump inbound
  }
  chain inbound {
    ${[...outside, ...filters].join('\n    ')}
  }${isShared(world) ? nat : ''}
}`;
}
