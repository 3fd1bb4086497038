import type { Evidence, Vantage } from '../../model/evidence.ts';
import { withVantage } from '../../model/view/vantage.ts';
import type { Ports } from '../../ports/ports.ts';
import { atEase } from './gather/at-ease.ts';
import { host } from './gather/host.ts';
import { mapping } from './gather/mapping.ts';
import { names } from './gather/names.ts';
import { Outside } from './gather/outside.ts';
import { reach, withAllRoles } from './gather/reach.ts';
import { router } from './gather/router.ts';
import { Run } from './gather/run.ts';
import { seenAs } from './gather/seen-as.ts';
import type { DiagnoseOptions } from './options.ts';
import { PROBES, type Probes } from './probes.ts';
import type { Progress } from './progress.ts';

/** Everything that was seen, and where this machine turned out to stand. */
export interface Gathered {
  readonly evidence: readonly Evidence[];
  readonly vantage: Vantage;
}

/**
 * Runs all probes at once, each as soon as what it needs is known. Never throws for what the network does; when the
 * signal aborts, what is still open ends as `interrupted` evidence, and what was opened is closed again.
 */
export async function gather(
  options: DiagnoseOptions,
  ports: Ports,
  progress: Progress,
  signal: AbortSignal,
  probes: Probes = PROBES,
): Promise<Gathered> {
  const run = new Run(options, ports, probes, progress, signal);
  run.keep(options.layers?.elsewhere ?? []);
  const outside = new Outside(run);
  await run.through([
    names,
    host,
    seenAs,
    router,
    reach,
    () => outside.look(),
    () => mapping(run, outside),
    atEase,
    () => outside.finish(),
  ]);
  const decided = run.decided();
  const vantage = run.item('vantage', 'self').ok(decided, 'ip address');
  const all = withAllRoles([...run.evidence, vantage], run);
  return { evidence: withVantage(all, decided.vantage), vantage: decided.vantage };
}
