import { UserError } from '../../../model/error.ts';
import { hostNameSchema } from '../../../model/relay.ts';

/** What `reach4 plan --remedy cdn` is told; null where nothing was said. */
export interface CdnOptions {
  /** A name that something else keeps, with the server's AAAA and no A. */
  readonly originName: string | null;
  /** Leave IPv6 visitors, and the AAAA record, as they are. */
  readonly ipv4Only: boolean;
}

export const NO_CDN_OPTIONS: CdnOptions = { originName: null, ipv4Only: false };

/** @throws UserError */
export function readOriginName(given: string | null): string | null {
  if (given === null) return null;
  const name = given.toLowerCase().replace(/\.$/u, '');
  if (hostNameSchema.safeParse(name).success && name.includes('.')) return name;
  throw new UserError(
    `--origin-name "${given}" is no host name; expected one with the server's AAAA record and no A, such as origin.example.org.`,
  );
}
