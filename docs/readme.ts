import { diagnosisText } from '../src/report/text.ts';
import { causeExamples } from './causes.ts';

/** The block in README.md that shows a diagnosis: indented, from the line with the target to the next text. */
const BLOCK = /^ {4}\S+, port \d+ \(TLS\) .*\n(?:(?: {4}.*)?\n)*/mu;

/** README.md, with the diagnosis as it is shown now of a name without an A record. */
export function withExample(readme: string): string {
  const [noRecord] = causeExamples('dns');
  if (noRecord === undefined || !BLOCK.test(readme)) throw new Error('README.md shows no diagnosis');
  const text = diagnosisText(noRecord.diagnosis, { width: 80, color: false, drawing: true });
  const lines = text.trimEnd().split('\n');
  return readme.replace(
    BLOCK,
    () => `${lines.map((line) => (line === '' ? '' : `    ${line}`)).join('\n')}\n\n`,
  );
}
