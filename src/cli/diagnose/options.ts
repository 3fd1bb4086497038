import type { Evidence, Vantage } from '../../model/evidence.ts';
import type { ToldFacts } from '../../model/facts/router.ts';
import type { UdpProtocol } from '../../model/facts/udp.ts';
import type { Target } from '../../model/target.ts';
import type { OutsideVantage } from '../../outside/vantage.ts';

/** A diagnosis as asked for: everything checked, nothing left to guess. */
export interface DiagnoseOptions {
  readonly target: Target;
  /** Where this runs, if the user said so. */
  readonly from: Vantage | null;
  /** Public IPv4 address given by the user; replaces what whoami services say. */
  readonly ipv4: string | null;
  /** Services that tell the public address; empty where none may be asked. */
  readonly whoami: readonly string[];
  /** Why `whoami` is empty, for the evidence. */
  readonly whoamiSkipped: 'not-consented' | 'not-applicable' | null;
  /** Places on the internet that look as well. */
  readonly outside: readonly OutsideVantage[];
  /** `--udp-protocol`: what to speak to a UDP port; without it, what is usual there. */
  readonly udpProtocol?: UdpProtocol;
  /** What is asked of the host, the router and the line; without it only names and addresses are looked at. */
  readonly layers?: LayerOptions;
}

export interface LayerOptions {
  /** STUN servers, `host:port`; empty where none may be asked. */
  readonly stun: readonly string[];
  /** What the user read on the router's page; null where nothing was said. */
  readonly told: ToldFacts | null;
  /** Evidence that was collected elsewhere. */
  readonly elsewhere: readonly Evidence[];
  /** `--probe-mapping`: one mapping may be opened on the router, and is removed again. */
  readonly probeMapping: boolean;
  /** Told in words what the diagnosis does to the router, and what it tells others, before it does it. */
  readonly announce: (sentence: string) => void;
}

/**
 * Two services, run by different people, that answer with the caller's address as plain text over the family asked.
 * Source: icanhazip.com (operated by Cloudflare) and ident.me, both documented for scripts.
 */
export const PUBLIC_WHOAMI: readonly string[] = ['https://icanhazip.com', 'https://ident.me'];

/** Two STUN servers, run by different people, that anyone may ask over both families (RFC 8489: port 3478, Google's 19302). */
export const PUBLIC_STUN: readonly string[] = ['stun.cloudflare.com:3478', 'stun.l.google.com:19302'];
