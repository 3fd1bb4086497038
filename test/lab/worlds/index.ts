import type { World } from '../world.ts';
import { cgnatDoubleNatOuterAnswers } from './cgnat-double-nat-outer-answers.ts';
import { cgnatDoubleNatOuterSilent } from './cgnat-double-nat-outer-silent.ts';
import { cgnatDoubleNatShared } from './cgnat-double-nat-shared.ts';
import { cgnatDsLite } from './cgnat-ds-lite.ts';
import { cgnatDsLiteFirewallListener } from './cgnat-ds-lite-firewall-listener.ts';
import { cgnatFirewall } from './cgnat-firewall.ts';
import { cgnatListener } from './cgnat-listener.ts';
import { cgnatMapEInside } from './cgnat-map-e-inside.ts';
import { cgnatMapEOutside } from './cgnat-map-e-outside.ts';
import { cgnatNoA } from './cgnat-no-a.ts';
import { cgnatPrivateWan } from './cgnat-private-wan.ts';
import { cgnatRouterSilent } from './cgnat-router-silent.ts';
import { cgnatSharedWan } from './cgnat-shared-wan.ts';
import { cgnatWanUntold } from './cgnat-wan-untold.ts';
import { cgnatWrongHost } from './cgnat-wrong-host.ts';
import { dnsAuthoritiesDisagree } from './dns-authorities-disagree.ts';
import { dnsCgnatAddress } from './dns-cgnat-address.ts';
import { dnsCname } from './dns-cname.ts';
import { dnsLie } from './dns-lie.ts';
import { dnsMissing } from './dns-missing.ts';
import { dnsMissingForwardNone } from './dns-missing-forward-none.ts';
import { dnsMissingForwardNoneListener } from './dns-missing-forward-none-listener.ts';
import { dnsMissingNoHairpin } from './dns-missing-no-hairpin.ts';
import { dnsNxdomain } from './dns-nxdomain.ts';
import { dnsOneOfTwoDead } from './dns-one-of-two-dead.ts';
import { dnsPrivate } from './dns-private.ts';
import { dnsProxy } from './dns-proxy.ts';
import { dnsResolverStale } from './dns-resolver-stale.ts';
import { dnsServfail } from './dns-servfail.ts';
import { dnsSplitHorizon } from './dns-split-horizon.ts';
import { dnsSplitHorizonNoHairpin } from './dns-split-horizon-no-hairpin.ts';
import { dnsStale } from './dns-stale.ts';
import { dnsStaleFirewall } from './dns-stale-firewall.ts';
import { dnsStaleIsp443NoHairpin } from './dns-stale-isp-443-no-hairpin.ts';
import { dnsStaleOther } from './dns-stale-other.ts';
import { dnsStaleOtherWrongHost } from './dns-stale-other-wrong-host.ts';
import { dnsTemporaryAaaa } from './dns-temporary-aaaa.ts';
import { dnsTimeout } from './dns-timeout.ts';
import { dnsVpnExit } from './dns-vpn-exit.ts';
import { dnsWrongAaaa } from './dns-wrong-aaaa.ts';
import { dnsWrongAaaaNoA } from './dns-wrong-aaaa-no-a.ts';
import { firewallDocker } from './firewall-docker.ts';
import { firewallFirewalld } from './firewall-firewalld.ts';
import { firewallIptablesBoth } from './firewall-iptables-both.ts';
import { firewallIptablesLegacy } from './firewall-iptables-legacy.ts';
import { firewallIptablesNft } from './firewall-iptables-nft.ts';
import { firewallLanOnly } from './firewall-lan-only.ts';
import { firewallListener } from './firewall-listener.ts';
import { firewallNftDrop } from './firewall-nft-drop.ts';
import { firewallNftReject } from './firewall-nft-reject.ts';
import { firewallUfw } from './firewall-ufw.ts';
import { forwardByHandRight } from './forward-by-hand-right.ts';
import { forwardByHandWrongHost } from './forward-by-hand-wrong-host.ts';
import { forwardNone } from './forward-none.ts';
import { forwardNoneDoubleNat } from './forward-none-double-nat.ts';
import { forwardNoneFirewall } from './forward-none-firewall.ts';
import { forwardNoneNoHairpin } from './forward-none-no-hairpin.ts';
import { forwardNoneReset } from './forward-none-reset.ts';
import { forwardNoneTailscale } from './forward-none-tailscale.ts';
import { forwardRouterFirewall } from './forward-router-firewall.ts';
import { forwardRouterFirewallEarly } from './forward-router-firewall-early.ts';
import { forwardRouterPage } from './forward-router-page.ts';
import { forwardRouterPageFirewallListener } from './forward-router-page-firewall-listener.ts';
import { forwardUpnpOff } from './forward-upnp-off.ts';
import { forwardWrongHost } from './forward-wrong-host.ts';
import { forwardWrongPort } from './forward-wrong-port.ts';
import { forwardWrongPortFirewall } from './forward-wrong-port-firewall.ts';
import { healthy } from './healthy.ts';
import { healthyDoubleNat } from './healthy-double-nat.ts';
import { healthyDualStack } from './healthy-dual-stack.ts';
import { healthyMasqueradingRouter } from './healthy-masquerading-router.ts';
import { healthyNoHairpin } from './healthy-no-hairpin.ts';
import { healthyRouterPage } from './healthy-router-page.ts';
import { healthyTailscale } from './healthy-tailscale.ts';
import { healthyUpnpMapping } from './healthy-upnp-mapping.ts';
import { ipv6BrokenToo } from './ipv6-broken-too.ts';
import { isp80443Reset } from './isp-80-443-reset.ts';
import { isp443Dropped } from './isp-443-dropped.ts';
import { isp443DroppedOtherPort } from './isp-443-dropped-other-port.ts';
import { isp443Listener } from './isp-443-listener.ts';
import { ispAllDropped } from './isp-all-dropped.ts';
import { ispAllDroppedDoubleNat } from './isp-all-dropped-double-nat.ts';
import { listenerAddress6 } from './listener-address6.ts';
import { listenerBindv6only } from './listener-bindv6only.ts';
import { listenerDockerIpv6Only } from './listener-docker-ipv6-only.ts';
import { listenerLoopback4 } from './listener-loopback4.ts';
import { listenerOtherProgram } from './listener-other-program.ts';
import { listenerSshV6only } from './listener-ssh-v6only.ts';
import { listenerV6only } from './listener-v6only.ts';
import { listenerV6onlyMasqueradingRouter } from './listener-v6only-masquerading-router.ts';
import { loss20 } from './loss-20.ts';
import { noIpv4DefaultRoute } from './no-ipv4-default-route.ts';
import { repliesThroughVpn } from './replies-through-vpn.ts';
import { serviceDown } from './service-down.ts';
import { udpDnsFirewall } from './udp-dns-firewall.ts';
import { udpDnsForwardNone } from './udp-dns-forward-none.ts';
import { udpDnsHealthy } from './udp-dns-healthy.ts';
import { udpWireguard } from './udp-wireguard.ts';

/** Every world, by name. */
export const WORLDS: ReadonlyMap<string, World> = new Map(
  [
    healthy,
    healthyNoHairpin,
    healthyRouterPage,
    dnsMissing,
    dnsStale,
    dnsStaleOther,
    dnsPrivate,
    dnsCgnatAddress,
    dnsOneOfTwoDead,
    dnsCname,
    dnsSplitHorizon,
    dnsSplitHorizonNoHairpin,
    dnsAuthoritiesDisagree,
    dnsResolverStale,
    dnsNxdomain,
    dnsServfail,
    dnsTimeout,
    dnsLie,
    dnsProxy,
    dnsWrongAaaa,
    dnsWrongAaaaNoA,
    dnsTemporaryAaaa,
    healthyUpnpMapping,
    healthyTailscale,
    healthyDualStack,
    cgnatSharedWan,
    cgnatNoA,
    cgnatPrivateWan,
    cgnatDoubleNatOuterAnswers,
    cgnatDoubleNatOuterSilent,
    cgnatRouterSilent,
    cgnatWanUntold,
    cgnatDsLite,
    cgnatMapEOutside,
    cgnatMapEInside,
    forwardNone,
    forwardNoneReset,
    forwardNoneNoHairpin,
    forwardNoneTailscale,
    forwardUpnpOff,
    forwardWrongHost,
    forwardWrongPort,
    forwardByHandWrongHost,
    forwardByHandRight,
    forwardRouterFirewall,
    forwardRouterPage,
    firewallNftDrop,
    firewallNftReject,
    firewallIptablesLegacy,
    firewallIptablesNft,
    firewallIptablesBoth,
    firewallUfw,
    firewallFirewalld,
    firewallLanOnly,
    firewallDocker,
    listenerSshV6only,
    listenerV6only,
    listenerAddress6,
    listenerBindv6only,
    listenerLoopback4,
    healthyDoubleNat,
    forwardNoneDoubleNat,
    listenerDockerIpv6Only,
    isp443Dropped,
    isp443DroppedOtherPort,
    isp80443Reset,
    ispAllDropped,
    ipv6BrokenToo,
    serviceDown,
    noIpv4DefaultRoute,
    repliesThroughVpn,
    dnsVpnExit,
    loss20,
    dnsMissingNoHairpin,
    forwardNoneFirewall,
    cgnatFirewall,
    cgnatListener,
    cgnatWrongHost,
    dnsMissingForwardNone,
    dnsStaleFirewall,
    dnsStaleOtherWrongHost,
    isp443Listener,
    firewallListener,
    forwardWrongPortFirewall,
    dnsMissingForwardNoneListener,
    cgnatDsLiteFirewallListener,
    dnsStaleIsp443NoHairpin,
    forwardRouterPageFirewallListener,
    healthyMasqueradingRouter,
    listenerV6onlyMasqueradingRouter,
    forwardRouterFirewallEarly,
    listenerOtherProgram,
    cgnatDoubleNatShared,
    ispAllDroppedDoubleNat,
    udpDnsHealthy,
    udpDnsFirewall,
    udpDnsForwardNone,
    udpWireguard,
  ].map((world) => [world.name, world]),
);
