import { z } from 'zod';
import { addressSchema } from '../address.ts';
import { portSchema as port } from '../port.ts';

/** 1: the router of the local network; 2: the box in front of it. */
const level = z.int().min(1).max(2);

export const portMappingSchema = z.object({
  protocol: z.enum(['tcp', 'udp']),
  externalPort: port,
  /** The host on the local network that it leads to. */
  client: addressSchema,
  internalPort: port,
  enabled: z.boolean(),
  description: z.string(),
  /** Seconds; 0 stays until it is removed. */
  leaseSeconds: z.int().min(0),
});
export type PortMapping = z.infer<typeof portMappingSchema>;

/** What the router says over UPnP (IGD:1 and IGD:2, WANIPConnection or WANPPPConnection). */
export const upnpFactsSchema = z.object({
  gateway: addressSchema,
  level,
  /** URL of the description. */
  location: z.string(),
  /** Manufacturer and model, as it calls itself. */
  device: z.string().nullable(),
  /** The service that answered: its type and version. */
  service: z.string(),
  /** ConnectionStatus as told: Connected, Disconnected, … */
  status: z.string().nullable(),
  /** NewExternalIPAddress as told: an empty text and 0.0.0.0 occur; null where the call failed. */
  told: z.string().nullable(),
  /** The same, if it is an address other than 0.0.0.0. */
  external: addressSchema.nullable(),
  /** Mappings made over UPnP, as most routers list: those set by hand are often missing. */
  mappings: z.array(portMappingSchema),
  /** False where the list was cut off or the router stopped answering. */
  mappingsComplete: z.boolean(),
});

/** Answer to a NAT-PMP request for the external address (RFC 6886 3.2). */
export const natPmpFactsSchema = z.object({
  gateway: addressSchema,
  level,
  /** 0 success, 2 refused, 3 network failure: the router itself has no address. */
  result: z.int().min(0).max(65535),
  external: addressSchema.nullable(),
  /** Seconds since the router's table was made. */
  epochSeconds: z.int().min(0),
});

/** Answer to a PCP ANNOUNCE (RFC 6887 14.1): the server is there; it tells no address. */
export const pcpFactsSchema = z.object({
  gateway: addressSchema,
  level,
  version: z.int().min(0).max(255),
  result: z.int().min(0).max(255),
  epochSeconds: z.int().min(0),
});

/** What a person read on the router's page and gave as flags; null where nothing was said. */
export const toldFactsSchema = z.object({
  /** `--wan-ipv4`; `none` where the page shows that there is none. */
  wanIpv4: z.union([addressSchema, z.literal('none')]).nullable(),
  /** `--forward EXT:HOST:PORT` (repeatable) or `--forward none`. */
  forwards: z
    .union([z.array(z.object({ externalPort: port, host: addressSchema, port })).min(1), z.literal('none')])
    .nullable(),
  /** `--router-firewall`: whether the page shows a rule that blocks the port in spite of the forward. */
  routerFirewall: z.enum(['open', 'blocks']).nullable(),
  /**
   * `--box-in-front`: `none` where no other router of one's own stands in front, `blocks` where its page shows no forward
   * of the port to this router, its own address on the internet side where it does.
   */
  boxInFront: z.union([addressSchema, z.enum(['none', 'blocks'])]).nullable(),
});
export type ToldFacts = z.infer<typeof toldFactsSchema>;

/** `--probe-mapping`: a mapping opened for at most 60 s, and removed again. */
export const mappingTrialFactsSchema = z.object({
  method: z.enum(['upnp', 'pcp', 'nat-pmp']),
  gateway: addressSchema,
  externalPort: port,
  client: addressSchema,
  internalPort: port,
  opened: z.boolean(),
  /** The external address that came with it (PCP), where there is one. */
  external: addressSchema.nullable(),
  /** The protocol's own code and text for a refusal: 718 ConflictInMappingEntry, … */
  refusal: z.object({ code: z.int(), text: z.string() }).nullable(),
  /** Whether it is gone again; null where it was never opened. */
  removed: z.boolean().nullable(),
});
export type MappingTrialFacts = z.infer<typeof mappingTrialFactsSchema>;
