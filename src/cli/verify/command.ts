import { type Command, Option } from 'commander';
import { UserError } from '../../model/error.ts';
import { nodePorts } from '../../ports/node/node-ports.ts';
import type { Ports } from '../../ports/ports.ts';
import { printableJson } from '../../report/printable.ts';
import { gather } from '../diagnose/gather.ts';
import { judge } from '../diagnose/judge.ts';
import type { DiagnoseOptions } from '../diagnose/options.ts';
import { onTerminal, silent } from '../diagnose/progress.ts';
import { folderContext } from '../folder-context.ts';
import { type Io, standardIo } from '../io.ts';
import { outsideVantages } from '../outside-vantages.ts';
import { collect } from '../repeatable.ts';
import { currentPlan } from '../stack/context.ts';
import { packageVersion } from '../version.ts';
import { type Check, canChange, check, isAchieved, longestCopy, type Promised } from './check.ts';
import { lookThroughEdge } from './edge.ts';
import { checksText } from './text.ts';

interface Flags {
  stack?: string;
  outside?: string[];
  outsideTokenFile?: string;
  from?: 'server' | 'lan' | 'outside';
  wait?: string | true;
  json?: true;
}

const EXIT_DONE = 0;
const EXIT_NOT_ACHIEVED = 1;
const EXIT_INTERRUPTED = 130;

/** Longest single look, milliseconds: as for a diagnosis. */
const LOOK_MS = 40_000;
/** Between two looks, milliseconds: an agent allows a few a minute. */
const PAUSE_MS = 10_000;
/** `--wait` alone, seconds: the usual time to live of a record (300 s), twice. */
const DEFAULT_WAIT_S = 600;
const MAX_WAIT_S = 86_400;

export function addVerify(program: Command, done: (code: number) => void): void {
  program
    .command('verify')
    .description('prove from outside that IPv4 answers as the same service as IPv6')
    .option('--stack <name>', 'another stack than the one planned last')
    .option(
      '--outside <place>',
      'who looks from outside: the URL of a reach4 agent, ssh://user@host, or globalping (repeatable)',
      collect,
    )
    .option(
      '--outside-token-file <file>',
      "file with the agent's token (default: REACH4_AGENT_TOKEN, or the agent's file)",
    )
    .option(
      '--wait [seconds]',
      `look again until it holds or caches have run out (default: ${DEFAULT_WAIT_S})`,
    )
    .addOption(new Option('--from <place>', 'where this runs').choices(['server', 'lan', 'outside']))
    .option('--json', 'print the checks as JSON')
    .action(async (flags: Flags) => done(await verify(flags)));
}

async function verify(flags: Flags): Promise<number> {
  const ports = nodePorts();
  const io = standardIo();
  const waitMs = readWait(flags.wait) * 1000;
  const { stack, plan } = await currentPlan({ stack: flags.stack ?? null }, { folder: process.cwd(), ports });
  const outside = await outsideVantages(flags);
  const { stackRemedy } = await import('../stack/remedies.ts');
  const promised = await stackRemedy(plan.remedy).promised(plan, stack, folderContext());
  const options: DiagnoseOptions = {
    target: plan.target,
    from: flags.from ?? null,
    ipv4:
      promised.address ??
      promised.records.find(({ type, leaveContent }) => type === 'A' && !leaveContent)?.content ??
      null,
    whoami: [],
    whoamiSkipped: 'not-applicable',
    outside,
  };
  const interrupt = new AbortController();
  const onInterrupt = (): void => interrupt.abort();
  // Not `once`: the progress lines' library ends the process where it finds no other listener.
  process.on('SIGINT', onInterrupt);
  try {
    const checks = await untilItHolds(promised, options, waitMs, ports, io, interrupt.signal);
    const achieved = isAchieved(checks);
    io.out(
      flags.json === true ? printableJson({ stack, achieved, checks }) : checksText(plan, checks, io.page),
    );
    if (interrupt.signal.aborted) return EXIT_INTERRUPTED;
    return achieved ? EXIT_DONE : EXIT_NOT_ACHIEVED;
  } finally {
    process.removeListener('SIGINT', onInterrupt);
  }
}

async function untilItHolds(
  promised: Promised,
  options: DiagnoseOptions,
  waitMs: number,
  ports: Ports,
  io: Io,
  signal: AbortSignal,
): Promise<Check[]> {
  const started = ports.clock.monotonic();
  for (;;) {
    const checks = await look(promised, options, ports, signal);
    const waited = ports.clock.monotonic() - started;
    const left = waitMs - waited;
    if (signal.aborted || isAchieved(checks) || !canChange(checks) || left <= 0) return checks;
    const pause = Math.min(PAUSE_MS, left);
    const open = checks.find(({ state }) => state !== 'holds');
    io.err(
      `not yet: ${open?.text ?? ''}; looking again in ${Math.ceil(pause / 1000)} s (caches: up to ${longestCopy(checks)} s)\n`,
    );
    await ports.clock.sleep(pause, signal).catch(() => {});
  }
}

async function look(
  promised: Promised,
  options: DiagnoseOptions,
  ports: Ports,
  interrupt: AbortSignal,
): Promise<Check[]> {
  const progress = process.stderr.isTTY ? onTerminal(process.stderr) : silent;
  const signal = AbortSignal.any([interrupt, AbortSignal.timeout(LOOK_MS)]);
  try {
    const gathered = await gather(options, ports, progress, signal);
    const made = { at: ports.clock.now(), by: packageVersion(), complete: !signal.aborted };
    const diagnosis = judge({ target: options.target, ...gathered }, made);
    const through =
      promised.edge === undefined
        ? null
        : await lookThroughEdge(promised.edge, diagnosis, ports.net, interrupt);
    return check(promised, diagnosis, through);
  } finally {
    progress.clear();
  }
}

function readWait(given: string | true | undefined): number {
  if (given === undefined) return 0;
  if (given === true) return DEFAULT_WAIT_S;
  const seconds = /^\d{1,6}$/u.test(given) ? Number(given) : Number.NaN;
  if (!(seconds >= 1 && seconds <= MAX_WAIT_S)) {
    throw new UserError(`--wait "${given}" is no time; expected whole seconds from 1 to ${MAX_WAIT_S}.`);
  }
  return seconds;
}
