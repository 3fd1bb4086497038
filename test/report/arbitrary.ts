import fc from 'fast-check';
import { CAUSE_CODES } from '../../src/model/cause-code.ts';
import { type Diagnosis, diagnosisSchema } from '../../src/model/diagnosis.ts';
import { evidenceSchema } from '../../src/model/evidence.ts';
import { findingSchema } from '../../src/model/finding.ts';
import { REMEDY_CODES, remedyOfferSchema } from '../../src/model/remedy-offer.ts';
import { parseTarget } from '../../src/model/target.ts';
import { fromSchema, HOSTILE, WORDS } from '../support/schema-arbitrary.ts';
import { MADE } from './diagnoses.ts';

const COMMAND = fc.constantFrom(
  'reach4 diagnose https://home.example.org --wan-ipv4 ADDRESS',
  'sudo reach4 diagnose https://home.example.org --outside http://AGENT:4460 --forward 443:HOST:PORT',
  `nft insert rule inet filter input handle 19 tcp dport 443 accept comment "let web in, please, at once"`,
);

function diagnoses(text: fc.Arbitrary<string>): fc.Arbitrary<Diagnosis> {
  const { shape } = diagnosisSchema;
  const finding = fromSchema(findingSchema, text);
  const judged = {
    because: fc.array(finding, { maxLength: 4 }),
    evidence: fc.constant([]),
    next: fc.option(
      fc.record({
        code: fromSchema(shape.verdicts.element.shape.next.unwrap().shape.code, text),
        command: COMMAND,
        runOn: fc.constantFrom('server', 'lan', 'outside', 'anywhere'),
        read: fc.constantFrom('wan-address', 'forward', 'firewall', null),
      }),
    ),
  };
  return fc
    .record({
      schema: fc.constant('reach4/diagnosis/1'),
      reach4: fc.constant(MADE.by),
      madeAt: fc.constant(MADE.at.toISOString()),
      target: fc
        .constantFrom('https://home.example.org', 'ssh://81.2.99.2', 'tcp://[2a0b:4341:7700::10]:25')
        .map(parseTarget),
      vantage: fromSchema(shape.vantage, text),
      reachable: fromSchema(shape.reachable, text),
      complete: fc.boolean(),
      verdicts: fc.tuple(
        ...CAUSE_CODES.map((cause) =>
          fc.record({
            cause: fc.constant(cause),
            verdict: fc.constantFrom('confirmed', 'suspected', 'ruled-out', 'unknown'),
            ...judged,
          }),
        ),
      ),
      conditions: fc.array(
        fc.record({
          condition: fromSchema(shape.conditions.element.shape.condition, text),
          verdict: fc.constantFrom('confirmed', 'suspected'),
          ...judged,
        }),
        { maxLength: 2 },
      ),
      remedies: fc.array(fromSchema(remedyOfferSchema, text), { maxLength: 4 }),
      combination: fc.oneof(fc.constant([]), fc.subarray([...REMEDY_CODES])),
      evidence: fc.array(fromSchema(evidenceSchema, text), { maxLength: 6 }),
    })
    .map((value) => diagnosisSchema.parse(numbered(value)));
}

/** Each observation with an id of its own, made here or elsewhere. */
function numbered<T extends { evidence: readonly unknown[] }>(value: T): T {
  const evidence = value.evidence.map((item, index) => {
    const probe = evidenceSchema.parse(item).probe;
    return { ...(item as object), id: `${probe}:${index % 3 === 2 ? 'outside-1' : 'here'}:ipv4:${index}` };
  });
  return { ...value, evidence };
}

/** Any diagnosis, with texts of a few words. */
export const anyDiagnosis = diagnoses(WORDS);
/** Any diagnosis, with texts that somebody made to do harm. */
export const hostileDiagnosis = diagnoses(HOSTILE);
