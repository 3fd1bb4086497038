import type { Command } from 'commander';
import { asTyped } from '../../report/page.ts';
import { printableJson } from '../../report/printable.ts';
import { folderContext } from '../folder-context.ts';
import { outsideAgents } from '../outside.ts';
import { collect } from '../repeatable.ts';
import { currentPlan, openSetting } from '../stack/context.ts';
import { isFine } from './status.ts';
import { statusText } from './text.ts';

interface Flags {
  stack?: string;
  outside?: string[];
  outsideTokenFile?: string;
  json?: true;
}

const EXIT_DONE = 0;
const EXIT_NOT_ACHIEVED = 1;

export function addStatus(program: Command, done: (code: number) => void): void {
  program
    .command('status')
    .description(
      'show how what is up does now: address, services, host, traffic, DNS, and what was left behind',
    )
    .option('--stack <name>', 'another stack than the one planned last')
    .option('--outside <url>', 'a reach4 agent elsewhere that looks as well (repeatable)', collect)
    .option(
      '--outside-token-file <file>',
      "file with the agent's token (default: REACH4_AGENT_TOKEN, or the agent's file)",
    )
    .option('--json', 'print it as JSON')
    .action(async (flags: Flags) => done(await status(flags)));
}

async function status(flags: Flags): Promise<number> {
  const context = folderContext();
  const { io } = context;
  const { stack, plan } = await currentPlan({ stack: flags.stack ?? null }, context);
  const agents = await outsideAgents(flags);
  const { stackRemedy } = await import('../stack/remedies.ts');
  const { openStack } = await import('../stack/automation.ts');
  const opened = await openStack(await openSetting(context), stack, false);
  const deployment = opened === null ? null : await opened.state();
  const found = await stackRemedy(plan.remedy).status(plan, deployment, { agents }, context);
  const fine = isFine(found);
  const { target, remedy } = plan;
  io.out(
    flags.json === true
      ? printableJson({ stack, remedy, target: target.host, fine, ...found.facts })
      : asTyped(io.page, statusText(`${target.host}: ${remedy}, stack ${stack}`, found, io.page)),
  );
  return fine ? EXIT_DONE : EXIT_NOT_ACHIEVED;
}
