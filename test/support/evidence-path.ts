import type { Evidence } from '../../src/model/evidence.ts';
import type { TraceFacts } from '../../src/model/facts/path.ts';
import type { PortMapping } from '../../src/model/facts/router.ts';
import { type Observer, type Reach, reach } from './evidence.ts';
import { GATEWAY, inRole, made, upnp } from './evidence-host.ts';
import { LAN4, STRANGER, WAN4 } from './names.ts';

const PORT = 443;
/** The box in front of the router, and the router's address in its network. */
const OUTER = '192.168.1.1';
export const WAN_PRIVATE = '192.168.1.2';
/** A router of the provider, on the way in. */
export const PROVIDER_HOP = '62.115.9.9';

const SAMPLES = 8;
/** What a STUN server sees of eight local ports. @param portOf what the way makes of them; without it they are kept */
export const stun = (portOf: (local: number, index: number) => number = (local) => local): Evidence =>
  made('stun', 'ipv4-stun.example.net', 'stunclient --family 4 stun.example.net 3478', {
    server: 'stun.example.net:3478',
    family: 'ipv4',
    samples: Array.from({ length: SAMPLES }, (_, index) => {
      const localPort = 33_000 + ((index * 7919) % 27_000);
      return { localPort, address: WAN4, port: portOf(localPort, index) };
    }),
  });

/** Ports of MAP-E with 4 offset bits and a PSID of 8 bits (RFC 7597), of which 443 is in no set. */
const PSID = 0x15;
export const mapE = (_: number, index: number): number =>
  ((1 + (index % 15)) << 12) | (PSID << 4) | (index % 16);
/** A port that belongs to the line. */
export const PORT_IN_SET = (3 << 12) | (PSID << 4) | 5;

interface Way {
  readonly method?: TraceFacts['method'];
  readonly port?: number | null;
  readonly by?: Observer;
}

/** The way to an address; null where a hop is silent. By default of TCP packets for port 443. */
export function trace(address: string, hops: readonly (string | null)[], more: Way = {}): Evidence {
  const { method = 'tcp', port = method === 'tcp' ? PORT : null, by = 'outside-1' } = more;
  const flags = { tcp: ' -T', icmp: ' -I', udp: '' }[method];
  const how = `traceroute -n${flags}${port === null ? '' : ` -p ${port}`} ${address}`;
  const what = `${method}-${address}${port === null ? '' : `-${port}`}`;
  const facts: TraceFacts = {
    family: 'ipv4',
    address,
    port,
    method,
    tool: 'traceroute',
    hops: hops.map((hop, index) => ({
      ttl: index + 1,
      address: hop,
      ms: hop === null ? null : 3,
      note: null,
    })),
    reached: hops.at(-1) === address,
  };
  return made('trace', what, method === 'udp' ? how : `sudo ${how}`, facts, by);
}

/** A look from outside at another port of the line. `caseOf` would take it for one at the service's own. */
export function otherPort(port: number, more: Omit<Reach, 'from' | 'port'> = {}): Evidence {
  const item = inRole(reach(WAN4, { ...more, from: 'outside-1', port }), 'differential');
  return { ...item, id: `reach:outside-1:${WAN4}-${port}`, how: `nc -vz ${WAN4} ${port}` };
}

/** The router's own page, as the server gets it. */
export const routerPage = (): Evidence => ({
  ...inRole(reach(GATEWAY, { identity: STRANGER }), 'gateway'),
  vantage: 'server',
});

/** The box in front of the router, asked over UPnP. */
export function outerRouter(external: string, mappings: readonly Partial<PortMapping>[] = []): Evidence {
  const item = upnp(external, mappings);
  if (item.probe !== 'upnp' || item.status !== 'ok') throw new Error('UPnP has no facts');
  const how = `upnpc -u http://${OUTER}:5000/rootDesc.xml -s`;
  return { ...item, id: `upnp:here:${OUTER}`, how, facts: { ...item.facts, gateway: OUTER, level: 2 } };
}

/** A mapping that was opened for a look, and removed again. */
export const mappingTrial = (): Evidence =>
  made('mapping-trial', `${PORT}`, `upnpc -a ${LAN4} ${PORT} ${PORT} TCP 60`, {
    method: 'upnp',
    gateway: GATEWAY,
    externalPort: PORT,
    client: LAN4,
    internalPort: PORT,
    opened: true,
    external: null,
    refusal: null,
    removed: true,
  });
