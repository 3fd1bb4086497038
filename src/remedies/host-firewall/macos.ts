import type { ManualStep } from '../../model/remedy-offer.ts';
import { quotedFor } from '../../model/shell.ts';
import { asRoot, edit, plainWord, written } from '../manual.ts';
import { COMMENT, type Dialect, type Fix } from './fix.ts';

const PROGRAM = '/usr/libexec/ApplicationFirewall/socketfilterfw';
const SOFTWARE = "macOS's application firewall";

const BLOCKS_ALL = 'Block all incoming connections';
const BLOCKS = / \(Block incoming connections\)$/u;

/**
 * `socketfilterfw -h`: --setblockall, --blockapp and --unblockapp. It judges by program, whatever the port and the family.
 * On Macs that are managed it changes nothing: see `managed`.
 */
export const applicationFirewall: Dialect = ({ rule, path }) => {
  if (path !== 'input') return null;
  if (rule.rule === BLOCKS_ALL) {
    return [
      {
        where: 'server',
        software: SOFTWARE,
        does: 'stops blocking everything: each program is let in or kept out by the rule of its own',
        change: asRoot(`${PROGRAM} --setblockall off`),
        undo: asRoot(`${PROGRAM} --setblockall on`),
      },
    ];
  }
  const program = BLOCKS.test(rule.rule) ? quotedFor('sh', rule.rule.replace(BLOCKS, '')) : null;
  return program?.replace(/^'/u, '').startsWith('/') === true
    ? [
        {
          where: 'server',
          software: SOFTWARE,
          does: 'lets connections in to the program',
          change: asRoot(`${PROGRAM} --unblockapp ${program}`),
          undo: asRoot(`${PROGRAM} --blockapp ${program}`),
        },
      ]
    : null;
};

/** A program that the firewall has no rule for: PATH is for the reader to fill in. */
export const addedToApplicationFirewall: ManualStep = {
  where: 'server',
  software: SOFTWARE,
  does: 'lets connections in to the program; PATH is where it lies (`ps -axo pid,comm` shows it)',
  change: asRoot(`${PROGRAM} --add PATH`, `${PROGRAM} --unblockapp PATH`),
  undo: asRoot(`${PROGRAM} --remove PATH`),
};

/** A configuration profile owns the settings: the command says so and does nothing (Apple, Firewall payload). */
export const macosManaged: Dialect = ({ rule }) => [
  {
    where: 'server',
    software: SOFTWARE,
    does: 'asks for the change, where the settings are managed',
    change: {
      kind: 'message',
      to: 'whoever manages this Mac',
      text: `The application firewall of this Mac keeps connections from a server program: "${rule.rule}". Please let them in, in the configuration profile that the Mac gets its firewall settings from.`,
    },
    undo: null,
  },
];

/** The main ruleset, loaded at every start (pf.conf(5) and com.apple.pfctl). */
const FILE = '/etc/pf.conf';
/** The main ruleset calls com.apple/*, in alphabetical order (pf.conf(5), ANCHORS): this one comes first. */
const ANCHOR = 'com.apple/000.reach4';
const ANCHOR_FILE = '/etc/pf.anchors/reach4';

/** `quick` ends the walk: nothing behind it decides any more. `inet`: IPv4 alone (pf.conf(5)). */
export const pf: Dialect = (fix) => {
  const { rule, path, does } = fix;
  if (path === 'forward') return null;
  const line = passes(fix);
  const step = (what: string, change: ManualStep['change'], undo: ManualStep['undo']): ManualStep => ({
    where: 'server',
    software: 'pf',
    does: what,
    change,
    undo,
  });
  if (rule.chain === '') {
    const load = [`pfctl -n -f ${FILE}`, `pfctl -f ${FILE}`];
    return [
      step(
        `${does}, now and after a restart; the line may be written otherwise in the file than pfctl shows it`,
        edit(FILE, rule.rule, `${line}\n${rule.rule}`, load),
        edit(FILE, line, null, load),
      ),
    ];
  }
  // What another anchor decides by `quick` may come before ours.
  if (!rule.chain.startsWith('com.apple/') && / quick /u.test(rule.rule)) return null;
  if (plainWord(rule.chain) === null) return null;
  const loads = `load anchor "${ANCHOR}" from "${ANCHOR_FILE}"`;
  return [
    step(
      does,
      asRoot(written(ANCHOR_FILE, [line]), `pfctl -a ${ANCHOR} -f ${ANCHOR_FILE}`),
      asRoot(`pfctl -a ${ANCHOR} -F rules`, `rm ${ANCHOR_FILE}`),
    ),
    step(
      'keeps it over a restart; an update of macOS may write the file anew',
      edit(FILE, null, loads, [`pfctl -n -f ${FILE}`]),
      edit(FILE, loads, null, [`pfctl -n -f ${FILE}`]),
    ),
  ];
};

function passes({ path, protocol, port }: Fix): string {
  const label = `label "${COMMENT}"`;
  return path === 'output'
    ? `pass out quick inet proto ${protocol} from any port ${port} to any ${label}`
    : `pass in quick inet proto ${protocol} from any to any port ${port} ${label}`;
}
