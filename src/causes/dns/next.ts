import type { Next } from '../../model/diagnosis.ts';
import { hostPort, type Target } from '../../model/target.ts';

const again = (target: Target): string => `reach4 diagnose ${target.input}`;

/** Asks an agent elsewhere to look: settles what no test from inside can. */
export const lookFromOutside = (target: Target): Next => ({
  code: 'look-from-outside',
  command: `${again(target)} --outside http://${hostPort('AGENT', 4460)}`,
  runOn: 'server',
});

/** Lets a public service tell the line's address. */
export const allowPublicServices = (target: Target): Next => ({
  code: 'allow-public-services',
  command: `${again(target)} --public-services`,
  runOn: 'server',
});

export const giveIpv4 = (target: Target): Next => ({
  code: 'give-ipv4',
  command: `${again(target)} --ipv4 ADDRESS`,
  runOn: 'server',
});

export const sayWhereThisRuns = (target: Target): Next => ({
  code: 'say-where-this-runs',
  command: `${again(target)} --from server`,
  runOn: 'server',
});

/** Follows the delegation from the root, past every cache. */
export const askAuthority = (name: string): Next => ({
  code: 'ask-authority',
  command: `dig +trace ${name} A`,
  runOn: 'anywhere',
});

export const repeatLater = (target: Target): Next => ({
  code: 'repeat',
  command: again(target),
  runOn: 'anywhere',
});

export const waitForCaches = (target: Target): Next => ({
  code: 'wait-for-caches',
  command: again(target),
  runOn: 'anywhere',
});
