import { byHand } from '../../components/relay-plans.ts';
import { PORT, tcpPlan } from '../relay-world.ts';
import { casesOf, phasesOf, strike } from './cases.ts';
import { tables, wrongs } from './table.ts';
import { faultWorld } from './world.ts';

const plan = { ...tcpPlan(), dns: byHand() };
await using world = await faultWorld(plan, PORT);
const phases = await phasesOf(world, async (phase) =>
  world.configure(phase === 'up' ? plan.settings : { ...plan.settings, rebootAt: '05:30' }),
);
for (const [phase, calls] of Object.entries(phases.calls))
  console.log(
    phase,
    calls
      .map(({ ordinal, action, write }) => `${ordinal} ${action.replace(/^.*:/, '')}${write ? '*' : ''}`)
      .join(', '),
  );
const filter = new RegExp(process.argv[2] ?? '.');
const rows = [];
for (const one of casesOf(phases)) {
  const label = `${one.phase} ${one.nth} ${one.action} ${one.kind} ${one.moment}`;
  if (!filter.test(label)) continue;
  const t = Date.now();
  const outcome = await strike(phases, one);
  console.log(label, outcome, Date.now() - t);
  rows.push({ case: one, outcome });
}
console.log(tables(rows));
console.log(wrongs(rows).join('\n'));
