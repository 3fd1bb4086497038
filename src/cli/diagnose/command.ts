import type { Command } from 'commander';
import { familyOf, isPublic, parseAddress } from '../../model/address.ts';
import { UserError } from '../../model/error.ts';
import { parseTarget } from '../../model/target.ts';
import { agentVantage } from '../../outside/agent.ts';
import { nodePorts } from '../../ports/node/node-ports.ts';
import { printableJson } from '../../report/printable.ts';
import { diagnosisText } from '../../report/text.ts';
import { standardIo } from '../io.ts';
import { outsideAgents } from '../outside.ts';
import { packageVersion } from '../version.ts';
import { consent } from './consent.ts';
import { readEvidenceFiles } from './evidence-files.ts';
import { addFlags, EXAMPLES, type Flags, lasting, repeated } from './flags.ts';
import { gather } from './gather.ts';
import { exitCode, judge } from './judge.ts';
import { keep } from './keep.ts';
import type { DiagnoseOptions } from './options.ts';
import { onTerminal, silent } from './progress.ts';
import { refuseUnreachable, refuseWithoutNetwork } from './refusals.ts';
import { readTold } from './told.ts';

/** Longest diagnosis, milliseconds: everything here has a shorter time-out; above this something hangs. */
const DEADLINE_MS = 40_000;
/** After Ctrl-C what was learnt is shown; the shell's convention for a program ended by SIGINT. */
const EXIT_INTERRUPTED = 130;

export function addDiagnose(program: Command, done: (code: number) => void): void {
  const command = program
    .command('diagnose')
    .description('say why a service is not reached over IPv4, and what would help; changes nothing')
    .argument('<target>', 'https://home.example.org, tcp://home.example.org:22, [2001:db8::1]:443 …')
    .option('--json', 'print all of it as JSON, with the evidence')
    .addHelpText('after', EXAMPLES);
  addFlags(command).action(async (target: string, flags: Flags) => done(await diagnose(target, flags)));
}

async function diagnose(text: string, flags: Flags): Promise<number> {
  const ports = nodePorts();
  const io = standardIo();
  const target = parseTarget(text);
  refuseUnreachable(target);
  const ipv4 = readIpv4(flags.ipv4);
  const outside = (await outsideAgents(flags)).map(agentVantage);
  if (flags.probeMapping === true && outside.length === 0) {
    throw new UserError(
      '--probe-mapping was given without --outside; expected an agent that tries the way in, as --outside http://HOST:4460.',
    );
  }
  const told = readTold(flags);
  const labels = outside.map(({ label }) => label);
  const elsewhere = await readEvidenceFiles(flags.evidence ?? [], target, labels);
  const { stun, ...whoami } = await consent(flags, target, ports, io);

  const interrupt = new AbortController();
  const onInterrupt = (): void => interrupt.abort();
  // Not `once`: the progress lines' library ends the process where it finds no other listener.
  process.on('SIGINT', onInterrupt);
  const progress = process.stderr.isTTY ? onTerminal(process.stderr) : silent;
  const announce = (sentence: string): void => {
    progress.clear();
    io.err(`${sentence}\n`);
  };
  const probeMapping = flags.probeMapping === true;
  const layers = { stun, told, elsewhere, probeMapping, announce };
  const options: DiagnoseOptions = { target, ipv4, outside, from: flags.from ?? null, ...whoami, layers };
  try {
    const signal = AbortSignal.any([interrupt.signal, AbortSignal.timeout(DEADLINE_MS)]);
    const gathered = await gather(options, ports, progress, signal);
    progress.clear();
    if (elsewhere.length === 0 && !signal.aborted) refuseWithoutNetwork(gathered.evidence);
    const made = { at: ports.clock.now(), by: packageVersion(), complete: !signal.aborted };
    const diagnosis = judge({ target, ...gathered, flags: repeated(flags) }, made);
    // What an interruption left is shown, but doesn't replace the last whole diagnosis.
    if (diagnosis.complete) await keep(diagnosis, ports, io);
    const page = { ...io.page, flags: lasting(flags) };
    io.out(flags.json === true ? printableJson(diagnosis) : diagnosisText(diagnosis, page));
    return interrupt.signal.aborted ? EXIT_INTERRUPTED : exitCode(diagnosis);
  } finally {
    progress.clear();
    process.removeListener('SIGINT', onInterrupt);
  }
}

function readIpv4(text: string | undefined): string | null {
  if (text === undefined) return null;
  const address = parseAddress(text);
  if (address === null || familyOf(address) !== 'ipv4') {
    throw new UserError(`--ipv4 "${text}" is no IPv4 address; expected four numbers, such as 81.2.69.142.`);
  }
  if (!isPublic(address)) {
    throw new UserError(
      `--ipv4 ${address} isn't a public address, so nobody outside could use it; expected the address that the internet sees.`,
    );
  }
  return address;
}
