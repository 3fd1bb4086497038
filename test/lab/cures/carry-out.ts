import { readFile, writeFile } from 'node:fs/promises';
import type { ManualChange, ManualStep } from '../../../src/model/remedy-offer.ts';
import { edited } from '../../support/edited.ts';
import type { OwnedWorld } from './owner.ts';
import type { Page } from './page.ts';
import type { Program } from './program.ts';

/** A world and all that its owner changes in it. */
export interface Home {
  readonly lab: OwnedWorld;
  readonly page: Page;
  readonly program: Program;
}

/** Which host a step's commands are typed on: the home's resolver, where it has one, is the laptop's. */
const HOSTS = { server: 'server', 'lan-client': 'laptop', dns: 'laptop' } as const;

/** What the remedy calls a file that only the owner knows. */
const SOURCE = "the program's source or settings";

/** What upnpc says when no router has answered within two seconds; on a busy machine, that happens to one that is there. */
const NOT_FOUND = /No IGD UPnP Device found/u;
const TRIES = 3;

/** Whose setting only programs see that are started afterwards; the step says so. */
const RESTART_AFTER = 'sysctl';

/** Makes a step's change, or its undo, exactly as it is shown. @throws Error if a command fails, or a line isn't there. */
export async function carryOut(
  home: Home,
  { software, where }: ManualStep,
  change: ManualChange,
): Promise<void> {
  const host = where === 'server' || where === 'lan-client' || where === 'dns' ? HOSTS[where] : null;
  switch (change.kind) {
    case 'form':
      return home.page.fillIn(change);
    case 'commands':
      if (host === null) break;
      await run(home, host, change.commands, change.root);
      if (software === RESTART_AFTER) await home.program.restart();
      return;
    case 'edit': {
      if (host === null) break;
      const { program } = home;
      const source = change.file === SOURCE ? program.source : null;
      const file = source ?? home.lab.etc(host, program.fileOf(change.file));
      await writeFile(file, edited(await readFile(file, 'utf8'), change));
      await run(home, host, change.load, change.root);
      if (source !== null) await program.restart();
      return;
    }
    default:
  }
  throw new Error(`Nobody in the lab can do this: ${JSON.stringify({ where, change })}`);
}

async function run(
  { lab }: Home,
  host: 'server' | 'laptop',
  commands: readonly string[],
  root: boolean,
): Promise<void> {
  for (const command of commands) {
    const asUser = root ? 'root' : 'nobody';
    for (let left = TRIES - 1; ; left -= 1) {
      const { exitCode, stderr, stdout } = await lab.exec(host, ['sh', '-c', command], { asUser });
      if (exitCode === 0) break;
      const again = left > 0 && NOT_FOUND.test(stdout + stderr);
      if (!again) throw new Error(`${command}\nended with ${exitCode}: ${stdout}${stderr}`);
    }
  }
}
