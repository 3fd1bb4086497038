import { z } from 'zod';
import { addressSchema, familySchema } from '../address.ts';
import { causeCodeSchema } from '../cause-code.ts';
import { vantageSchema } from '../evidence.ts';
import { udpProtocolSchema } from '../facts/udp.ts';
import { portSchema as port } from '../port.ts';
import { finding } from './finding-of.ts';

const addresses = z.array(addressSchema);
const portList = z.array(port);

/** What several causes conclude of the way between a client and this machine. */
export const WAY_FINDINGS = [
  finding('answers-outside', { address: addressSchema, port }),
  finding('fails-outside', { address: addressSchema, port, tries: z.int(), outcome: z.string() }),
  /** Over UDP nothing came back, and nothing shows that an answer was due. */
  finding('udp-silent', {
    address: addressSchema,
    port,
    vantage: vantageSchema,
    tries: z.int(),
    protocol: udpProtocolSchema,
  }),
  finding('not-seen-outside', {}),
  /** A layer further out fails, so that this one can't be judged, or doesn't show. */
  finding('hidden-by', { causes: z.array(causeCodeSchema) }),
  /** These explain what was seen; this layer can't be told until they are put right. */
  finding('explained-by', { causes: z.array(causeCodeSchema) }),
  /** Connection requests from outside reached this machine. */
  finding('arrives', { family: familySchema, port, packets: z.int(), from: addresses }),
  /** None did, while IPv6 ones did. */
  finding('never-arrives', { port, packets6: z.int(), watchedMs: z.number() }),
] as const;

/** What the cause `isp-block` concludes. */
export const ISP_FINDINGS = [
  /** The same service answers at another port of the same address. */
  finding('other-port-answers', { address: addressSchema, port, otherPort: port }),
  finding('other-ports-fail', { address: addressSchema, ports: portList }),
  /** Seen from outside, packets for the port stop before the router. */
  finding('stops-before-router', { port, lastHop: addressSchema.nullable(), otherPort: port.nullable() }),
  finding('reaches-router', { port, router: addressSchema }),
  finding('alternate-port', { port }),
  /** UDP probes to the router stop as well: everything that comes in unasked does. */
  finding('nothing-reaches-router', { lastHop: addressSchema.nullable() }),
] as const;

/** What the cause `port-forward` concludes. */
export const FORWARD_FINDINGS = [
  finding('mapping-right', {
    source: z.enum(['upnp', 'told', 'arrival', 'inside', 'outside']),
    externalPort: port,
    client: addressSchema.nullable(),
    port: port.nullable(),
  }),
  finding('mapping-wrong-host', {
    source: z.enum(['upnp', 'told']),
    externalPort: port,
    client: addressSchema,
    port,
    server: addresses,
  }),
  finding('mapping-wrong-port', {
    source: z.enum(['upnp', 'told', 'arrival']),
    externalPort: port,
    client: addressSchema,
    port,
    expected: port,
  }),
  finding('mapping-disabled', { externalPort: port, client: addressSchema }),
  finding('mapping-told-none', { port }),
  /** None listed is no evidence: those set by hand are often not listed. */
  finding('mapping-not-listed', { port, gateway: addressSchema, listed: z.int().min(0) }),
  /** A mapping opened for a moment made the service answer. */
  finding('mapping-trial-answers', { externalPort: port, address: addressSchema }),
  finding('mapping-trial-conflict', { externalPort: port }),
  finding('router-silent', {}),
  finding('router-page-answers', { address: addressSchema, port, vantage: vantageSchema }),
  finding('other-service-answers', { address: addressSchema, port, vantage: vantageSchema }),
  /** What answers outside is what this machine itself answers over IPv4: the port is passed on to it. */
  finding('this-server-answers', { address: addressSchema, port }),
  finding('router-firewall', { port, source: z.enum(['told', 'trace']) }),
  finding('router-firewall-open', { port }),
  finding('forward-not-needed', { address: addressSchema }),
] as const;

/** What the cause `hairpin` concludes. */
export const HAIRPIN_FINDINGS = [
  finding('works-inside', { address: addressSchema, vantage: vantageSchema }),
  finding('fails-inside', { address: addressSchema, vantage: vantageSchema, outcome: z.string() }),
  finding('other-service-inside', { address: addressSchema, vantage: vantageSchema }),
  finding('not-tried-inside', {}),
  /** At home the name is the server's address there, and gives the service: nobody needs the way back. */
  finding('led-inside', { address: addressSchema, by: z.enum(['hosts-file', 'resolver']) }),
  /** A resolver at home gives an address there for the name, and no neighbour has tried it. */
  finding('led-inside-unseen', { address: addressSchema }),
  /** A neighbour is led there, and doesn't get the service. */
  finding('led-inside-fails', { address: addressSchema }),
  /** This machine has the address itself, so that no translation is needed. */
  finding('hairpin-not-needed', { address: addressSchema.nullable() }),
] as const;
