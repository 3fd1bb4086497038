import type { World } from '../world.ts';
import { dnsAuthoritiesDisagree } from './dns-authorities-disagree.ts';
import { dnsCgnatAddress } from './dns-cgnat-address.ts';
import { dnsCname } from './dns-cname.ts';
import { dnsLie } from './dns-lie.ts';
import { dnsMissing } from './dns-missing.ts';
import { dnsNxdomain } from './dns-nxdomain.ts';
import { dnsOneOfTwoDead } from './dns-one-of-two-dead.ts';
import { dnsPrivate } from './dns-private.ts';
import { dnsProxy } from './dns-proxy.ts';
import { dnsResolverStale } from './dns-resolver-stale.ts';
import { dnsServfail } from './dns-servfail.ts';
import { dnsSplitHorizon } from './dns-split-horizon.ts';
import { dnsStale } from './dns-stale.ts';
import { dnsStaleOther } from './dns-stale-other.ts';
import { dnsTemporaryAaaa } from './dns-temporary-aaaa.ts';
import { dnsTimeout } from './dns-timeout.ts';
import { dnsWrongAaaa } from './dns-wrong-aaaa.ts';
import { dnsWrongAaaaNoA } from './dns-wrong-aaaa-no-a.ts';
import { healthy } from './healthy.ts';
import { healthyNoHairpin } from './healthy-no-hairpin.ts';
import { healthyRouterPage } from './healthy-router-page.ts';

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
  ].map((world) => [world.name, world]),
);
