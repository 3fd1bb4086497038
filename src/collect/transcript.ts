import { type Vantage, vantageSchema } from '../model/evidence.ts';

/**
 * What a machine without Node printed: a script ran commands there, and framed what each of them said.
 *
 *     = reach4-look https://home.example.org:443 server 1.
 *     = run cat /proc/sys/net/ipv6/bindv6only
 *     | 0
 *     = 1 lines.
 *     = exit 0.
 *     = run conntrack -L
 *     = not found.
 *     = end.
 *
 * Each line that a command printed begins with `| `, each complaint (standard error, its end only) with `! `, and each
 * line of the frame with `= `: nothing that a command prints can look like the frame. The frame counts the lines, and
 * ends each of its own with a full stop, so that what was cut off anywhere is known to be.
 */
const TRANSCRIPT_MARK = 'reach4-look';
const VERSION = '1';
/** What a transcript is about. */
export interface About {
  /** `https://home.example.org:443`. */
  readonly target: string;
  /** Where it was made, as whoever printed the script said. */
  readonly vantage: Vantage;
}
/** The first line. */
export const firstLine = ({ target, vantage }: About): string =>
  `= ${TRANSCRIPT_MARK} ${target} ${vantage} ${VERSION}.`;
/** The last line. */
export const LAST_LINE = '= end.';

/** Commands and lines kept of one transcript. A script makes a few hundred commands; one of them prints up to 1 MB. */
const MAX_COMMANDS = 4_096;
const MAX_LINES = 400_000;

/** What one command said there. */
export type Recorded =
  | { readonly kind: 'ran'; readonly exitCode: number; readonly stdout: string; readonly stderr: string }
  /** The machine has no such program. */
  | { readonly kind: 'not-found' }
  /** Begun, and not whole: cut off, or changed on the way. Some of its lines are here, and the last may be part of one. */
  | { readonly kind: 'broken'; readonly stdout: string };

export interface Transcript extends About {
  /** By the command's words, see `commandKey`. */
  readonly commands: ReadonlyMap<string, Recorded>;
  /** The script came to its end. */
  readonly complete: boolean;
}

/** Why a text is no transcript, as a clause. */
export interface NoTranscript {
  readonly wrong: string;
}

/** 125 stands for output that was cut off, as in `Exec`. */
const CUT_OFF = 125;

/** A command as the frame names it: its words with one space between them, whatever white space they hold themselves. */
export const commandKey = (words: readonly string[]): string => words.join(' ').replace(/\s+/gu, ' ').trim();

/** Bytes as text: UTF-8, or UTF-16 as PowerShell's `>` writes it, with or without its mark. */
export function decodeText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const encoding =
    (first === 0xff && second === 0xfe) || (first !== 0 && second === 0)
      ? 'utf-16le'
      : (first === 0xfe && second === 0xff) || (first === 0 && second !== 0 && bytes.length > 1)
        ? 'utf-16be'
        : 'utf-8';
  // It takes the mark away.
  return new TextDecoder(encoding).decode(bytes);
}

const START = new RegExp(
  `^= ${TRANSCRIPT_MARK} (\\S{1,300}) (${vantageSchema.options.join('|')}) (\\d{1,4})\\.$`,
  'u',
);

/** Whether a text has a transcript in it at all. */
export const isTranscript = (text: string): boolean => linesOf(text).some((line) => START.test(line));

/** With any kind of line end (also `\r\r\n`), and without spaces that a terminal added. */
const linesOf = (text: string): string[] => text.split('\n').map((line) => line.trimEnd());

/** A command whose frame is open. */
interface Open {
  readonly key: string;
  readonly stdout: string[];
  readonly stderr: string[];
  /** Lines as the frame counts them; null until it has. */
  counted: number | null;
  cutOff: boolean;
  broken: boolean;
}

/**
 * Reads a transcript. What stands before its first line and after its last is passed over: a prompt, or what a login
 * shell greets with. What stands in between and is none of its lines breaks the command that it stands in.
 */
export function parseTranscript(text: string): Transcript | NoTranscript {
  const lines = linesOf(text);
  const begin = lines.findIndex((line) => START.test(line));
  if (begin === -1) return { wrong: `has no line "= ${TRANSCRIPT_MARK} …", with which a transcript begins` };
  if (lines.filter((line) => START.test(line)).length > 1) return { wrong: 'holds more than one transcript' };
  if (lines.length - begin > MAX_LINES) return { wrong: `has more than ${MAX_LINES} lines` };
  const [, target = '', where, version] = START.exec(lines[begin] ?? '') ?? [];
  if (version !== VERSION)
    return { wrong: `is of version ${version}, and this reach4 reads version ${VERSION}` };

  const vantage = vantageSchema.parse(where);
  const commands = new Map<string, Recorded>();
  let open: Open | null = null;
  // The first answer counts: a command that is asked twice may say something else by then.
  const close = (recorded: Recorded): void => {
    if (open !== null && !commands.has(open.key)) commands.set(open.key, recorded);
    open = null;
  };
  for (const line of lines.slice(begin + 1)) {
    if (line === '') continue;
    if (line === LAST_LINE) {
      if (open !== null) close(brokenOff(open));
      return { target, vantage, commands, complete: true };
    }
    const key = line.startsWith('= run ') ? line.slice('= run '.length) : null;
    if (key !== null) {
      if (open !== null) close(brokenOff(open));
      if (commands.size >= MAX_COMMANDS) return { wrong: `has more than ${MAX_COMMANDS} commands` };
      open = { key: commandKey([key]), stdout: [], stderr: [], counted: null, cutOff: false, broken: false };
    } else if (open !== null) {
      const ended = next(open, line);
      if (ended !== null) close(ended);
    }
  }
  if (open !== null) close(brokenOff(open));
  return { target, vantage, commands, complete: false };
}

/** Takes one line of a command's frame. @returns what was recorded, once the frame ends */
function next(open: Open, line: string): Recorded | null {
  if (line === '= not found.') {
    const isBare = open.counted === null && open.stdout.length === 0 && !open.broken;
    return isBare ? { kind: 'not-found' } : brokenOff(open);
  }
  const count = /^= (\d{1,9}) lines(, cut off)?\.$/u.exec(line);
  if (count !== null && open.counted === null) {
    open.counted = Number(count[1]);
    open.cutOff = count[2] !== undefined;
    return null;
  }
  const exit = /^= exit (\d{1,3})\.$/u.exec(line);
  if (exit !== null) {
    if (open.broken || open.counted !== open.stdout.length) return brokenOff(open);
    const exitCode = open.cutOff ? CUT_OFF : Number(exit[1]);
    return { kind: 'ran', exitCode, stdout: joined(open.stdout), stderr: joined(open.stderr) };
  }
  const text = /^[|!](?: |$)/u.test(line) ? line.slice(2) : null;
  if (text !== null && line.startsWith('|') && open.counted === null) open.stdout.push(text);
  else if (text !== null && line.startsWith('!') && open.counted !== null) open.stderr.push(text);
  else open.broken = true;
  return null;
}

const brokenOff = ({ stdout }: Open): Recorded => ({ kind: 'broken', stdout: joined(stdout) });

const joined = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
