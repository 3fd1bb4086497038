import type { CauseCode } from './cause-code.ts';
import type { Plan } from './plan.ts';
import type { RemedyCode, RemedyOffer } from './remedy-offer.ts';
import type { Target } from './target.ts';
import type { DnsHost, DnsProvider } from './view/dns-host.ts';

/** Whether reach4 can make it: the others are done by hand. The compiler holds it against the plans that there are. */
export const PROVISIONED: { readonly [Code in RemedyCode]: Code extends Plan['remedy'] ? true : false } = {
  'a-record': true,
  'port-forward': false,
  'host-firewall': false,
  listener: false,
  hairpin: false,
  isp: false,
  'other-tunnels': false,
  'edge-proxy': true,
  tunnel: true,
  relay: true,
  cdn: true,
};

export const isProvisioned = (code: RemedyCode): code is Plan['remedy'] => PROVISIONED[code];

/** Why a remedy isn't offered: data; the sentences are in the report. */
export type WhyNot =
  /** What it cures was not confirmed; `suspected` is what may be. */
  | {
      readonly code: 'not-the-cause';
      readonly causes: readonly CauseCode[];
      readonly suspected: readonly CauseCode[];
    }
  /** It cures some of what is in the way, and nothing cures the others together with it. */
  | { readonly code: 'leaves'; readonly causes: readonly CauseCode[] }
  /** Nothing is confirmed to be in the way. */
  | { readonly code: 'nothing-in-the-way' }
  /** It works from outside, and this would help nobody there. */
  | { readonly code: 'only-from-inside' }
  | {
      readonly code: 'not-carried';
      readonly carries: RemedyOffer['carries'];
      readonly protocol: Target['protocol'];
    }
  /** The provider's edge doesn't listen there. */
  | {
      readonly code: 'port-not-served';
      readonly provider: string;
      readonly port: number;
      readonly ports: readonly number[];
    }
  /** The name is a CNAME: its records belong to the name that it leads to. */
  | { readonly code: 'alias'; readonly of: string }
  /** The server's certificate isn't one that a public authority gave for the name, which the edge asks for. */
  | { readonly code: 'certificate-not-public'; readonly provider: string }
  /** The target is an address: it has no records. */
  | { readonly code: 'no-name' }
  | { readonly code: 'target-is-ipv4' }
  /** An address that isn't public: nobody elsewhere can be led there. */
  | { readonly code: 'not-public'; readonly address: string }
  /** No public IPv4 address was seen to answer as the service. */
  | { readonly code: 'no-working-ipv4' }
  | { readonly code: 'ipv4-works'; readonly address: string }
  /** Nothing answered over IPv6 to compare with. */
  | { readonly code: 'no-control' }
  /** The zone's own servers didn't say what the records are. */
  | { readonly code: 'records-unknown'; readonly type: 'A' | 'AAAA' }
  | { readonly code: 'records-right' }
  | { readonly code: 'no-such-name'; readonly name: string }
  | { readonly code: 'behind-edge'; readonly provider: string }
  | { readonly code: 'no-aaaa' }
  /** Some of the zone's servers have an AAAA, and some don't. */
  | { readonly code: 'aaaa-partly-missing' }
  /** The AAAA is wrong, and no address of the server that lasts was seen to answer. */
  | { readonly code: 'no-lasting-ipv6' }
  /** Nothing, or another service, answers over IPv6. */
  | { readonly code: 'ipv6-fails' }
  /** Which program listens wasn't seen. */
  | { readonly code: 'listener-unseen' }
  /** The second NAT is a box of one's own. */
  | { readonly code: 'own-box-in-front' }
  /** The zone is kept where this can't be made. */
  | { readonly code: 'dns-elsewhere'; readonly host: DnsHost; readonly needs: readonly DnsProvider[] }
  /** The diagnosis was made by another version, which didn't offer it. */
  | { readonly code: 'not-in-diagnosis' };

export const isWhyNot = (outcome: RemedyOffer | WhyNot): outcome is WhyNot => 'code' in outcome;

/** A remedy that fits the diagnosis. */
export interface Fit {
  readonly offer: RemedyOffer;
  /** `planned`: `reach4 plan` makes a stack of it; `by-hand`: `reach4 explain` says how. */
  readonly how: 'planned' | 'by-hand';
  /** Where the records are kept, if not where reach4 could write them: then they are written by hand. */
  readonly dnsElsewhere: DnsHost | null;
}

export interface Unfit {
  readonly remedy: RemedyCode;
  readonly because: WhyNot;
}

/** What there is to choose from. */
export interface Choices {
  /** Best first; those that have to be done together in their order before the others. */
  readonly fits: readonly Fit[];
  readonly unfit: readonly Unfit[];
  /** Those that have to be done together; empty where one alone is enough. */
  readonly together: readonly RemedyCode[];
  /** Where the name's records are kept; null where nobody saw it, or the target is an address. */
  readonly dns: DnsHost | null;
}
