import { z } from 'zod';
import { addressSchema } from '../address.ts';
import { portSchema as port } from '../port.ts';
import { finding } from './finding-of.ts';

const addresses = z.array(addressSchema);

/** Who told the router's WAN address. */
const wanSourceSchema = z.enum(['upnp', 'nat-pmp', 'pcp', 'told', 'own-interface', 'trace']);
export type WanSource = z.infer<typeof wanSourceSchema>;

const sources = z.array(wanSourceSchema);

/** What the cause `cgnat` concludes: what address the line has, and who shares it. */
export const LINE_FINDINGS = [
  /** 100.64.0.0/10 (RFC 6598) at the router's WAN. */
  finding('wan-shared', { wan: addressSchema, sources, observed: addresses }),
  /** 192.0.0.0/29 (RFC 7335) at the router's WAN: DS-Lite. `wan` is null where the router says that it has none. */
  finding('wan-ds-lite', { wan: addressSchema.nullable(), sources, observed: addresses }),
  /** RFC 1918 at the router's WAN: another NAT stands in front, a second router or the provider's. */
  finding('wan-private', { wan: addressSchema, sources, observed: addresses }),
  /** The box in front answered: it has the public address itself. */
  finding('double-nat', { wan: addressSchema, outer: addressSchema, outerWan: addressSchema }),
  /** The box in front answered: it has no public address either. */
  finding('outer-not-public', { outer: addressSchema, outerWan: addressSchema }),
  /** Read on the page of the box in front: it forwards nothing to the router. */
  finding('box-in-front-blocks', { port }),
  /** A person says that no other router of theirs stands in front: it is the provider that translates. */
  finding('box-in-front-none', {}),
  /** The box in front has the public address and passes the port on to the router. */
  finding('box-in-front-passes', { port, outerWan: addressSchema, source: wanSourceSchema }),
  /** Any other address that isn't public. */
  finding('wan-not-public', { wan: addressSchema, sources }),
  /** The router answered, and told no address. */
  finding('wan-none', { sources }),
  finding('wan-public', { wan: addressSchema, sources }),
  finding('wan-contradictory', { told: z.array(z.object({ wan: addressSchema, source: wanSourceSchema })) }),
  /** The router told nothing, and nobody else did. */
  finding('wan-unknown', {}),
  /** WAN public, yet services see another address: a VPN or a further translation. */
  finding('wan-not-observed', { wan: addressSchema, observed: addresses }),
  /** Services see the exit of a tunnel, because this machine sends through it. */
  finding('observed-through-tunnel', { observed: addresses, interface: z.string() }),
  /** One hop away: the address that services see is the router's own. */
  finding('observed-is-router', { address: addressSchema }),
  /** The address that services see lies behind the router. */
  finding('observed-beyond-router', { address: addressSchema, hops: z.int().min(2) }),
  /** The second hop answers from 100.64.0.0/10: a hint, no proof. */
  finding('shared-hop', { hop: addressSchema }),
  /** An address of 100.64.0.0/10 on this machine's own interface belongs to an overlay network, not to the line. */
  finding('overlay-address', { address: addressSchema, interface: z.string() }),
  /** This machine has the public address itself: nothing is translated. */
  finding('no-nat', { address: addressSchema }),
  /** MAP-E, MAP-T or lightweight 4over6: the address is shared, each customer has a set of ports. */
  finding('port-outside-set', { port, address: addressSchema, usable: z.array(port) }),
  finding('port-inside-set', { port, address: addressSchema }),
] as const;
