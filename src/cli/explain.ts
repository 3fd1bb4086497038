import type { Command } from 'commander';
import type { Diagnosis } from '../model/diagnosis.ts';
import { UserError } from '../model/error.ts';
import { hostPort } from '../model/target.ts';
import { nodePorts } from '../ports/node/node-ports.ts';
import { explainText } from '../report/explain.ts';
import { inOrder } from '../report/remedies.ts';
import { standardIo } from './io.ts';
import { readDiagnosis } from './read-diagnosis.ts';

interface Flags {
  diagnosis?: string;
}

export function addExplain(program: Command, done: (code: number) => void): void {
  program
    .command('explain')
    .description('show what the last diagnosis offers in full: every way, each step, and how to undo it')
    .argument('[remedy]', 'one of those that the diagnosis names; all of them where none is given')
    .option('--diagnosis <file>', 'another diagnosis than the last one of this folder')
    .action(async (remedy: string | undefined, { diagnosis: file }: Flags) => {
      const io = standardIo();
      const diagnosis = await readDiagnosis(file ?? null, process.cwd(), nodePorts().files);
      io.out(explainText(diagnosis, chosen(remedy, diagnosis), io.page));
      done(0);
    });
}

/** @throws UserError where the diagnosis doesn't offer it */
function chosen(remedy: string | undefined, diagnosis: Diagnosis): Diagnosis['remedies'] {
  const offers = inOrder(diagnosis);
  const { host, port } = diagnosis.target;
  if (offers.length === 0) {
    throw new UserError(
      `The diagnosis of ${hostPort(host, port)} offers nothing to do; \`reach4 diagnose\` says what it found, and what would tell more.`,
    );
  }
  const found = offers.filter((offer) => remedy === undefined || offer.remedy === remedy);
  if (found.length > 0) return found;
  throw new UserError(
    `The diagnosis of ${hostPort(host, port)} offers no "${remedy}"; expected one of ${offers.map((offer) => offer.remedy).join(', ')}.`,
  );
}
