import { transportOf } from '../../../model/target.ts';
import type { Run } from './run.ts';

export const HOST_ADDRESSES = 'host:addresses';
export const HOST_ROUTES = 'host:routes';

/** This machine itself: its addresses and routes, and, where it may be the server, what listens and what its firewall does. */
export function host(run: Run): void {
  const { options, ports, probes } = run;
  const { target } = options;
  const asked = { port: target.port, protocol: transportOf(target) };
  // PowerShell alone takes a second to start, and the firewall's rules some more.
  const patience = ports.host.platform === 'win32' ? 'patient' : 'prompt';
  run.start({ name: HOST_ADDRESSES, where: 'here', what: 'own addresses', patience }, (context) =>
    probes.addresses(ports, context),
  );
  if (options.layers === undefined) return;
  run.start({ name: 'host:system', where: 'here', what: 'system', patience }, (context) =>
    probes.system(ports, context),
  );
  run.start({ name: HOST_ROUTES, where: 'here', what: 'routes', patience }, (context) =>
    probes.routes(ports, context),
  );
  if (!mayBeServer(run)) return;
  run.start({ name: 'host:listeners', where: 'here', what: 'listeners', patience }, (context) =>
    probes.listeners(ports, context),
  );
  run.start({ name: 'host:firewall', where: 'here', what: 'firewall', patience }, (context) =>
    probes.firewall(asked, ports, context),
  );
}

/** Nobody said that this is another machine. */
export const mayBeServer = ({ options }: Run): boolean =>
  options.from === null || options.from === 'server' || options.from === 'unknown';
