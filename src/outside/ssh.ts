import { randomBytes } from 'node:crypto';
import type { Asked } from '../agent/ask.ts';
import { encodedPath, evidenceOfLook } from '../agent/client.ts';
import { type LookRequest, lookRequestSchema } from '../agent/protocol.ts';
import type { Exec } from '../ports/ports.ts';
import { placeOf } from './place.ts';
import { answerOf } from './ssh/answer.ts';
import { type Destination, shownDestination } from './ssh/destination.ts';
import { parseOutput } from './ssh/output.ts';
import { lookScript } from './ssh/script.ts';
import { troubleOf } from './ssh/trouble.ts';
import type { OutsideVantage } from './vantage.ts';

/** s; ssh's own time-out, for the connection and the login. */
const LOGIN_S = 8;
/** ms; the login, the attempts (4 s), who answers (6 s), and as much again for a slow machine. */
const LOOK_MS = 28_000;
/** Random bytes of the marker: nothing else on the machine prints it. */
const MARKER_BYTES = 12;

export interface SshOptions {
  readonly destination: Destination;
  readonly label: string;
  /** The program and what comes before everything else, such as `-F FILE`. */
  readonly ssh?: readonly [string, ...string[]];
}

/** Any machine with an SSH server and a POSIX shell, reached with the user's own `ssh` and its configuration. */
export function sshVantage({ destination, label, ssh = ['ssh'] }: SshOptions): OutsideVantage {
  const shown = shownDestination(destination);
  return {
    label,
    labels: [label],
    isDistant: true,
    isPublic: false,
    shown,
    can: { identify: true, otherPorts: true, traces: ['tcp', 'udp', 'icmp'], resolve: true, udp: false },
    async look(request, { exec, clock }, signal) {
      const evidence = await evidenceOfLook({ request, label }, clock, (asked) =>
        run(asked, { destination, ssh, exec, now: clock.now() }, signal),
      );
      return [placeOf({ label, kind: 'ssh', shown }, clock), ...evidence];
    },
  };
}

interface Machine {
  readonly destination: Destination;
  readonly ssh: readonly [string, ...string[]];
  readonly exec: Exec;
  readonly now: Date;
}

async function run(asked: LookRequest, machine: Machine, signal: AbortSignal): Promise<Asked> {
  const { destination, exec, now } = machine;
  // What goes into a script is of the form that the protocol with an agent allows, and nothing else.
  const request = lookRequestSchema.parse({
    ...asked,
    hint: { protocol: asked.hint.protocol, name: asked.hint.name, path: encodedPath(asked.hint.path) },
  });
  const marker = randomBytes(MARKER_BYTES).toString('hex');
  const [file, ...args] = [...machine.ssh, ...sshArgs(destination)];
  const input = lookScript(request, marker);
  const result = await exec.run(file ?? 'ssh', args, { timeoutMs: LOOK_MS, signal, input });
  if (signal.aborted) return { ok: false, reason: { code: 'interrupted' } };
  const trouble = troubleOf(result, destination);
  if (trouble !== null) return { ok: false, reason: trouble };
  const output = parseOutput(result?.stdout ?? '', marker);
  return { ok: true, answer: answerOf(request, output, shownDestination(destination), now) };
}

/** ssh(1): nothing is asked (BatchMode), nothing of the user's is lent, and after `--` nothing is an option. */
const sshArgs = ({ host, user, port }: Destination): string[] => [
  ...['-T', '-x', '-a'],
  ...[
    'BatchMode=yes',
    `ConnectTimeout=${LOGIN_S}`,
    'ClearAllForwardings=yes',
    'PermitLocalCommand=no',
  ].flatMap((option) => ['-o', option]),
  // A master connection that this one started would outlive it, and hold its output open.
  ...['-o', 'ControlMaster=no'],
  ...(user === null ? [] : ['-l', user]),
  ...(port === null ? [] : ['-p', String(port)]),
  '--',
  host,
  'exec sh -s',
];
