import { z } from 'zod';
import { recordInput } from './record.ts';

const addresses = z.object({ ipv4: z.array(z.string()), ipv6: z.array(z.string()) });

/** The file of `main.ts api --config`. */
export const config = z.strictObject({
  /** Rights by token. */
  tokens: z.record(
    z.string(),
    z.strictObject({
      zone: z.enum(['none', 'read']),
      dns: z.enum(['none', 'read', 'edit']),
      tunnel: z.enum(['none', 'read', 'edit']).exactOptional(),
      zones: z.array(z.string()).exactOptional(),
    }),
  ),
  zones: z.array(
    z.strictObject({
      name: z.string(),
      id: z.string().exactOptional(),
      status: z.enum(['active', 'pending']).exactOptional(),
      nameServers: z.array(z.string()).exactOptional(),
      records: z.array(recordInput).exactOptional(),
      identicalError: z.literal([81057, 81058]).exactOptional(),
      publish: z
        .strictObject({
          zoneFile: z.string(),
          reloadPidFile: z.string().exactOptional(),
          edge: addresses.exactOptional(),
          extraLines: z.array(z.string()).exactOptional(),
        })
        .partial()
        .exactOptional(),
    }),
  ),
});
export type Config = z.infer<typeof config>;

/** `ADDR:PORT`, an IPv6 address with or without brackets. */
export function hostAndPort(listen: string): { host: string; port: number } {
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(listen) ?? [];
  if (host === '') {
    throw new Error(`--listen takes ADDR:PORT, not "${listen}"`);
  }
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
}
