import { isTranscript } from '../../collect/transcript.ts';
import { Interrupted, UserError } from '../../model/error.ts';
import type { Feed } from '../../ports/node/fed.ts';
import { plainText } from '../../ports/plain-text.ts';
import { MAX_BYTES } from '../diagnose/evidence-files.ts';
import { checkedHost } from '../ssh-host.ts';
import { passOnInterrupts } from '../stack/interrupt.ts';

/** s until SSH gives up on a host that doesn't answer; passwords are typed after that. */
const CONNECT_TIMEOUT_S = 15;
/** ms for all of it: typing a password, and some fifty commands that take a moment each. */
const SESSION_TIMEOUT_MS = 300_000;
/** Characters of what SSH said. */
const QUOTE_LENGTH = 200;
/** What SSH exits with where it is SSH itself that failed (ssh(1)). */
const SSH_FAILED = 255;

export interface SshWorld {
  readonly feed: Feed;
  /** Whether a person can answer what ssh asks: it asks on the terminal itself, past this process. */
  readonly terminal: boolean;
}

export interface SshQuestion {
  /** As given: `[user@]host`. */
  readonly host: string;
  /** What a POSIX shell there is given to run; it prints a transcript. */
  readonly script: string;
  /** As root, by a `sudo` that asks for no password. */
  readonly sudo: boolean;
  /** s; as ssh_config(5) has it. */
  readonly connectTimeoutS?: number;
}

interface Said {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a script on another machine, with the user's own `ssh` and its configuration. The script goes by standard input:
 * it is in no argument and in no file there.
 * @returns what it printed, with whatever the login printed before
 * @throws UserError where the machine can't be reached, or has no shell that runs it
 */
export async function overSsh(
  { host: given, script, sudo, connectTimeoutS = CONNECT_TIMEOUT_S }: SshQuestion,
  { feed, terminal }: SshWorld,
): Promise<string> {
  const host = checkedHost(given);
  const ask = async (command: string, input: string): Promise<Said> => {
    const lines: string[] = [];
    let size = 0;
    const tooMuch = new AbortController();
    const interruption = passOnInterrupts();
    try {
      const fed = await feed('ssh', sshArgs(host, command, terminal, connectTimeoutS), {
        input,
        timeoutMs: SESSION_TIMEOUT_MS,
        signal: AbortSignal.any([interruption.signal, tooMuch.signal]),
        onLine: (line) => {
          size += line.length + 1;
          if (size <= MAX_BYTES) lines.push(line);
          else tooMuch.abort();
        },
      });
      if (interruption.happened) throw new Interrupted();
      if (fed === null) {
        throw new UserError(
          '--ssh needs the program ssh, which is not on PATH here; expected it to be installed.',
        );
      }
      if (tooMuch.signal.aborted) {
        throw new UserError(
          `${host} sent more than ${MAX_BYTES / 1024 / 1024} MiB; expected what the script prints, which is far less.`,
        );
      }
      return { exitCode: fed.exitCode, stdout: lines.join('\n'), stderr: fed.stderr };
    } finally {
      interruption.stop();
    }
  };
  const said = await ask(sudo ? 'sudo -n -- sh -s' : 'sh -s', script);
  if (isTranscript(said.stdout)) return said.stdout;
  if (said.exitCode === SSH_FAILED) throw new UserError(trouble(host, said.stderr, terminal));
  // cmd.exe answers with Windows_NT to the one, PowerShell to the other; a POSIX shell to none of them.
  const shell = await ask('echo %OS% "$env:OS"', '');
  throw new UserError(/\bWindows_NT\b/u.test(shell.stdout) ? onWindows(host) : noShell(host, said, sudo));
}

/**
 * Nothing that the user's configuration may add to a session of his own: no forwards, no command in place of ours.
 * Without a terminal ssh would wait for an answer that nobody can give.
 */
const sshArgs = (host: string, command: string, terminal: boolean, connectTimeoutS: number): string[] => [
  ...['-T', '-x', '-a'],
  ...['-o', `ConnectTimeout=${connectTimeoutS}`],
  ...['-o', 'ClearAllForwardings=yes'],
  ...['-o', 'RemoteCommand=none'],
  ...(terminal ? [] : ['-o', 'BatchMode=yes']),
  '--',
  host,
  command,
];

const lastLine = (text: string): string => plainText(text.trim().split('\n').at(-1) ?? '', QUOTE_LENGTH);
const quoted = (text: string): string => (text === '' ? '' : ` ("${text}")`);

const onWindows = (host: string): string =>
  `${host} runs Windows, which has no POSIX shell; expected the script of \`reach4 collect TARGET --script windows\` to be run there, and its output to be read with --transcript.`;

function noShell(host: string, { stderr, exitCode }: Said, sudo: boolean): string {
  const said = quoted(lastLine(stderr) || `exit code ${exitCode}`);
  return sudo
    ? `sudo runs nothing on ${host}${said}; expected a user whose sudo asks for no password, or the command without --sudo.`
    : `No POSIX shell answers on ${host}${said}; expected one that runs \`sh -s\`.`;
}

/** What ssh says where it fails (OpenSSH's sshconnect.c, sshconnect2.c, ssh.c and canohost.c), and what that means. */
const TROUBLES: readonly (readonly [RegExp, (host: string) => string])[] = [
  [
    /REMOTE HOST IDENTIFICATION HAS CHANGED/u,
    (host) =>
      `The host key of ${host} isn't the one that ssh knows: another machine answers there, or it was installed anew; expected the key to be checked by you, and then ssh-keygen -R to forget the old one.`,
  ],
  [
    /Host key verification failed|host key is known for/u,
    (host) =>
      `ssh doesn't know the host key of ${host} yet; expected you to check and accept it once, by running ssh ${host} on a terminal.`,
  ],
  [
    /Permission denied|Too many authentication failures|No supported authentication methods/u,
    (host) =>
      `${host} doesn't let this user in over SSH; expected a user name and a key that it accepts, as ssh ${host} would use.`,
  ],
  [
    /Could not resolve hostname/u,
    (host) =>
      `ssh finds no address for ${host}; expected a name that resolves, an address, or a Host of your ssh configuration.`,
  ],
  [
    /Connection refused/u,
    (host) =>
      `${host} refuses connections to its SSH port; expected an SSH server there, or another port in your ssh configuration.`,
  ],
  [
    /timed? ?out/iu,
    (host) => `${host} doesn't answer on its SSH port; expected it to be on, and to be reached from here.`,
  ],
  [
    /No route to host|Network is unreachable/u,
    (host) => `There is no way from here to ${host}; expected an address that this machine can reach.`,
  ],
];

function trouble(host: string, stderr: string, terminal: boolean): string {
  const known = TROUBLES.find(([pattern]) => pattern.test(stderr));
  if (known !== undefined) return known[1](host);
  const password = terminal ? '' : ' Without a terminal nothing can be typed.';
  return `${host} can't be reached over SSH${quoted(lastLine(stderr))}; expected ssh ${host} to get in.${password}`;
}
