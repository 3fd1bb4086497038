import type { Command } from 'commander';
import { UserError } from '../../model/error.ts';
import { parseTarget, type Target } from '../../model/target.ts';
import type { Case } from '../../model/view/case.ts';
import { nodePorts } from '../../ports/node/node-ports.ts';
import { printableJson } from '../../report/printable.ts';
import { diagnosisText } from '../../report/text.ts';
import { standardIo } from '../io.ts';
import { outsideVantages } from '../outside-vantages.ts';
import { packageVersion } from '../version.ts';
import { byDefault, disclosure } from './by-default.ts';
import { consent } from './consent.ts';
import { readEvidenceFiles } from './evidence-files.ts';
import { addFlags, EXAMPLES, type Flags, lasting, repeated } from './flags.ts';
import { filesAlone, isOffline } from './from-files.ts';
import { readIpv4 } from './given-ipv4.ts';
import { EXIT_INTERRUPTED } from './interruptible.ts';
import { exitCode, judge } from './judge.ts';
import { keep } from './keep.ts';
import { lookAt } from './look-at.ts';
import { refuseUdpProtocol, refuseUnreachable, refuseWithoutNetwork } from './refusals.ts';
import { readTold } from './told.ts';

export function addDiagnose(program: Command, done: (code: number) => void): void {
  const command = program
    .command('diagnose')
    .description('say why a service is not reached over IPv4, and what would help; changes nothing')
    .argument('[target]', 'https://home.example.org, tcp://home.example.org:22, [2001:db8::1]:443 …')
    .option('--json', 'print all of it as JSON, with the evidence')
    .addHelpText('after', EXAMPLES);
  addFlags(command).action(async (target: string | undefined, flags: Flags) => {
    if (target === undefined && flags.evidence === undefined) {
      command.error("error: missing required argument 'target', or --evidence FILE that names it");
    }
    done(await diagnose(target, flags));
  });
}

async function diagnose(text: string | undefined, flags: Flags): Promise<number> {
  const target = text === undefined ? null : parseTarget(text);
  if (target !== null) {
    refuseUnreachable(target);
    refuseUdpProtocol(target, flags.udpProtocol);
  }
  if (target === null || isOffline(flags)) return judgeFiles(target, flags);
  const ports = nodePorts();
  const io = standardIo();
  const ipv4 = readIpv4(flags.ipv4);
  const named = await outsideVantages(flags);
  const unnamed = await byDefault(flags, target);
  if (flags.probeMapping === true && named.length + unnamed.length === 0) {
    throw new UserError(
      '--probe-mapping was given, and nobody looks from outside; expected a place that tries the way in, as --outside globalping.',
    );
  }
  const told = readTold(flags);
  const labels = [...named, ...unnamed].flatMap((each) => each.labels);
  const elsewhere = await readEvidenceFiles(flags.evidence ?? [], target, labels);
  const { stun, declined, ...whoami } = await consent(flags, target, ports, io);
  const outside = declined ? named : [...named, ...unnamed];
  if (outside.length > named.length) io.err(`${disclosure(target)}\n`);
  const probeMapping = flags.probeMapping === true;
  const asked = { target, ipv4, outside, ...whoami, layers: { stun, told, elsewhere, probeMapping } };
  const { result, complete, interrupted } = await lookAt(asked, flags, ports, io);
  if (elsewhere.length === 0 && complete) refuseWithoutNetwork(result.evidence);
  const code = await tell({ target, ...result, flags: repeated(flags) }, flags, { complete, kept: true });
  return interrupted ? EXIT_INTERRUPTED : code;
}

/** Judges what files hold; nothing is looked at from here. */
async function judgeFiles(target: Target | null, flags: Flags): Promise<number> {
  const { complete, redacted, ...seen } = await filesAlone(target, flags);
  // What would tell more is a look, and stand-ins can't be looked at.
  return tell({ ...seen, redacted, flags: redacted ? '' : repeated(flags) }, flags, {
    complete,
    kept: !redacted,
    redacted,
    offline: true,
  });
}

interface Made {
  readonly complete: boolean;
  /** What it says is of this place: `plan` may go by it. */
  readonly kept: boolean;
  readonly offline?: boolean;
  readonly redacted?: boolean;
}

async function tell(seen: Case, flags: Flags, { kept, ...how }: Made): Promise<number> {
  const ports = nodePorts();
  const io = standardIo();
  const diagnosis = judge(seen, { at: ports.clock.now(), by: packageVersion(), ...how });
  // What an interruption left is shown, but doesn't replace the last whole diagnosis.
  if (kept && diagnosis.complete) await keep(diagnosis, ports, io);
  const page = { ...io.page, flags: lasting(flags) };
  io.out(flags.json === true ? printableJson(diagnosis) : diagnosisText(diagnosis, page));
  return exitCode(diagnosis);
}
