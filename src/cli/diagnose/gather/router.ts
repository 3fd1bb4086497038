import { isPublic } from '../../../model/address.ts';
import { HOST_ADDRESSES, HOST_ROUTES } from './host.ts';
import { NAMES } from './names.ts';
import {
  askedServers,
  boxesInFront,
  gateways,
  guessedGateways,
  observedAddresses,
  wanAddresses,
} from './network.ts';
import type { Run } from './run.ts';
import { SEEN_AS } from './seen-as.ts';

/** Tasks that may still tell the router's WAN address and mappings. */
export const ROUTER = 'router:';
/** Tasks about the box in front of the router. */
export const FRONT = 'front:';
/** Tasks about the way from here. */
export const TRACE = 'trace:';
/** Hops that show whether the public address is the router's own, and what stands in front of it. */
const MAX_HOPS = 8;
/** Addresses traced to: what services see, what the router says, and one more where they differ. */
const MAX_TRACES = 3;

/** What the router of the local network says, what stands in front of it, and how far the public address is. */
export function router(run: Run): void {
  const { layers, from } = run.options;
  if (layers === undefined || from === 'outside') return;
  if (layers.told !== null) {
    const { told } = layers;
    run.start({ name: 'told', where: 'here', what: "the router's page" }, async () =>
      run.item('told', 'router').ok(told, "read on the router's page"),
    );
  }
  if (run.isOpen(HOST_ADDRESSES, HOST_ROUTES)) return;
  const known = gateways(run.evidence);
  const near = known.length > 0 ? known : guessedGateways(run.evidence);
  for (const [index, gateway] of near.entries()) askRouter(run, gateway, 1, index === 0);
  for (const gateway of boxesInFront(run.evidence)) {
    if (!near.includes(gateway)) askRouter(run, gateway, 2, false);
  }
  trace(run);
}

function askRouter(run: Run, gateway: string, level: 1 | 2, multicast: boolean): void {
  const { ports, probes } = run;
  // What the box in front says is no reason to wait with the look from outside.
  const prefix = level === 1 ? ROUTER : FRONT;
  const where = level === 1 ? 'router' : 'box in front';
  run.start({ name: `${prefix}upnp:${gateway}`, where, what: 'UPnP' }, (context) =>
    probes.upnp({ gateway, level, multicast }, ports, context),
  );
  run.start({ name: `${prefix}nat-pmp:${gateway}`, where, what: 'NAT-PMP' }, (context) =>
    probes.natPmp({ gateway, level }, ports, context),
  );
  run.start({ name: `${prefix}pcp:${gateway}`, where, what: 'PCP' }, (context) =>
    probes.pcp({ gateway, level }, ports, context),
  );
}

function trace(run: Run): void {
  const line = [...observedAddresses(run.evidence), ...wanAddresses(run.evidence)].filter(isPublic);
  // Without a public address of the line's own, any server that was asked anyway shows the second hop.
  const settled = !run.isOpen(NAMES, SEEN_AS, ROUTER);
  const goals = line.length > 0 || !settled ? line : askedServers(run.evidence).slice(0, 1);
  for (const address of [...new Set(goals)].slice(0, MAX_TRACES)) {
    // Windows asks one hop after another, three times each.
    const patience = run.ports.host.platform === 'win32' ? 'patient' : 'prompt';
    const task = {
      name: `${TRACE}${address}`,
      where: 'here',
      what: `the way to ${address}`,
      patience,
    } as const;
    run.start(task, (context) =>
      run.probes.trace({ address, port: null, method: 'udp', maxHops: MAX_HOPS }, run.ports, context),
    );
  }
}
