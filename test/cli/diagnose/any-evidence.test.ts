import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_BYTES, parseEvidence } from '../../../src/cli/diagnose/evidence-files.ts';
import { judge } from '../../../src/cli/diagnose/judge.ts';
import { diagnosisSchema } from '../../../src/model/diagnosis.ts';
import { type Evidence, evidenceSchema } from '../../../src/model/evidence.ts';
import { parseTarget } from '../../../src/model/target.ts';
import { diagnosisText } from '../../../src/report/text.ts';
import { MADE, PLAIN } from '../../report/diagnoses.ts';
import { fromSchema, HOSTILE, WORDS } from '../../support/schema-arbitrary.ts';

const OBSERVERS = ['here', 'server-1', 'outside-1'];
const VANTAGES = ['server', 'lan', 'outside'] as const;

/** Evidence of the schema with an id of its own, seen here, by another machine of the home, and outside. */
function placed(value: unknown, index: number): Evidence {
  const item = evidenceSchema.parse(value);
  const vantage = VANTAGES[index % VANTAGES.length] ?? 'unknown';
  return evidenceSchema.parse({
    ...item,
    id: `${item.probe}:${OBSERVERS[index % OBSERVERS.length]}:${index}`,
    vantage,
  });
}

test('whatever is in the evidence, there is a diagnosis and a page', () => {
  const any = fc.array(fromSchema(evidenceSchema, fc.oneof(WORDS, HOSTILE)), { maxLength: 14 });
  const vantage = fc.constantFrom('server', 'lan', 'outside', 'unknown');
  const target = fc
    .constantFrom('https://home.example.org', 'tcp://81.2.99.2:443', 'udp://home.example.org:27015')
    .map(parseTarget);
  fc.assert(
    fc.property(any, vantage, target, (values, from, to) => {
      const evidence = values.map(placed);
      const diagnosis = judge({ target: to, vantage: from, evidence, flags: '' }, MADE);
      diagnosisSchema.parse(diagnosis);
      expect(diagnosisText(diagnosis, PLAIN)).toContain(to.host);
    }),
    { numRuns: 400 },
  );
});

test('a file of evidence as large as may be is judged in little time', { timeout: 120_000 }, () => {
  const target = parseTarget('https://home.example.org');
  const address = {
    address: '100.64.9.7',
    family: 'ipv4',
    interface: 'eth0',
    prefixLength: 24,
    scope: 'shared',
    temporary: false,
    deprecated: false,
  };
  const piece = {
    probe: 'addresses',
    vantage: 'server',
    at: '2026-11-23T21:00:00.000Z',
    ms: 1,
    how: 'ip address',
    status: 'ok',
    facts: { addresses: Array.from({ length: 64 }, () => address) },
  };
  const count = Math.floor((0.95 * MAX_BYTES) / JSON.stringify(piece).length);
  const pieces = Array.from({ length: count }, (_, index) => ({
    ...piece,
    id: `addresses:server-1:${index}`,
  }));
  const text = JSON.stringify(pieces);
  expect(text.length).toBeGreaterThan(0.9 * MAX_BYTES);
  const started = performance.now();
  const { evidence } = parseEvidence(text, 'd.json', target);
  diagnosisText(judge({ target, vantage: 'server', evidence, flags: '' }, MADE), PLAIN);
  expect(performance.now() - started).toBeLessThan(10_000);
});
