import { dnatSteps, markOf } from './nft-changes.ts';
import { isTcp, leftOf } from './nft-fields.ts';
import { amongOf, bitsAmong, elementsOf, isRecord, type NamedSets, ordered, tupleOf } from './nft-values.ts';
import {
  type Among,
  always,
  never,
  type Step,
  type TableFamily,
  type Test,
  test,
  unknown,
  unknownVerdict,
  type Verdict,
  verdict,
} from './ruleset.ts';

/** Statements that decide nothing about the first packet of a connection. */
const HARMLESS = new Set([
  'counter',
  'log',
  'comment',
  'last',
  'flow',
  'secmark',
  'ct helper',
  'ct timeout',
  'ct expectation',
  'dup',
  'tcp option',
]);

/**
 * One rule's expressions as `nft -j` prints them; what isn't understood becomes an unknown step.
 * @param mayHideLimit whether a limit may hang on its set statements that isn't printed.
 */
export function stepsOf(
  expressions: readonly unknown[],
  family: TableFamily | 'arp',
  sets: NamedSets,
  mayHideLimit: boolean,
): readonly Step[] {
  return expressions.flatMap((expression) =>
    mayHideLimit && isRecord(expression) && 'set' in expression
      ? [test(unknown)]
      : statement(expression, family, sets),
  );
}

function statement(expression: unknown, family: TableFamily | 'arp', sets: NamedSets): readonly Step[] {
  // `{ "accept": null }` in what nft prints; some versions print the bare word.
  if (typeof expression === 'string') return statement({ [expression]: null }, family, sets);
  if (!isRecord(expression)) return [unknownVerdict];
  const [[name, body] = ['', null]] = Object.entries(expression);
  const decided = verdictOf(expression);
  if (decided !== null) return [verdict(decided)];
  if (HARMLESS.has(name)) return [];
  switch (name) {
    case 'match':
      return isRecord(body) ? matchSteps(body, sets) : [test(unknown)];
    case 'vmap':
      return isRecord(body) ? vmapSteps(body, sets) : [unknownVerdict];
    case 'reject': {
      // A reset is for TCP alone, also where nft doesn't print what it needs.
      const isReset = isRecord(body) && body.type === 'tcp reset';
      return [...(isReset ? [test(isTcp)] : []), verdict({ kind: 'reject' })];
    }
    case 'limit':
    case 'ct count':
      return [test(atLowRate(body))];
    case 'set':
      return isRecord(body) ? setSteps(body) : [test(unknown)];
    case 'mangle':
      return isRecord(body) ? markOf(body) : [unknownVerdict];
    case 'dnat':
    case 'redirect':
      return dnatSteps(body, family, sets);
    case 'snat':
    case 'masquerade':
      return [verdict({ kind: 'accept' })];
    case 'notrack':
      return [{ do: 'notrack' }];
    case 'xt':
      return isRecord(body) && body.type === 'match'
        ? [test(body.name === 'comment' ? always : unknown)]
        : [unknownVerdict];
    case 'quota':
    case 'meter':
      return [test(unknown)];
    default:
      return [unknownVerdict];
  }
}

/** Null where it isn't a verdict. */
function verdictOf(value: unknown): Verdict | null {
  if (!isRecord(value)) return null;
  for (const kind of ['accept', 'drop', 'return', 'continue'] as const) if (kind in value) return { kind };
  for (const kind of ['jump', 'goto'] as const) {
    const body = value[kind];
    if (isRecord(body) && typeof body.target === 'string') return { kind, target: body.target };
  }
  return null;
}

/** A stranger's first packet is below every limit; the limits that have a name are not told. */
function atLowRate(body: unknown): Test {
  if (!isRecord(body)) return unknown;
  return body.inv === true ? never : always;
}

/** Adding to a set always works for a first packet; a limit may hang on it. */
function setSteps(body: Record<string, unknown>): readonly Step[] {
  const statements = body.stmt;
  if (statements === undefined) return [];
  if (!Array.isArray(statements)) return [test(unknown)];
  return statements.map((each: unknown) => {
    if (!isRecord(each)) return test(unknown);
    const limit = each.limit ?? each['ct count'];
    if (limit === undefined) return test('counter' in each || 'last' in each ? always : unknown);
    return test(atLowRate(limit));
  });
}

function matchSteps({ op, left, right }: Record<string, unknown>, sets: NamedSets): readonly Step[] {
  const { fields, mask, needs } = leftOf(left);
  const [name] = fields;
  const before = needs.map(test);
  if (typeof op !== 'string' || name === undefined) return [test(unknown)];
  const negate = op === '!=';
  if (fields.length > 1) {
    const tuples = elementsOf(right, sets)?.map((element) => tupleOf(element, fields, sets));
    if (tuples === undefined || !tuples.every((tuple) => tuple !== null)) return [...before, test(unknown)];
    if (op !== '==' && op !== '!=' && op !== 'in') return [...before, test(unknown)];
    return [...before, test({ kind: 'tuple', fields, tuples, negate })];
  }
  // A protocol that the packet isn't of: no comparison can hold.
  if (name === 'absent') return [test(never)];
  const among = amongOfMatch();
  return [...before, test(among === null ? unknown : { kind: 'field', field: name, among, negate })];

  function amongOfMatch(): Among | null {
    if (name === undefined) return null;
    if (op === '==' || op === '!=') return amongOf(right, name, sets, mask);
    if (op === 'in' && mask === null) {
      const isSet =
        (isRecord(right) && 'set' in right) || (typeof right === 'string' && right.startsWith('@'));
      return isSet ? amongOf(right, name, sets) : bitsAmong(right, name);
    }
    return mask === null && typeof op === 'string' ? ordered(op, right, name) : null;
  }
}

function vmapSteps({ key, data }: Record<string, unknown>, sets: NamedSets): readonly Step[] {
  const { fields, mask, needs } = leftOf(key);
  const [name] = fields;
  const pairs = elementsOf(data, sets);
  if (name === undefined || pairs === null) return [unknownVerdict];
  const entries: { key: Test; verdict: Verdict; isCatchAll: boolean }[] = [];
  for (const pair of pairs) {
    const [what, then]: readonly unknown[] = Array.isArray(pair) ? pair : [];
    const decided = typeof then === 'string' ? verdictOf({ [then]: null }) : verdictOf(then);
    entries.push({ key: keyOf(what), verdict: decided ?? { kind: 'unknown' }, isCatchAll: what === '*' });
  }
  entries.sort((a, b) => Number(a.isCatchAll) - Number(b.isCatchAll));
  return [...needs.map(test), { do: 'vmap', entries }];

  function keyOf(what: unknown): Test {
    if (name === undefined) return unknown;
    if (fields.length > 1) {
      const tuple = tupleOf(what, fields, sets);
      return tuple === null ? unknown : { kind: 'tuple', fields, tuples: [tuple], negate: false };
    }
    const among = amongOf(what, name, sets, mask);
    return among === null ? unknown : { kind: 'field', field: name, among, negate: false };
  }
}
