import { edits, plainWord, type Replacement, reversed } from '../manual.ts';
import { sshdPlace } from './places.ts';
import { type Bound, bareAddress, lookWith, type Program, program, shellFor } from './socket.ts';

/** Debian's name for the unit; Red Hat and Arch call it sshd. */
const USUAL_UNIT = 'ssh.service';

/** Both lines limit it, and either may be there (sshd_config(5): AddressFamily, ListenAddress). */
export const sshd: Program = program('sshd', ['sshd'], (bound) => {
  const unit = plainWord(bound.socket.program?.unit ?? null) ?? USUAL_UNIT;
  const lines = linesOf(bound);
  const { file, find, load } = sshdPlace(bound.system, unit);
  const shell = shellFor(bound);
  return [
    {
      where: 'server',
      software: 'sshd',
      does: `takes IPv4 as well; of the lines, those that are there (${lookWith(find)})`,
      change: edits(file, lines, load, shell),
      undo: edits(file, reversed(lines), load, shell),
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
