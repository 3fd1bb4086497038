import type { Next } from '../../model/diagnosis.ts';
import { hostPort } from '../../model/target.ts';
import type { Case } from '../../model/view/case.ts';

const again = ({ target, flags = '' }: Case): string => `reach4 diagnose ${target.input}${flags}`;

/** Asks an agent elsewhere to look: settles what no test from inside can. */
export const lookFromOutside = (the: Case): Next => ({
  code: 'look-from-outside',
  command: `${again(the)} --outside http://${hostPort('AGENT', 4460)}`,
  runOn: 'server',
});

/** Lets a public service tell the line's address. */
export const allowPublicServices = (the: Case): Next => ({
  code: 'allow-public-services',
  command: `${again(the)} --public-services`,
  runOn: 'server',
});

export const giveIpv4 = (the: Case): Next => ({
  code: 'give-ipv4',
  command: `${again(the)} --ipv4 ADDRESS`,
  runOn: 'server',
});

export const sayWhereThisRuns = (the: Case): Next => ({
  code: 'say-where-this-runs',
  command: `${again(the)} --from server`,
  runOn: 'server',
});

/** Follows the delegation from the root, past every cache. */
export const askAuthority = (name: string): Next => ({
  code: 'ask-authority',
  command: `dig +trace ${name} A`,
  runOn: 'anywhere',
});

export const repeatLater = (the: Case): Next => ({
  code: 'repeat',
  command: again(the),
  runOn: 'anywhere',
});

export const waitForCaches = (the: Case): Next => ({
  code: 'wait-for-caches',
  command: again(the),
  runOn: 'anywhere',
});
