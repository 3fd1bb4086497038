import { INET, PROVIDER } from '../addresses.ts';
import { defaultRoutes, linkUp, script } from '../script.ts';
import type { World } from '../world.ts';
import { CLAMP_MSS, line6, SOFTWIRE, softwire } from './line.ts';

/** What the internet's router sends to the AFTR: commands for `ip -batch`. */
export function routesToAftr(): string[] {
  return [
    ...linkUp('to-aftr', [`${INET.linkLocal}/64`]),
    `route add ${PROVIDER.aftr4}/32 dev to-aftr src ${INET[4]}`,
    `route add ${PROVIDER.aftr6}/128 dev to-aftr src ${INET[6]}`,
  ];
}

/** DS-Lite's translator: private IPv4 comes in by the softwire and leaves as the shared address (RFC 6333, section 6). */
export function aftr(world: World): string {
  return script(
    { forwarding: true },
    [
      ...linkUp('eth0', [`${PROVIDER.aftr4}/32`, `${PROVIDER.aftr6}/128`]),
      ...defaultRoutes('eth0', { 4: INET[4], 6: INET.linkLocal }),
      ...softwire(PROVIDER.aftr6, line6(world)),
      `addr add ${PROVIDER.aftrInside} peer ${PROVIDER.b4}/32 dev ${SOFTWIRE}`,
      // A B4 doesn't translate: the home's own addresses come in.
      `route add 192.168.0.0/16 via ${PROVIDER.b4} dev ${SOFTWIRE}`,
    ],
    `
table inet aftr {${CLAMP_MSS}
  chain after {
    type nat hook postrouting priority srcnat;
    oifname "eth0" ip saddr { 192.0.0.0/29, 192.168.0.0/16 } snat to ${PROVIDER.aftr4}
  }
  chain to-aftr {
    type filter hook input priority filter;
    ip daddr ${PROVIDER.aftr4} ct state established,related accept
    iifname "${SOFTWIRE}" ip daddr ${PROVIDER.aftr4} meta l4proto { icmp, udp } accept
    ip daddr ${PROVIDER.aftr4} drop
  }
  chain through {
    type filter hook forward priority filter; policy drop;
    ct state established,related accept
    iifname "${SOFTWIRE}" accept
  }
}`,
  );
}
