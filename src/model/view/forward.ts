import type { PortMapping } from '../facts/router.ts';
import { transportOf } from '../target.ts';
import type { Case } from './case.ts';
import { atHome, onServer, serverAddresses4, told } from './home.ts';

/** What is known of the router's forward for the service's port. */
export type Forward =
  | ({
      readonly state: 'right' | 'wrong-host' | 'wrong-port' | 'disabled' | 'unclear';
      readonly source: 'upnp' | 'told';
    } & Mapping)
  | { readonly state: 'told-none'; readonly evidence: string }
  /** The router answers, and its list doesn't hold the port: those set by hand are often missing. */
  | {
      readonly state: 'not-listed';
      readonly gateway: string;
      readonly listed: number;
      readonly evidence: string;
    }
  /** No router protocol answers. */
  | { readonly state: 'unknown' };

interface Mapping {
  readonly externalPort: number;
  readonly client: string;
  readonly port: number;
  readonly evidence: string;
}

export function forwardOf(the: Case): Forward {
  const listed = listedMappings(the).filter(({ mapping }) => mapping.externalPort === the.target.port);
  const judged = listed.map(({ id, mapping }) => judged4(the, mapping, id));
  // The router's own list is what it does; a person's word counts where it says nothing.
  const best = judged.find(({ state }) => state === 'right') ?? judged[0];
  if (best !== undefined) return best;
  return toldForward(the) ?? notListed(the) ?? { state: 'unknown' };
}

function judged4(the: Case, mapping: PortMapping, evidence: string): Forward {
  const base = {
    externalPort: mapping.externalPort,
    client: mapping.client,
    port: mapping.internalPort,
    evidence,
  };
  if (!mapping.enabled) return { state: 'disabled', source: 'upnp', ...base };
  return { state: stateOf(the, mapping.client, mapping.internalPort), source: 'upnp', ...base };
}

/** Mappings of the router itself for the service's transport, as it lists them. */
const listedMappings = (the: Case): { id: string; mapping: PortMapping }[] =>
  atHome(the, 'upnp')
    .filter(({ facts }) => facts.level === 1)
    .flatMap(({ id, facts }) => facts.mappings.map((mapping) => ({ id, mapping })))
    .filter(({ mapping }) => mapping.protocol === transportOf(the.target));

/** An external port leads to the service's own port on the server, as the router lists it. */
export function leadsToService(the: Case, externalPort: number): boolean {
  const own = serverAddresses4(the).map(({ address }) => address);
  return listedMappings(the).some(
    ({ mapping }) =>
      mapping.externalPort === externalPort &&
      mapping.internalPort === the.target.port &&
      mapping.enabled &&
      own.includes(mapping.client),
  );
}

function toldForward(the: Case): Forward | null {
  for (const item of the.evidence) {
    if (item.probe !== 'told' || item.status !== 'ok' || item.facts.forwards === null) continue;
    const { forwards } = item.facts;
    if (forwards === 'none') return { state: 'told-none', evidence: item.id };
    const own = forwards.find(({ externalPort }) => externalPort === the.target.port);
    if (own === undefined) continue;
    const base = { externalPort: own.externalPort, client: own.host, port: own.port, evidence: item.id };
    return { state: stateOf(the, own.host, own.port), source: 'told', ...base };
  }
  return null;
}

function stateOf(the: Case, client: string, port: number): 'right' | 'wrong-host' | 'wrong-port' | 'unclear' {
  const own = serverAddresses4(the).map(({ address }) => address);
  // Without the server's own word nobody knows its address on the local network.
  if (own.length === 0) return 'unclear';
  if (!own.includes(client)) return 'wrong-host';
  if (port === the.target.port) return 'right';
  const sockets = onServer(the, 'listeners').flatMap(({ facts }) => facts.sockets);
  const complete = onServer(the, 'listeners').some(({ facts }) => !facts.truncated);
  const listens = sockets.some(
    (socket) => socket.protocol === transportOf(the.target) && socket.port === port,
  );
  if (listens) return 'unclear';
  return complete ? 'wrong-port' : 'unclear';
}

function notListed(the: Case): Forward | null {
  const answer = atHome(the, 'upnp').find(({ facts }) => facts.level === 1 && facts.mappingsComplete);
  if (answer === undefined) return null;
  const { gateway, mappings } = answer.facts;
  return { state: 'not-listed', gateway, listed: mappings.length, evidence: answer.id };
}

/** Some router protocol answered at home: UPnP, NAT-PMP or PCP. */
export const routerSpeaks = (the: Case): boolean =>
  (['upnp', 'nat-pmp', 'pcp'] as const).some((probe) =>
    atHome(the, probe).some(({ facts }) => facts.level === 1),
  );

/** What a person read on the router's page of its own firewall. */
export const toldRouterFirewall = (the: Case) => told(the, 'routerFirewall');
