import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CauseCode } from '../../src/model/cause-code.ts';
import type { Diagnosis, Next } from '../../src/model/diagnosis.ts';
import { foundLetter, rowOf } from './judged.ts';
import type { RunningWorld } from './lab.ts';
import { diagnose, type Found, type LabAgent } from './sets.ts';
import { homeIpv4 } from './world.ts';

/** How often a person does what `next` says before giving up. */
const MAX_STEPS = 4;

/** Where doing what the diagnosis says led. */
export interface Followed {
  readonly last: Found;
  /** What was done, and what was found then. */
  readonly steps: readonly string[];
}

/**
 * Does what `next` of the suspected causes says, outermost first, each with what was done before, as a person would:
 * reads the router's page, lets a mapping be tried, or repeats.
 */
export async function follow(lab: RunningWorld, agent: LabAgent, first: Found): Promise<Followed> {
  const done = new Set<Next['code']>();
  const steps: string[] = [];
  let flags: string[] = [];
  let last = first;
  while (steps.length < MAX_STEPS) {
    const next = suspects(last.diagnosis).find(({ code }) => !done.has(code) && CAN_BE_DONE.has(code));
    if (next === undefined) break;
    const more = await flagsFor(lab, agent, next);
    done.add(next.code);
    flags = [...flags, ...more];
    last = await diagnose(lab, agent, first.set, flags);
    steps.push(`${next.code} (${more.join(' ') || 'no flag'}): ${rowOf(last.diagnosis)}`);
  }
  return { last, steps };
}

const suspects = ({ verdicts }: Diagnosis): Next[] =>
  verdicts.flatMap(({ next, verdict }) => (verdict === 'suspected' && next !== null ? [next] : []));

const CAN_BE_DONE: ReadonlySet<Next['code']> = new Set([
  'read-wan-address',
  'read-forward',
  'read-router-firewall',
  'read-box-in-front',
  'give-ipv4',
  'probe-mapping',
  'try-from-lan',
  'repeat',
  'wait-for-caches',
]);

/** What a person adds to the command. */
async function flagsFor(lab: RunningWorld, agent: LabAgent, { code }: Next): Promise<string[]> {
  const { routerPage, world } = lab;
  const port = world.server.services[0]?.port ?? 443;
  switch (code) {
    case 'read-wan-address':
      return ['--wan-ipv4', routerPage.wanIpv4];
    case 'read-forward': {
      const forward = routerPage.forward(port);
      const { host, externalPort } = forward === 'none' ? { host: '', externalPort: 0 } : forward;
      return ['--forward', forward === 'none' ? 'none' : `${externalPort}:${host}:${forward.port}`];
    }
    case 'read-router-firewall':
      return ['--router-firewall', routerPage.firewall(port)];
    case 'read-box-in-front':
      return ['--box-in-front', routerPage.boxInFront(port)];
    case 'give-ipv4':
      return ['--ipv4', homeIpv4(world)];
    case 'probe-mapping':
      return ['--probe-mapping'];
    case 'try-from-lan': {
      const { diagnosis } = await diagnose(lab, agent, 'lan');
      const file = join(lab.dir, 'from-lan.json');
      await writeFile(file, JSON.stringify(diagnosis));
      return ['--evidence', file];
    }
    default:
      return [];
  }
}

/** Of the causes that were suspected, those that what was done has not settled, a line each. */
export function unsettled(first: Diagnosis, { last, steps }: Followed): string[] {
  // Where replies have no way back, that comes first: a line through which nothing leaves can't be told.
  const { conditions } = last.diagnosis;
  if (
    conditions.some(({ condition, verdict }) => condition === 'replies-elsewhere' && verdict === 'confirmed')
  ) {
    return [];
  }
  const codes = first.verdicts.flatMap(({ cause, verdict }) => (verdict === 'suspected' ? [cause] : []));
  const hidden = last.diagnosis.verdicts.some(({ verdict }) => verdict === 'confirmed');
  const open = codes.filter((code) => !isSettled(last.diagnosis, code, hidden));
  if (open.length === 0) return [];
  return [`next leaves ${open.join(', ')} open: ${rowOf(first)}`, ...steps.map((step) => `  ${step}`)];
}

/** Said for sure; or behind a layer that is, and that has to be put right first. */
function isSettled(diagnosis: Diagnosis, code: CauseCode, hidden: boolean): boolean {
  const letter = foundLetter(diagnosis, code);
  const next = diagnosis.verdicts.find(({ cause }) => cause === code)?.next?.code;
  const isHidden = letter === 'U' || (letter === 'S' && next === 'fix-first');
  return letter === 'C' || letter === 'R' || (isHidden && hidden);
}
