/**
 * Strikes every call of a relay's `up`, of one with a changed configuration, and of its `destroy` with every fault, and
 * prints what came of it:
 *
 *   npm run faults -- [--host lightsail|ec2] [--only REGEX] [--rows FILE] [--write]
 *
 * `--only` takes cases whose line matches, such as `up CreateInstances 1, 500 after`; `--write` keeps the tables in
 * docs/faults.md. All of them take hours: with `--rows`, each outcome is kept in FILE at once, and what is there already
 * isn't tried again.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { compiled } from '../../cli/stack/compiled.ts';
import { repository } from '../folder.ts';
import { casesOf, lineOf, phasesOf, strike, variedFirst } from './cases.ts';
import { HOSTS, type HostKind } from './plans.ts';
import { documentOf, missing, type Row, tables, wrongs } from './table.ts';
import { faultWorld } from './world.ts';

/** Workers: as many as there are cores here; each has an account and a stack of its own. */
const WORKERS = 2;

const { values } = parseArgs({
  options: {
    host: { type: 'string' },
    only: { type: 'string', default: '' },
    rows: { type: 'string' },
    write: { type: 'boolean', default: false },
    /** Of a worker: which part of the cases it takes. */
    part: { type: 'string' },
  },
});
const only = new RegExp(values.only, 'u');
const hosts = HOSTS.filter((host) => values.host === undefined || host === values.host);

if (values.part === undefined) {
  await compiled();
  const all = new Map<HostKind, Row[]>();
  for (const host of hosts) {
    const kept = await keptRows(host);
    const parts = await Promise.all(Array.from({ length: WORKERS }, (_, part) => worker(host, part)));
    const rows = [...kept, ...parts.flat()];
    all.set(host, rows);
    console.log(`\n# ${host}\n\n${tables(rows)}`);
  }
  const wrong = [...all.values()].flatMap(wrongs);
  const untried =
    values.only === '' ? [...all.values()].flatMap(missing).map((line) => `not tried: ${line}`) : [];
  const amiss = [...wrong, ...untried];
  console.log(amiss.length === 0 ? 'All finished, and nothing was left behind.' : amiss.join('\n'));
  if (values.write) await writeFile(join(repository, 'docs', 'faults.md'), documentOf(all));
  process.exitCode = amiss.length === 0 ? 0 : 1;
} else {
  for (const host of hosts) await work(host, Number(values.part));
}

/** Runs its part and prints each row as a line of JSON. */
async function work(host: HostKind, part: number): Promise<void> {
  await using world = await faultWorld(host);
  const phases = await phasesOf(world);
  const done = new Set((await keptRows(host)).map((row) => lineOf(row.case)));
  for (const one of variedFirst(phases, casesOf(phases))) {
    const line = lineOf(one);
    if (partOf(line) !== part || !only.test(line) || done.has(line)) continue;
    const row: Row = { case: one, outcome: await strike(phases, one) };
    if (values.rows !== undefined) await appendFile(values.rows, `${JSON.stringify({ host, ...row })}\n`);
    console.log(JSON.stringify(row));
  }
}

/** By what the case is: parallel reads come in another order for each worker. */
function partOf(line: string): number {
  return (createHash('sha256').update(line).digest()[0] ?? 0) % WORKERS;
}

/** What an earlier run has found out. */
async function keptRows(host: HostKind): Promise<Row[]> {
  if (values.rows === undefined) return [];
  const text = await readFile(values.rows, { encoding: 'utf8', flag: 'a+' });
  const all = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row & { host: HostKind });
  return all.filter((row) => row.host === host);
}

async function worker(host: HostKind, part: number): Promise<Row[]> {
  const file = join(repository, 'test', 'engine', 'faults', 'run.ts');
  const rowsFile = values.rows === undefined ? [] : ['--rows', values.rows];
  const args = [file, '--part', String(part), '--host', host, '--only', values.only, ...rowsFile];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const rows: Row[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const row = JSON.parse(line) as Row;
    rows.push(row);
    const outcome = typeof row.outcome === 'string' ? row.outcome : row.outcome.wrong;
    console.log(`${host} ${lineOf(row.case)}: ${outcome}`);
  }
  const code = await ended;
  if (code !== 0) throw new Error(`the worker ${part} for ${host} ended with ${code}`);
  return rows;
}
