import { type Command, Option } from 'commander';
import {
  type Asked,
  lookScript,
  SCRIPT_SYSTEMS,
  type ScriptSystem,
  unixScript,
} from '../../collect/script.ts';
import { UserError } from '../../model/error.ts';
import type { Vantage } from '../../model/evidence.ts';
import { type EvidenceFile, evidenceFile } from '../../model/evidence-file.ts';
import type { Target } from '../../model/target.ts';
import { feed } from '../../ports/node/fed.ts';
import type { Clock } from '../../ports/ports.ts';
import { evidenceOf } from '../../probes/context.ts';
import { readBounded } from '../diagnose/evidence-files.ts';
import type { Flags as LookFlags } from '../diagnose/flags.ts';
import { packageVersion } from '../version.ts';
import { overSsh } from './ssh.ts';
import { readTranscript } from './transcript.ts';

/** The flags of a machine without reach4. */
export interface ElsewhereFlags {
  script?: ScriptSystem;
  ssh?: string;
  sudo?: true;
  transcript?: string;
}
type Flags = LookFlags & ElsewhereFlags & { readonly out?: string; readonly redact?: true };

export const addElsewhere = (command: Command): Command =>
  command
    .addOption(
      new Option(
        '--script <system>',
        'print a script that shows the same there, to be read and run by hand; it changes nothing',
      ).choices(SCRIPT_SYSTEMS),
    )
    .option('--transcript <file>', 'read what that script printed')
    .option('--ssh <[user@]host>', 'run it there over SSH, with your own ssh and its configuration')
    .option('--sudo', 'with --ssh: as root, by a sudo that asks for no password');

/** How another machine is looked at; null where it is this one. @throws UserError for flags that don't go together */
export function elsewhereOf(flags: Flags): 'script' | 'ssh' | 'transcript' | null {
  const ways = (['script', 'ssh', 'transcript'] as const).filter((way) => flags[way] !== undefined);
  const [way = null, other] = ways;
  if (other !== undefined) {
    throw new UserError(`--${way} and --${other} exclude each other; expected one of them.`);
  }
  if (flags.sudo === true && way !== 'ssh') {
    throw new UserError(
      '--sudo was given without --ssh; expected it with --ssh, or reach4 itself run with more rights.',
    );
  }
  if (way === null) return null;
  const allowed: Readonly<Record<typeof way, readonly (keyof Flags)[]>> = {
    script: ['script', 'from', 'whoami', 'publicServices', 'out'],
    ssh: ['ssh', 'sudo', 'from', 'whoami', 'publicServices', 'out', 'redact'],
    transcript: ['transcript', 'from', 'out', 'redact'],
  };
  const stray = (Object.keys(flags) as (keyof Flags)[]).find(
    (flag) => flags[flag] !== undefined && !allowed[way].includes(flag),
  );
  if (stray === undefined) return way;
  const typed = stray.replace(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`);
  throw new UserError(
    way === 'script' && stray === 'redact'
      ? '--redact was given with --script, which prints a script and no evidence; expected --redact when its output is read, with --transcript.'
      : `--${typed} is about a look from here, and --${way} looks from another machine; expected one or the other.`,
  );
}

/** What a machine without reach4 shows, asked over SSH or brought along as a transcript. @throws UserError */
export async function collectElsewhere(
  target: Target,
  flags: Flags,
  asked: Omit<Asked, 'vantage'>,
  clock: Clock,
): Promise<EvidenceFile> {
  const from = flags.from;
  const { transcript: path, ssh } = flags;
  const text =
    path === undefined
      ? await overSsh(
          {
            host: ssh ?? '',
            sudo: flags.sudo === true,
            script: unixScript(target, { ...asked, vantage: from ?? 'server' }),
          },
          { feed, terminal: process.stdin.isTTY === true && process.stderr.isTTY === true },
        )
      : await readBounded(path, '--transcript', 'what the script of `reach4 collect --script` printed');
  const what = path === undefined ? `What ${ssh} sent` : `--transcript ${path}`;
  const { vantage, complete, evidence } = await readTranscript(text, what, target, from);
  const place = evidenceOf('vantage', 'self', { where: 'here', vantage }, clock);
  const all = [...evidence, place.ok({ vantage, because: 'told' }, '--from')];
  return evidenceFile(
    { target, vantage, evidence: all },
    { at: clock.now(), by: packageVersion(), complete },
  );
}

/** The script, for a machine that is taken for the server where nobody says otherwise. */
export const scriptFor = (
  system: ScriptSystem,
  target: Target,
  asked: Omit<Asked, 'vantage'>,
  vantage: Vantage = 'server',
): string => lookScript(system, target, { ...asked, vantage });
