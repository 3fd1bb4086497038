import { UserError } from '../../../model/error.ts';
import { tunnelServiceSchema } from '../../../model/tunnel-plan.ts';

/** What `reach4 plan --remedy tunnel` is told; null where nothing was said. */
export interface TunnelOptions {
  /** `--tunnel-service`, as typed. */
  readonly service: string | null;
}

export const NO_TUNNEL_OPTIONS: TunnelOptions = { service: null };

/** @throws UserError where it is none that cloudflared could lead to */
export function readService(given: string | null): string | null {
  if (given === null) return null;
  // A slash alone at the end is what people type, and means nothing.
  const text = given.trim().replace(/\/$/u, '');
  if (tunnelServiceSchema.safeParse(text).success) return text;
  // A password typed by mistake must not come back on the screen.
  const shown = given.replace(/(\/\/|^).*@/u, '$1…@');
  throw new UserError(
    `--tunnel-service "${shown}" is nothing that cloudflared can lead to; expected http:// or https:// with a host and perhaps a port, and no path, such as https://localhost:443.`,
  );
}
