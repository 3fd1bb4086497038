import type { Family } from '../model/address.ts';
import type { Diagnosis, Tri } from '../model/diagnosis.ts';
import type { Case } from '../model/view/case.ts';
import { edgeProvider } from '../model/view/proxies.ts';
import { publicRecords } from '../model/view/records.ts';
import { clientAddresses, control, reaches, seesAsInternet, stateOf } from '../model/view/service.ts';
import { type Layer, layersOf } from './layers.ts';
import { block, type Page, paint, spread } from './page.ts';
import { all, plural } from './prose/words.ts';

interface Step {
  readonly name: string;
  /** Whether packets were seen to get past it. */
  readonly passes: boolean;
}

interface Stop {
  readonly why: string;
  readonly sure: boolean;
  /** It is the last step that stops; else what comes after it, as `why` names. */
  readonly atLast: boolean;
}

/** One family's way from a client to the program, and where it stops. */
export interface Path {
  readonly steps: readonly Step[];
  /** What stops it after the last step; null where nothing does. `sure` is false for a suspicion. */
  readonly stop: Stop | null;
  readonly result: string;
}

const RESULT: Readonly<Record<Tri, string>> = { yes: 'works', no: 'fails', unknown: 'not known' };

const FROM_HERE = 'answers from here';
const NOT_OUTSIDE = 'not tried outside';

const INTERNET: Step = { name: 'internet', passes: true };
const stepOf = ({ name, state }: Layer): Step => ({ name, passes: state === 'passes' });

export function pathOf(diagnosis: Diagnosis, family: Family): Path {
  const result = resultOf(diagnosis, family);
  const edge = edgeOf(diagnosis, family);
  if (edge !== null && diagnosis.reachable[family] === 'yes') {
    return { steps: [INTERNET, edge, 'service'].map(passed), stop: null, result };
  }
  const layers = layersOf(diagnosis, family).filter(
    ({ code, state }) =>
      (code !== 'dns' || state !== 'passes') &&
      (code !== 'replies' || state === 'stops' || state === 'may-stop'),
  );
  const upTo = (index: number): Step[] => [
    INTERNET,
    ...layers
      .slice(0, index)
      .filter(({ code }) => code !== 'replies')
      .map(stepOf),
  ];
  const stops = layers.findIndex(({ state }) => state === 'stops');
  if (stops !== -1) {
    return {
      steps: upTo(stops + 1),
      stop: { why: layers[stops]?.why ?? '', sure: true, atLast: true },
      // Past a station that stops it, it is this network alone that gets an answer.
      result: result === FROM_HERE ? NOT_OUTSIDE : result,
    };
  }
  const doubtful = layers.filter(({ state }) => state === 'may-stop');
  // Nothing is suspected, yet it fails: it can be any station that nobody saw it pass.
  const suspects =
    doubtful.length === 0 && diagnosis.reachable[family] === 'no'
      ? layers.filter(({ state }) => state === 'untold')
      : doubtful;
  const [first] = suspects;
  if (first === undefined) {
    const stop =
      diagnosis.reachable[family] === 'no' ? { why: 'not seen where', sure: false, atLast: true } : null;
    return { steps: upTo(layers.length), stop, result };
  }
  const index = layers.indexOf(first);
  if (suspects.length === 1) {
    return { steps: upTo(index + 1), stop: { why: first.why, sure: false, atLast: true }, result };
  }
  const names = all(
    suspects.map(({ name }) => name),
    'or',
  );
  return { steps: upTo(index), stop: { why: names, sure: false, atLast: false }, result };
}

const passed = (step: Step | string): Step =>
  typeof step === 'string' ? { name: step, passes: true } : step;

/** The provider whose edge the name leads to; null where it leads to the server. */
function edgeOf(the: Case, family: Family): string | null {
  const byName = the.target.hostKind === 'name';
  const chain = byName ? publicRecords(the, family === 'ipv4' ? 'A' : 'AAAA').chain : [];
  const edges = clientAddresses(the, family).map((address) => edgeProvider(address, chain));
  return edges.find((edge) => edge !== null) ?? null;
}

function resultOf(diagnosis: Diagnosis, family: Family): string {
  const reachable = diagnosis.reachable[family];
  const the: Case = diagnosis;
  const addresses = clientAddresses(the, family);
  const own = reaches(the, family);
  const outside = own.filter((item) => seesAsInternet(item));
  if (reachable === 'yes') return worksIn(outside.filter(({ facts }) => addresses.includes(facts.address)));
  const states = own.map((item) => ({ item, state: stateOf(the, item, control(the)) }));
  if (reachable === 'no') {
    const failing = states.find(({ item, state }) => outside.includes(item) && state !== 'answers');
    if (failing === undefined) return RESULT.no;
    const { attempts } = failing.item.facts;
    const failed = attempts.filter(({ outcome }) => outcome !== 'connected').length;
    if (failed === 0) return RESULT.no;
    return failed === attempts.length
      ? `fails, ${plural(failed, 'try', 'tries')}`
      : `fails, ${failed} of ${attempts.length} tries`;
  }
  if (outside.some(({ facts }) => addresses.includes(facts.address))) return RESULT.unknown;
  const here = states.some(
    ({ item, state }) => state === 'answers' && addresses.includes(item.facts.address),
  );
  return here ? FROM_HERE : NOT_OUTSIDE;
}

function worksIn(looks: ReturnType<typeof reaches>): string {
  const times = looks.flatMap(({ facts }) =>
    facts.attempts.filter(({ outcome }) => outcome === 'connected').map(({ ms }) => ms),
  );
  return times.length === 0 ? RESULT.yes : `works, ${Math.max(1, Math.round(Math.min(...times)))} ms`;
}

/** Between stations; the narrow one where a line would be too long with the other. */
const JOINTS = ['──', '─'] as const;

/** The two lines that are the diagnosis: as a drawing, or in the same words for pipes and screen readers. */
export function pathLines(page: Page, paths: readonly (readonly [Family, Path])[]): string[] {
  const drawn = JOINTS.map((joint) => paths.map(([family, path]) => pathLine(page, family, path, joint)));
  const isShort = (lines: readonly string[]): boolean => lines.every((line) => !line.includes('\n'));
  return drawn.find(isShort) ?? drawn[0] ?? [];
}

/** A question mark stands at a station that nobody saw packets get past. */
function pathLine(page: Page, family: Family, { steps, stop, result }: Path, joint: string): string {
  const label = family === 'ipv4' ? 'IPv4' : 'IPv6';
  const color = result.startsWith('fails') ? 'red' : result.startsWith('works') ? 'green' : 'yellow';
  const isLast = (index: number): boolean => index === steps.length - 1;
  const names = steps.map(({ name, passes }, index) =>
    passes || (isLast(index) && (stop === null || stop.atLast)) ? name : `${name}?`,
  );
  if (!page.drawing) {
    const stopped = stop === null ? '' : `, ${stop.sure ? 'stops' : 'perhaps stops'}: ${stop.why}`;
    return block(page, `${label}: ${names.join(' > ')}${stopped}: ${result}`, 2, 4);
  }
  const way = names.join(` ${joint} `);
  const mark = stop?.sure === true ? paint(page, 'red', '✕') : paint(page, 'yellow', '?');
  const line = stop === null ? way : `${way} ─${mark} ${stop.why}`;
  return spread(page, `  ${paint(page, 'bold', label)}   ${line}`, paint(page, color, result));
}
