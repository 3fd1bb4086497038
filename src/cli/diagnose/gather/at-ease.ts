import { reachability } from '../../../model/view/reachability.ts';
import { OUTSIDE } from './outside.ts';
import { FRONT, ROUTER, TRACE } from './router.ts';
import type { Run } from './run.ts';

/** Where the service answers over both families from outside, nobody waits for what would explain that it doesn't. */
export function atEase(run: Run): void {
  const { target, outside } = run.options;
  if (outside.length === 0 || run.begun(OUTSIDE).length === 0 || run.isOpen(OUTSIDE)) return;
  if (!run.isOpen(TRACE, ROUTER, FRONT)) return;
  const the = { target, vantage: run.vantage, evidence: run.evidence };
  const works = (['ipv4', 'ipv6'] as const).every((family) => reachability(the, family) === 'yes');
  if (works) run.callOff(TRACE, ROUTER, FRONT);
}
