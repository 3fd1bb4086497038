import { bracketed } from '../../model/address.ts';
import type { Origin } from '../../model/relay.ts';

/** Sections of what listens, and of where it leads: each of the two has defaults of its own. */
export interface Sides {
  readonly listening: readonly string[];
  readonly origins: readonly string[];
}

/** On both families. */
export const listenOn = (port: number): string => `\tbind 0.0.0.0:${port},[::]:${port} v6only`;

/** No health check: a server of SSH or mail would log every one, and a service has one origin, dead or alive. */
export function server({ origin, proxyProtocol }: { origin: Origin; proxyProtocol: boolean }): string {
  return `\tserver origin ${bracketed(origin.host)}:${origin.port}${proxyProtocol ? ' send-proxy-v2' : ''}`;
}

/** One ACL of many names, a line each: a line has at most 64 words and 2 KiB. */
export function anyOf(acl: string, sample: string, values: readonly string[]): string[] {
  return values.map((value) => `\tacl ${acl} ${sample} -m str ${value}`);
}
