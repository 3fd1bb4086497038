import type { Family } from '../../../model/address.ts';
import type { Anyone, Tri } from '../segment.ts';

/** What listens on the port that is judged: rules may be for one program only. */
export interface Holder {
  /** Of its file, as the system tells it of every process. */
  readonly name: string;
  /** Null where it can't be read: another user's process, without elevation. */
  readonly path: string | null;
  /** The kernel itself (http.sys, SMB), which rules call `System`. */
  readonly isSystem: boolean;
  /** The services that its process hosts; null where they weren't read. */
  readonly services: readonly string[] | null;
}

/** The first packet of a connection, as far as rules of Windows look at it. */
export interface Question {
  readonly family: Family;
  readonly protocol: 'tcp' | 'udp';
  readonly source: 'internet' | 'lan';
  readonly who: Anyone;
  readonly destination: string;
  readonly port: number;
  /** InterfaceAlias by which it arrives. */
  readonly alias: string;
  readonly medium: 'wired' | 'wireless' | 'remote-access' | null;
  /** Null where nobody knows what listens, or nothing does. */
  readonly holders: readonly Holder[] | null;
  /** Of the machine, for the paths of rules. */
  readonly environment: Readonly<Record<string, string>>;
}

/** All of them have to match. */
export function every(...parts: readonly Tri[]): Tri {
  if (parts.includes('no')) return 'no';
  return parts.includes('unknown') ? 'unknown' : 'yes';
}

/** One of them is enough. */
export function some(...parts: readonly Tri[]): Tri {
  if (parts.includes('yes')) return 'yes';
  return parts.includes('unknown') ? 'unknown' : 'no';
}

/** `Any` in the words of the cmdlets, `*` in those of the API. */
export const isAny = (text: string): boolean => /^(?:any|\*)$/iu.test(text);
