import type { Command } from 'commander';
import { UserError } from '../../model/error.ts';
import { folderContext } from '../folder-context.ts';
import type { ConnectorContext } from './context.ts';
import { worldOf } from './world.ts';

interface InstallFlags {
  stack?: string;
  tokenFile?: string;
  ssh?: string;
  docker?: true;
  yes?: true;
}

interface RemoveFlags {
  ssh?: string;
  tunnel?: string;
  package?: true;
  yes?: true;
}

interface StatusFlags {
  ssh?: string;
  json?: true;
}

type Done = (code: number) => void;

const context = (): ConnectorContext => ({ ...folderContext(), ...worldOf() });

/** `connector install`, `status`, `remove` and `token`. What they need is loaded only when one of them runs. */
export function addConnector(program: Command, done: Done): void {
  const connector = program
    .command('connector')
    .description('cloudflared on the server, for a tunnel: install, status, remove, token');
  addInstall(connector, done);
  addStatus(connector, done);
  addRemove(connector, done);
  addToken(connector, done);
}

const SSH = [
  '--ssh <user@host>',
  'on another machine, over SSH; root, or sudo that asks for no password',
] as const;

function addInstall(connector: Command, done: Done): void {
  connector
    .command('install')
    .description('install it as a service of systemd, and wait until it is connected')
    .option('--stack <name>', 'another stack than the one planned last')
    .option('--token-file <file>', "file with the tunnel's token (0600), or - for standard input")
    .option(...SSH)
    .option('--docker', 'print it as a service of Docker Compose, and change nothing')
    .option('--yes', 'without the question')
    .action(async (flags: InstallFlags) => {
      const choice = { stack: flags.stack ?? null, tokenFile: flags.tokenFile ?? null };
      if (choice.stack !== null && choice.tokenFile !== null) {
        throw new UserError('--stack and --token-file exclude each other; expected one of them.');
      }
      if (flags.docker === true && flags.ssh !== undefined) {
        throw new UserError('--docker only prints; expected it without --ssh.');
      }
      const { install, printDocker } = await import('./install.ts');
      done(
        flags.docker === true
          ? await printDocker(choice, context())
          : await install({ ...choice, ssh: flags.ssh ?? null, yes: flags.yes === true }, context()),
      );
    });
}

function addStatus(connector: Command, done: Done): void {
  connector
    .command('status')
    .description('show whether it runs, since when, and its connections')
    .option(...SSH)
    .option('--json', 'print it as JSON')
    .action(async (flags: StatusFlags) => {
      const { status } = await import('./status.ts');
      done(await status({ ssh: flags.ssh ?? null, json: flags.json === true }, context()));
    });
}

function addRemove(connector: Command, done: Done): void {
  connector
    .command('remove')
    .description('stop it, and take away its service and its token')
    .option(...SSH)
    .option('--tunnel <id>', 'which one, where there are several')
    .option('--package', 'cloudflared too, if a connector has installed it')
    .option('--yes', 'without the question')
    .action(async (flags: RemoveFlags) => {
      const { remove } = await import('./remove.ts');
      const { ssh = null, tunnel = null } = flags;
      done(
        await remove(
          { ssh, tunnel, withPackage: flags.package === true, yes: flags.yes === true },
          context(),
        ),
      );
    });
}

function addToken(connector: Command, done: Done): void {
  connector
    .command('token')
    .description("write the tunnel's token to a new file (0600), for a server without the project")
    .argument('<file>')
    .option('--stack <name>', 'another stack than the one planned last')
    .action(async (file: string, { stack }: { stack?: string }) => {
      const { writeToken } = await import('./write-token.ts');
      done(await writeToken(file, { stack: stack ?? null, tokenFile: null }, context()));
    });
}
