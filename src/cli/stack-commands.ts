import type { Command } from 'commander';
import { foreground } from '../ports/node/foreground.ts';
import { folderContext } from './folder-context.ts';
import { addPlan } from './plan-command.ts';

interface StackFlags {
  stack?: string;
  rebuild?: true;
}

type Done = (code: number) => void;

/** `plan`, `preview`, `up`, `down` and `pulumi`. What they need is loaded only when one of them runs. */
export function addStackCommands(program: Command, done: Done): void {
  addPlan(program, done);
  addProvisioning(program, 'preview', 'show what `up` would change', done);
  addProvisioning(program, 'up', 'do what is planned', done);
  addProvisioning(program, 'down', 'take it down again; DNS is as it was before', done);
  program
    .command('pulumi')
    .description('run the literal pulumi with the right state, passphrase and folder: reach4 pulumi -- ARGS')
    .argument('[args...]')
    .passThroughOptions()
    .allowUnknownOption()
    .action(async (args: string[]) => {
      const { pulumi } = await import('./stack/literal.ts');
      done(await pulumi(args, folderContext(), foreground));
    });
}

function addProvisioning(program: Command, name: 'preview' | 'up' | 'down', about: string, done: Done): void {
  const command = program
    .command(name)
    .description(about)
    .option('--stack <name>', 'another stack than the one planned last');
  if (name !== 'down') {
    command.option('--rebuild', "make a relay's host anew, as when it doesn't forward; the address stays");
  }
  command.action(async ({ stack, rebuild }: StackFlags) => {
    const provision = await import('./stack/provision.ts');
    done(await provision[name]({ stack: stack ?? null, rebuild: rebuild === true }, folderContext()));
  });
}
