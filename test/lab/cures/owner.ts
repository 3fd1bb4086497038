import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { STAND_INS } from '../../support/stand-ins.ts';
import type { HostName } from '../addresses.ts';
import type { RunningWorld } from '../lab.ts';
import type { ExecOptions, ExecResult } from '../processes.ts';

/** Hosts on which a person types commands that change files. */
const OWNED = ['server', 'laptop'] as const;
type Owned = (typeof OWNED)[number];

const isOwned = (host: HostName): host is Owned => OWNED.some((each) => each === host);

/** Where programs keep what isn't configuration; nginx as Debian has it makes folders of its own there. */
const VAR = ['log', 'lib/nginx'] as const;

/**
 * Shows a host an /etc that is all its own, so that what is written there stays in the world; folders that daemons of
 * the world have open are theirs. Then becomes the user and the command.
 */
const ENTER = `
user=$1 etc=$2 files=$3 programs=$4 var=$5
shift 5
mount --bind "$etc" /etc
for each in ${VAR.join(' ')}; do [ ! -d "/var/$each" ] || mount --bind "$var/$each" "/var/$each"; done
for each in "$files"/*/; do [ ! -d "$each" ] || mount --bind "$each" "/etc/$(basename "$each")"; done
export PATH="$programs:$PATH"
[ "$user" = root ] || exec setpriv --reuid "$user" --regid "$(id -g "$user")" --init-groups -- "$@"
exec "$@"
`;

/** A world whose hosts can be changed as their owner changes them. */
export interface OwnedWorld extends RunningWorld {
  /** The file that a host sees at this path under /etc. */
  etc(host: Owned, path: string): string;
  /** The command by which `systemctl restart UNIT` starts a unit, and what `systemctl reload UNIT` does. */
  setUnit(unit: string, start: string, reload?: string): Promise<void>;
}

/** Gives the hosts of a world an /etc of their own, and programs in the place of systemd's, which doesn't run there. */
export async function ownWorld(lab: RunningWorld): Promise<OwnedWorld> {
  const etcOf = (host: Owned) => join(lab.dir, 'own', host);
  const varOf = (host: Owned) => join(lab.dir, 'own', `${host}-var`);
  const programs = join(lab.dir, 'programs');
  const units = join(programs, 'units');
  await mkdir(join(lab.dir, 'own'));
  await mkdir(units, { recursive: true });
  // Commands of ordinary users start units too.
  await chmod(units, 0o777);
  for (const [name, text] of Object.entries(STAND_INS)) {
    await writeFile(join(programs, name), text, { mode: 0o755 });
  }
  for (const host of OWNED) {
    await execa('cp', ['-a', '/etc/.', etcOf(host)]);
    await execa('cp', ['-rT', join(lab.dir, 'etc', host), etcOf(host)]);
    await mkdir(join(etcOf(host), 'systemd', 'system'), { recursive: true });
    for (const folder of VAR) await mkdir(join(varOf(host), folder), { recursive: true });
  }
  const exec = (
    host: HostName,
    command: readonly string[],
    { asUser = 'root', ...options }: ExecOptions = {},
  ): Promise<ExecResult> => {
    if (!isOwned(host)) return lab.exec(host, command, { asUser, ...options });
    const places = [etcOf(host), join(lab.dir, 'etc', host), programs, varOf(host)];
    return lab.exec(host, ['/bin/sh', '-euc', ENTER, 'lab', asUser, ...places, ...command], options);
  };
  return {
    ...lab,
    // A getter of the world: what is copied would stay as it is now.
    get routerPage() {
      return lab.routerPage;
    },
    exec,
    etc: (host, path) => join(etcOf(host), path),
    setUnit: async (unit, start, reload) => {
      await writeFile(join(units, `${unit}.start`), start);
      if (reload !== undefined) await writeFile(join(units, `${unit}.reload`), reload);
    },
  };
}
