import { transportOf } from '../../../model/target.ts';
import { forwards, localAddresses4 } from './network.ts';
import type { Run } from './run.ts';

/** Other external ports that lead to the very same service: one that answers tells a blocked port from a missing forward. */
export function otherPortsOf(run: Pick<Run, 'evidence' | 'options' | 'vantage'>): number[] {
  const { target } = run.options;
  const all = forwards(run.evidence, transportOf(target));
  const main = all.filter(({ externalPort }) => externalPort === target.port);
  // IPv6 isn't translated: the service listens on the port that the target names.
  const own = localAddresses4(run.evidence).map(({ address }) => ({ host: address, port: target.port }));
  const service = [...main, ...(run.vantage === 'server' || run.vantage === 'unknown' ? own : [])];
  const others = all.filter(
    ({ externalPort, host, port }) =>
      externalPort !== target.port && service.some((one) => one.host === host && one.port === port),
  );
  return [...new Set(others.map(({ externalPort }) => externalPort))];
}
