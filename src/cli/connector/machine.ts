import { type Answer, readAnswer, scriptLine } from '../../connector/answer.ts';
import { UserError } from '../../model/error.ts';
import { shellQuoted } from '../../model/shell.ts';
import { plainText } from '../../ports/plain-text.ts';
import { checkedHost } from '../ssh-host.ts';
import { passOnInterrupts } from '../stack/interrupt.ts';
import type { ConnectorContext } from './context.ts';

/** ms; a package is fetched meanwhile, on a slow line. */
const SCRIPT_TIMEOUT_MS = 900_000;
/** s until SSH gives up on a host that doesn't answer. */
const CONNECT_TIMEOUT_S = 15;
/** Characters of what a program said. */
const QUOTE_LENGTH = 300;
/** What SSH exits with where it is SSH itself that failed (ssh(1)). */
const SSH_FAILED = 255;

interface Script {
  readonly text: string;
  /** Whether it changes something, for which it needs root. */
  readonly root: boolean;
  /** What the script reads from standard input. */
  readonly input?: string;
  readonly onLine?: (line: { readonly kind: string; readonly rest: string }) => void;
}

const SYSTEMS: Partial<Record<NodeJS.Platform, string>> = { darwin: 'macOS', win32: 'Windows' };

/** @throws UserError where this machine can't have such a service */
function refuseOtherSystems(platform: NodeJS.Platform): void {
  if (platform === 'linux') return;
  throw new UserError(
    `The connector is a service of Linux with systemd, and this is ${SYSTEMS[platform] ?? platform}; expected --ssh user@host for such a server, or here: reach4 connector token FILE, and then, as a service of your own: cloudflared tunnel --edge-ip-version auto run --token-file FILE.`,
  );
}

/** Where a connector runs: this machine, or one that SSH leads to. */
export interface Machine {
  /** `this machine`, or what was given as `--ssh` */
  readonly label: string;
  /** ` --ssh user@host`: what further commands need to mean the same machine. */
  readonly flags: string;
  /** @throws UserError where it can't be reached, or root can't be had there */
  run(script: Script): Promise<Answer>;
}

/**
 * The script comes on standard input, and after it what it reads itself: nothing of both is in an argument, but how
 * long the script is. `dd` reads byte for byte, so that the rest stays for the script.
 */
export const loader = (script: string): string =>
  `eval "$(dd bs=1 count=${Buffer.byteLength(script)} 2>/dev/null)"`;

/** As a word of a remote command: any login shell reads it alike, having no quote, `!` or end of line within. */
const AS_ROOT = 'if [ "$(id -u)" -eq 0 ]; then exec sh -c "$1"; fi; exec sudo -n -- sh -c "$1"';

export function machineOf(ssh: string | null, context: ConnectorContext): Machine {
  if (ssh === null) refuseOtherSystems(context.platform);
  const start = ssh === null ? local(context) : remote(checkedHost(ssh));
  const label = ssh ?? 'this machine';
  return {
    label,
    flags: ssh === null ? '' : ` --ssh ${shellQuoted(ssh)}`,
    run: async ({ text, root, input = '', onLine }) => {
      const [file, ...args] = start(root, loader(text));
      const lines: string[] = [];
      // Ctrl-C reaches the script by itself, and it puts back what was there; that is waited for.
      const interruption = passOnInterrupts();
      try {
        const fed = await context.feed(file, args, {
          input: text + input,
          timeoutMs: SCRIPT_TIMEOUT_MS,
          signal: AbortSignal.any([context.signal, interruption.signal]),
          onLine: (line) => {
            lines.push(line);
            const told = scriptLine(line);
            if (told !== null) onLine?.(told);
          },
        });
        const answer = readAnswer(lines);
        if (fed === null) throw new UserError(missing(file));
        const said = lastLine(fed.stderr);
        if (interruption.happened) {
          return { ...answer, spoke: true, failed: { code: 'interrupted', detail: '' } };
        }
        if (!answer.spoke) throw new UserError(silent(ssh, root, fed.exitCode, said));
        const broken = fed.exitCode !== 0 && answer.failed === null;
        const failed = broken ? { code: 'broke-off', detail: `exit code ${fed.exitCode}` } : answer.failed;
        return { ...answer, failed: failed === null ? null : { ...failed, detail: failed.detail || said } };
      } finally {
        interruption.stop();
      }
    },
  };
}

type Start = (root: boolean, command: string) => [file: string, ...args: string[]];

const local =
  ({ isRoot, ask }: ConnectorContext): Start =>
  (root, command) =>
    root && !isRoot
      ? // Without a terminal, nobody can give it a password.
        ['sudo', ...(ask === undefined ? ['-n'] : []), '--', 'sh', '-c', command]
      : ['sh', '-c', command];

const remote =
  (host: string): Start =>
  (root, command) => [
    'ssh',
    '-T',
    ...['-o', 'BatchMode=yes', '-o', `ConnectTimeout=${CONNECT_TIMEOUT_S}`],
    '--',
    host,
    root ? `sh -c '${AS_ROOT}' sh '${command}'` : `sh -c '${command}'`,
  ];

const missing = (file: string): string =>
  file === 'sudo'
    ? 'This needs root, and there is no sudo on this machine; expected to be run as root.'
    : `There is no ${file} on this machine; expected it on PATH.`;

function silent(ssh: string | null, root: boolean, exitCode: number, said: string): string {
  const quoted = said === '' ? `exit code ${exitCode}` : `"${said}"`;
  if (ssh !== null && exitCode === SSH_FAILED) {
    return `${ssh} can't be reached over SSH (${quoted}); expected a host whose key is known, and a key that needs no password typed.`;
  }
  if (!root) return `No shell answers on ${ssh ?? 'this machine'} (${quoted}); expected a POSIX sh.`;
  return ssh === null
    ? `This needs root, and sudo gave it not (${quoted}); expected to be run as root, or by a user who may use sudo.`
    : `This needs root on ${ssh} (${quoted}); expected root@HOST, or a user whose sudo asks for no password.`;
}

const lastLine = (text: string): string => plainText(text.trim().split('\n').at(-1) ?? '', QUOTE_LENGTH);
