import type { Command } from 'commander';
import { UserError } from '../model/error.ts';
import type { Plan } from '../model/plan.ts';
import { foreground } from '../ports/node/foreground.ts';
import { folderContext } from './folder-context.ts';

interface PlanFlags {
  diagnosis?: string;
  stack?: string;
  backend?: string;
  passphraseFile?: string;
  remedy: string;
  adopt?: true;
  leaveContent?: true;
  ownContent?: true;
  restore: boolean;
}

interface StackFlags {
  stack?: string;
}

type Done = (code: number) => void;

/** `plan`, `preview`, `up`, `down` and `pulumi`. What they need is loaded only when one of them runs. */
export function addStackCommands(program: Command, done: Done): void {
  program
    .command('plan')
    .description('turn the last diagnosis into a Pulumi stack; changes nothing in DNS')
    .option('--remedy <code>', 'which remedy', 'a-record')
    .option('--diagnosis <file>', 'another diagnosis than the last one of this folder')
    .option('--stack <name>', 'name of the stack (default: made of the host)')
    .option('--adopt', 'take over records that exist already')
    .option('--leave-content', 'take over, but leave the address to whatever keeps it (dynamic DNS)')
    .option('--own-content', 'own the address although something else seems to keep it')
    .option('--no-restore', "don't put A records that were there before back when the stack goes")
    .option('--backend <url>', "where Pulumi keeps its state (default: a folder in the project's .reach4)")
    .option('--passphrase-file <file>', 'the passphrase of the state (default: a random one is made)')
    .action(async (flags: PlanFlags) => {
      const { plan } = await import('./stack/plan.ts');
      const options = {
        remedy: await plannable(flags.remedy),
        diagnosis: flags.diagnosis ?? null,
        stack: flags.stack ?? null,
        backend: flags.backend ?? null,
        passphraseFile: flags.passphraseFile ?? null,
        adopt: flags.adopt === true,
        leaveContent: flags.leaveContent === true,
        ownContent: flags.ownContent === true,
        restore: flags.restore,
      };
      done(await plan(options, folderContext()));
    });
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
  program
    .command(name)
    .description(about)
    .option('--stack <name>', 'another stack than the one planned last')
    .action(async ({ stack }: StackFlags) => {
      const provision = await import('./stack/provision.ts');
      done(await provision[name]({ stack: stack ?? null }, folderContext()));
    });
}

/** @throws UserError for a remedy that isn't built */
async function plannable(code: string): Promise<Plan['remedy']> {
  const { PLANNABLE } = await import('./stack/remedies.ts');
  const known = PLANNABLE.find((each) => each === code);
  if (known !== undefined) return known;
  throw new UserError(`--remedy "${code}" can't be planned; this version plans: ${PLANNABLE.join(', ')}.`);
}
