import type { ManualChange, ManualStep } from '../../model/remedy-offer.ts';
import { asRoot, edit, plainWord } from '../manual.ts';
import { COMMENT, type Dialect, type Fix } from './fix.ts';

/** Every IPv4 address; `any` would mean IPv6 too, and the undo would then take IPv6's own rule away. */
const EVERYBODY = '0.0.0.0/0';

/** Files whose rules come before the user's (ufw-framework(8)). */
const BEFORE = '/etc/ufw/before.rules';

/** ufw keeps its rules itself: nothing is left to do for the next start. */
export const ufw: Dialect = (fix) => {
  const { rule } = fix;
  if (rule.chain.startsWith('ufw-before-')) return isPlainRule(rule.rule) ? beforeUsers(fix) : null;
  // A rule of the user's own comes first or not at all: ufw takes the first that fits.
  const isUsers = rule.chain.startsWith('ufw-user-') && !rule.isPolicy;
  return [step(fix, ...allow(fix, isUsers))];
};

function allow(fix: Fix, first: boolean): [ManualChange, ManualChange] {
  // ufw takes a rule that matches the same for the same rule, and changes or skips it: the interface tells them apart.
  const device = first && fix.path === 'input' ? plainWord(fix.interface) : null;
  const said = `allow ${device === null ? '' : `in on ${device} `}${direction(fix)}`;
  const command = fix.path === 'forward' ? 'ufw route' : 'ufw';
  // `prepend` and not a number: one rule of ufw may be several in the chain, so that positions differ.
  return [
    asRoot(`${command} ${first ? 'prepend ' : ''}${said} comment ${COMMENT}`),
    asRoot(`${command} delete ${said}`),
  ];
}

function direction({ path, protocol, port, to }: Fix): string {
  if (path === 'output') return `out proto ${protocol} from any port ${port} to ${EVERYBODY}`;
  return `proto ${protocol} from ${EVERYBODY} to ${to ?? 'any'} port ${port}`;
}

function beforeUsers(fix: Fix): ManualStep[] {
  const { rule, protocol, port, to } = fix;
  const match =
    fix.path === 'output'
      ? `-p ${protocol} --sport ${port} -m conntrack --ctstate ESTABLISHED`
      : `-p ${protocol}${to === null ? '' : ` -d ${to}`} --dport ${port}`;
  const line = `-A ${rule.chain} ${match} -j ACCEPT`;
  const load = ['ufw reload'];
  return [step(fix, edit(BEFORE, rule.rule, `${line}\n${rule.rule}`, load), edit(BEFORE, line, null, load))];
}

const step = ({ does }: Fix, change: ManualChange, undo: ManualChange): ManualStep => ({
  where: 'server',
  software: 'ufw',
  does,
  change,
  undo,
});

const isPlainRule = (rule: string): boolean =>
  rule.split(' ').every((word) => plainWord(word) !== null || /^-{1,2}\w/u.test(word));
