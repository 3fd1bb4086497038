import { edits, plainWord, type Replacement, reversed } from '../manual.ts';
import { type Bound, bareAddress, lookWith, type Program, program } from './socket.ts';

const FILE = '/etc/ssh/sshd_config';
const FIND = "grep -rnE 'AddressFamily|ListenAddress' /etc/ssh";

/** Debian's name for the unit; Red Hat and Arch call it sshd. */
const USUAL_UNIT = 'ssh.service';

/** Both lines limit it, and either may be there (sshd_config(5): AddressFamily, ListenAddress). */
export const sshd: Program = program('sshd', ['sshd'], (bound) => {
  const unit = plainWord(bound.socket.program?.unit ?? null) ?? USUAL_UNIT;
  const lines = linesOf(bound);
  const load = ['sshd -t', `systemctl reload ${unit}`];
  return [
    {
      where: 'server',
      software: 'sshd',
      does: `takes IPv4 as well; of the lines, those that are there (${lookWith(FIND)})`,
      change: edits(FILE, lines, load),
      undo: edits(FILE, reversed(lines), load),
    },
  ];
});

function linesOf(bound: Bound): readonly Replacement[] {
  const { how, port } = bound;
  const line = `ListenAddress ${bareAddress(bound)}`;
  if (how === 'loopback') return [[line, 'ListenAddress 0.0.0.0']];
  const withPort = port === 22 ? '0.0.0.0' : `0.0.0.0:${port}`;
  return [
    ['AddressFamily inet6', 'AddressFamily any'],
    [line, `${line}\nListenAddress ${withPort}`],
  ];
}
