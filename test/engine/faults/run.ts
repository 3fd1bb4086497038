/**
 * Strikes every call of a stack's `up`, of one with a changed configuration, and of its `destroy` with every fault, and
 * prints what came of it:
 *
 *   npm run faults -- [--subject NAME]... [--only REGEX] [--rows FILE] [--write]
 *
 * `--only` takes cases whose line matches, such as `up CreateInstances 1, 500 after`; `--write` keeps the tables in
 * docs/faults/. All of them take hours: with `--rows`, each outcome is kept in FILE at once, and what is there already
 * isn't tried again.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import compile from '../../support/compile.ts';
import { repository } from '../folder.ts';
import { casesOf, lineOf, phasesOf, strike, variedFirst } from './cases.ts';
import { SUBJECT_NAMES, SUBJECTS, type SubjectName } from './subjects.ts';
import { documentOf, missing, type Row, tables, wrongs } from './table.ts';

/** Workers: one more than there are cores here, for a third of the time is waiting. Each has an account and a stack of its own. */
const WORKERS = 3;

const { values } = parseArgs({
  options: {
    subject: { type: 'string', multiple: true, default: [...SUBJECT_NAMES] },
    only: { type: 'string', default: '' },
    rows: { type: 'string' },
    write: { type: 'boolean', default: false },
    /** Of a worker: which part of the cases it takes. */
    part: { type: 'string' },
  },
});
const only = new RegExp(values.only, 'u');
const subjects = SUBJECT_NAMES.filter((name) => values.subject.includes(name));

if (values.part === undefined) {
  await compile();
  const all = new Map<SubjectName, Row[]>();
  for (const subject of subjects) {
    const kept = await keptRows(subject);
    const parts = await Promise.all(Array.from({ length: WORKERS }, (_, part) => worker(subject, part)));
    const rows = [...kept, ...parts.flat()];
    all.set(subject, rows);
    console.log(`\n# ${subject}\n\n${tables(rows)}`);
  }
  const wrong = [...all.values()].flatMap(wrongs);
  const untried =
    values.only === '' ? [...all.values()].flatMap(missing).map((line) => `not tried: ${line}`) : [];
  const amiss = [...wrong, ...untried];
  console.log(amiss.length === 0 ? 'All finished, and nothing was left behind.' : amiss.join('\n'));
  for (const [subject, rows] of values.write ? all : []) {
    await writeFile(join(repository, 'docs', 'faults', `${subject}.md`), documentOf(subject, rows));
  }
  process.exitCode = amiss.length === 0 ? 0 : 1;
} else {
  for (const subject of subjects) await work(subject, Number(values.part));
}

/** Runs its part and prints each row as a line of JSON. */
async function work(subject: SubjectName, part: number): Promise<void> {
  await using world = await SUBJECTS[subject].world();
  const phases = await phasesOf(world);
  const done = new Set((await keptRows(subject)).map((row) => lineOf(row.case)));
  for (const one of variedFirst(phases, casesOf(phases))) {
    const line = lineOf(one);
    if (partOf(line) !== part || !only.test(line) || done.has(line)) continue;
    const row: Row = { case: one, outcome: await strike(phases, one) };
    if (values.rows !== undefined) await appendFile(values.rows, `${JSON.stringify({ subject, ...row })}\n`);
    console.log(JSON.stringify(row));
  }
}

/** By what the case is: parallel reads come in another order for each worker. */
function partOf(line: string): number {
  return (createHash('sha256').update(line).digest()[0] ?? 0) % WORKERS;
}

/** What an earlier run has found out. */
async function keptRows(subject: SubjectName): Promise<Row[]> {
  if (values.rows === undefined) return [];
  const text = await readFile(values.rows, { encoding: 'utf8', flag: 'a+' });
  const all = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row & { subject: SubjectName });
  return all.filter((row) => row.subject === subject);
}

async function worker(subject: SubjectName, part: number): Promise<Row[]> {
  const file = join(repository, 'test', 'engine', 'faults', 'run.ts');
  const rowsFile = values.rows === undefined ? [] : ['--rows', values.rows];
  const args = [file, '--part', String(part), '--subject', subject, '--only', values.only, ...rowsFile];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const rows: Row[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const row = JSON.parse(line) as Row;
    rows.push(row);
    const outcome = typeof row.outcome === 'string' ? row.outcome : row.outcome.wrong;
    console.log(`${subject} ${lineOf(row.case)}: ${outcome}`);
  }
  const code = await ended;
  if (code !== 0) throw new Error(`the worker ${part} for ${subject} ended with ${code}`);
  return rows;
}
