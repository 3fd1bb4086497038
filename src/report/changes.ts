import type { ManualChange, ManualStep } from '../model/remedy-offer.ts';
import type { Shell } from '../model/shell.ts';
import { commandLines } from './command.ts';
import { block, columns, fits, type Page } from './page.ts';

const WHERE: Readonly<Record<ManualStep['where'], string>> = {
  server: 'on this server',
  router: 'on the router',
  'outer-router': 'on the outer router',
  dns: 'where the name is managed',
  provider: 'to the provider',
  outside: 'on a machine elsewhere',
  'lan-client': 'on a machine in the home network',
};

const INDENT = 5;
const DEEPER = INDENT + 4;

/** Where a step is done, by what, and what it does. */
export function stepHead({ where, does, software, change }: ManualStep, page: Page): string {
  if (change.kind === 'message') return block(page, `to ${change.to}: ${does}`, INDENT, INDENT + 2);
  // "Your router" says no more than the place does.
  const by = does.includes(software) || software.startsWith('your ') ? '' : `, ${software}`;
  return block(page, `${WHERE[where]}${by}${asRoot(change)}: ${does}`, INDENT, INDENT + 2);
}

/** One step by hand, exactly as it is to be typed or set, and what takes it back. */
export const stepLines = (step: ManualStep, page: Page): string[] => [
  stepHead(step, page),
  ...changeLines(step.change, page),
  ...(step.undo === null
    ? []
    : [block(page, `undo${asRoot(step.undo)}:`, INDENT, INDENT + 2), ...changeLines(step.undo, page)]),
];

/** The text, as it can be sent. */
export const messageLines = ({ text }: Message, page: Page): string[] =>
  text.split('\n').map((line) => (line.trim() === '' ? '' : block(page, line, DEEPER, DEEPER)));

type Message = Extract<ManualChange, { kind: 'message' }>;

/** Where commands are typed, and with which rights. */
const TYPED: Readonly<Record<Shell, { readonly root: string; readonly user: string }>> = {
  sh: { root: ', as root', user: '' },
  powershell: { root: ', in an elevated PowerShell', user: ', in PowerShell' },
  cmd: { root: ', in an elevated command prompt', user: ', in a command prompt' },
};

function asRoot(change: ManualChange): string {
  if (!('root' in change)) return '';
  // A file of Windows is changed in an editor.
  if (change.kind === 'edit' && change.shell !== 'sh') return change.root ? ', as an administrator' : '';
  return TYPED[change.shell][change.root ? 'root' : 'user'];
}

function changeLines(change: ManualChange, page: Page): string[] {
  switch (change.kind) {
    case 'commands':
      return change.commands.flatMap((command) => commandLines(page, command, DEEPER, change.shell));
    case 'edit':
      return [
        block(
          page,
          /^the /u.test(change.file) ? `in ${change.file}` : `in the file ${change.file}`,
          DEEPER - 2,
          DEEPER,
        ),
        ...change.edits.flatMap(({ find, replace }) => [...quoted('- ', find), ...quoted('+ ', replace)]),
        ...(change.load.length === 0
          ? []
          : [
              block(page, 'then', DEEPER - 2, DEEPER),
              ...change.load.flatMap((command) => commandLines(page, command, DEEPER, change.shell)),
            ]),
      ];
    case 'form': {
      const rows = columns(change.fields.map(({ field, value }) => [`${field}:`, value])).map(
        (line) => `${' '.repeat(DEEPER)}${line}`,
      );
      return [
        block(page, `in the form "${change.form}"`, DEEPER - 2, DEEPER),
        ...(rows.every((line) => fits(page, line))
          ? rows
          : change.fields.map(({ field, value }) => block(page, `${field}: ${value}`, DEEPER, DEEPER + 2))),
      ];
    }
    case 'message':
      return messageLines(change, page);
  }
}

/** Lines of a file stay as they are: they are copied. */
const quoted = (mark: string, text: string | null): string[] =>
  text === null ? [] : text.split('\n').map((line) => `${' '.repeat(DEEPER)}${mark}${line}`.trimEnd());
