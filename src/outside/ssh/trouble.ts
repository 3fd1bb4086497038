import type { Reason } from '../../model/evidence.ts';
import { shellQuoted } from '../../model/shell.ts';
import { plainText } from '../../ports/plain-text.ts';
import { type Destination, shownDestination } from './destination.ts';

/** Characters kept of what ssh says. */
const DETAIL_LENGTH = 120;
/** sh(1): not found, not executable. */
const NO_SHELL: readonly number[] = [126, 127];
/** ssh(1): ssh itself failed. */
const SSH_FAILED = 255;
const TIMED_OUT = 124;
const CUT_OFF = 125;

/** Why a machine couldn't be asked, as a sentence that says what to do; null where it ran the script. */
export function troubleOf(
  result: { readonly exitCode: number; readonly stderr: string } | null,
  destination: Destination,
): Reason | null {
  const who = shownDestination(destination);
  const no = (code: Reason['code'], detail: string): Reason => ({ code, detail });
  if (result === null) return no('no-tool', 'ssh is not installed here, and --outside ssh needs it.');
  const { exitCode, stderr } = result;
  if (exitCode === TIMED_OUT) return no('timed-out', `ssh to ${who} didn't come to an end in time.`);
  if (exitCode === CUT_OFF) return no('too-large', `ssh to ${who} brought back too much.`);
  if (NO_SHELL.includes(exitCode)) return no('unsupported', `ssh finds no POSIX shell on ${who}.`);
  if (exitCode !== SSH_FAILED) return null;
  const login = `ssh ${words(destination)}`;
  const known = SAID.find(([pattern]) => pattern.test(stderr));
  if (known !== undefined) return no(known[1], known[2](who, login));
  return no(
    'unreachable',
    `ssh to ${who} failed: ${plainText(stderr, DETAIL_LENGTH) || "it doesn't say why"}.`,
  );
}

const words = ({ host, user, port }: Destination): string =>
  [
    ...(port === null ? [] : ['-p', String(port)]),
    shellQuoted(user === null ? host : `${user}@${host}`),
  ].join(' ');

/** Messages of OpenSSH's client (sshconnect.c, sshconnect2.c, ssh.c), which are not translated. */
const SAID: readonly (readonly [RegExp, Reason['code'], (who: string, login: string) => string])[] = [
  [
    /Permission denied|Too many authentication failures|no mutual signature/u,
    'unauthorised',
    (who, login) =>
      `ssh to ${who} asks for a password or another key, and reach4 can't answer: let a key do (ssh-copy-id, ssh-add), until \`${login} true\` asks nothing.`,
  ],
  [
    /Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED/u,
    'unauthorised',
    (who, login) =>
      `ssh doesn't know the host key of ${who}, or knows another: run \`${login}\` once, and check it.`,
  ],
  [/Could not resolve hostname/u, 'unreachable', (who) => `ssh finds no address for ${who}.`],
  [/timed out/u, 'timed-out', (who) => `ssh gets no answer from ${who}.`],
  [/Connection refused/u, 'unreachable', (who) => `ssh is refused by ${who}: no SSH server listens there.`],
  [
    /No route to host|Network is unreachable/u,
    'unreachable',
    (who) => `ssh finds no way to ${who} from here.`,
  ],
  [
    /Connection (?:closed|reset)|kex_exchange_identification/u,
    'unreachable',
    (who) => `ssh to ${who} was cut off before the login.`,
  ],
];
