import type { Family } from '../../model/address.ts';

/** What is asked of a Mac, each with its arguments: here by the probes, elsewhere by a printed script. */
export const IFCONFIG = ['ifconfig', '-a'] as const;
export const ROUTE_TABLES = {
  ipv4: ['netstat', '-rn', '-f', 'inet'],
  ipv6: ['netstat', '-rn', '-f', 'inet6'],
} as const satisfies Record<Family, readonly [string, ...string[]]>;
export const PROCESSES = ['ps', '-axww', '-o', 'pid=,comm='] as const;

/** The kernel's own look-up. @param scope the interface by which it has to leave; null for whichever */
export const routeGet = (family: Family, scope: string | null, to: string): [string, ...string[]] => [
  ...(['route', '-n', 'get', family === 'ipv4' ? '-inet' : '-inet6'] as const),
  ...(scope === null ? [] : ['-ifscope', scope]),
  to,
];

/** pf's state, and what of it is read where it is on. Without -v only the outermost anchors are told. */
export const PF = {
  info: ['pfctl', '-s', 'info'],
  anchors: ['pfctl', '-v', '-s', 'Anchors'],
  interfaces: ['pfctl', '-v', '-s', 'Interfaces'],
} as const;
/** @param anchor empty for the main ruleset */
export const pfRules = (anchor: string, part: 'rules' | 'nat'): [string, ...string[]] => [
  'pfctl',
  ...(anchor === '' ? [] : ['-a', anchor]),
  ...['-s', part],
];
export const pfTable = (anchor: string, name: string): [string, ...string[]] => [
  'pfctl',
  ...(anchor === '' ? [] : ['-a', anchor]),
  ...['-t', name, '-T', 'show'],
];
