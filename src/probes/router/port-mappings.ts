import { z } from 'zod';
import { parseAddress } from '../../model/address.ts';
import { type PortMapping, portMappingSchema } from '../../model/facts/router.ts';
import { plainText } from '../../ports/plain-text.ts';

/** Characters; upnpc and most programs write their name. */
const DESCRIPTION_LENGTH = 80;

const number = z
  .string()
  .regex(/^\d{1,10}$/u)
  .transform(Number);

const entrySchema = z.object({
  newremotehost: z.string().default(''),
  newexternalport: number,
  newprotocol: z.string(),
  newinternalport: number,
  newinternalclient: z.string(),
  newenabled: z.string().default('1'),
  newportmappingdescription: z.string().default(''),
  newleaseduration: number.catch(0),
});

/**
 * The answer to GetGenericPortMappingEntry; null where it isn't a mapping of one port to one address for everybody: a
 * name as client, all ports (external port 0), or for one remote host only.
 */
export function readMappingEntry(values: ReadonlyMap<string, string>): PortMapping | null {
  const entry = entrySchema.safeParse(Object.fromEntries(values));
  if (!entry.success) return null;
  const told = entry.data;
  if (!['', '0.0.0.0', '*'].includes(told.newremotehost)) return null;
  const mapping = portMappingSchema.safeParse({
    protocol: told.newprotocol.toLowerCase(),
    externalPort: told.newexternalport,
    client: parseAddress(told.newinternalclient),
    internalPort: told.newinternalport,
    enabled: /^(?:1|true|yes)$/iu.test(told.newenabled),
    description: plainText(told.newportmappingdescription, DESCRIPTION_LENGTH),
    leaseSeconds: told.newleaseduration,
  });
  return mapping.success ? mapping.data : null;
}
