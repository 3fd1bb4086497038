import { withoutControls } from '../../agent/checked.ts';
import { lookIn, NoTime } from '../../collect/look.ts';
import { parseTranscript } from '../../collect/transcript.ts';
import { UserError } from '../../model/error.ts';
import type { Evidence, Vantage } from '../../model/evidence.ts';
import { hostPort, parseTarget, type Target } from '../../model/target.ts';

/** What a transcript holds for a diagnosis. */
export interface FromTranscript {
  readonly target: Target;
  readonly vantage: Vantage;
  /** The script came to its end. */
  readonly complete: boolean;
  readonly evidence: Evidence[];
}

/**
 * The evidence in what a script printed on another machine.
 * @param what the text is, as the user named it: `--evidence seen.txt`
 * @param target what it has to be about; null where it says that itself
 * @param from where it was made, if that is known better than by whoever printed the script
 * @throws UserError
 */
export async function readTranscript(
  text: string,
  what: string,
  target: Target | null,
  from?: Vantage,
): Promise<FromTranscript> {
  const transcript = parseTranscript(text);
  const expected = `expected all that the script printed, unchanged; \`reach4 collect --script linux ${target?.input ?? 'TARGET'}\` prints it`;
  if ('wrong' in transcript) throw new UserError(`${what} ${transcript.wrong}; ${expected}.`);
  const named = readTarget(transcript.target, what);
  if (target !== null && (named.host !== target.host || named.port !== target.port)) {
    throw new UserError(
      `${what} is about ${hostPort(named.host, named.port)}, not ${hostPort(target.host, target.port)}; expected a transcript of the same target.`,
    );
  }
  const vantage = from ?? transcript.vantage;
  try {
    const evidence = withoutControls(await lookIn(transcript, target ?? named, vantage));
    return { target: target ?? named, vantage, complete: transcript.complete, evidence: [...evidence] };
  } catch (error) {
    if (!(error instanceof NoTime)) throw error;
    throw new UserError(`${what} doesn't say when it was made, or was cut off before; ${expected}.`);
  }
}

function readTarget(text: string, what: string): Target {
  try {
    return parseTarget(text);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(
      `${what} is about "${text}", which is no target; expected a transcript as it was printed.`,
    );
  }
}
