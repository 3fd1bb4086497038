import type { Family } from '../model/address.ts';
import { SOCKETFILTERFW_ARGS } from '../probes/macos/application-firewall.ts';
import {
  IFCONFIG,
  PF,
  PROCESSES,
  pfRules,
  pfTable,
  ROUTE_TABLES,
  routeGet,
} from '../probes/macos/commands.ts';
import { LSOF_ARGS } from '../probes/macos/lsof.ts';
import { netstatArgs } from '../probes/macos/netstat.ts';
import { OUTSIDE } from '../probes/routes.ts';
import { SAYS } from './commands.ts';
import { type Part, run, typed } from './frame.ts';

/** Anchors and tables that are read; as many as the probe reads. */
const MAX_ANCHORS = 64;
const MAX_TABLES = 32;

/** A word of a command that is the loop's: it can't be in any of them. */
const LOOP = '@@';
/** A line in which that word is a variable. */
const runEach = (command: readonly string[], variable: string): string =>
  run(command).replace(`'${LOOP}'`, LOOP).replace(LOOP, `"${variable}"`);

const ways = (family: Family): string[] => [
  run(routeGet(family, null, OUTSIDE[family])),
  `for each in $(ifconfig -l); do ${runEach(routeGet(family, LOOP, OUTSIDE[family]), '$each')}; done`,
];

/** What a Mac knows of itself. */
export const MACOS: readonly Part[] = [
  {
    remark: 'When it is, what kind of machine this is, and who looks.',
    lines: [
      // Over SSH, PATH lacks the first two; nobody's PATH has the third.
      'PATH=$PATH:/usr/libexec/ApplicationFirewall',
      ...[SAYS.time, SAYS.system, SAYS.release, SAYS.user].map(run),
    ],
  },
  {
    remark: 'Its addresses and routes. (The kernel is asked; nothing is sent.)',
    lines: [run(IFCONFIG), run(ROUTE_TABLES.ipv4), run(ROUTE_TABLES.ipv6), ...ways('ipv4'), ...ways('ipv6')],
  },
  {
    remark: 'What listens, and whose it is.',
    lines: [
      run(['netstat', ...netstatArgs('tcp')]),
      run(['netstat', ...netstatArgs('udp')]),
      run(['lsof', ...LSOF_ARGS]),
      run(PROCESSES),
    ],
  },
  {
    remark:
      "The application firewall, and pf's rules where it is switched on: in each anchor, and the tables that they name.",
    lines: [
      run(['socketfilterfw', ...SOCKETFILTERFW_ARGS]),
      run(PF.info),
      `tables() { tr ' ' '\\n' | sed -n 's/^[!{]*<\\([A-Za-z0-9_.-]*\\)>.*/\\1/p' | sort -u | head -n ${MAX_TABLES}; }`,
      `if ${typed(PF.info)} 2>/dev/null | grep -q '^Status: Enabled'; then`,
      ...[pfRules('', 'rules'), pfRules('', 'nat'), PF.anchors, PF.interfaces, ['cat', '/etc/services']].map(
        (command) => `  ${run(command)}`,
      ),
      `  for table in $({ ${typed(pfRules('', 'rules'))}; ${typed(pfRules('', 'nat'))}; } 2>/dev/null | tables); do ${runEach(pfTable('', LOOP), '$table')}; done`,
      `  ${typed(PF.anchors)} 2>/dev/null | sed 's/^ *//' | head -n ${MAX_ANCHORS} | while IFS= read -r anchor; do`,
      `    ${runEach(pfRules(LOOP, 'rules'), '$anchor')}`,
      `    ${runEach(pfRules(LOOP, 'nat'), '$anchor')}`,
      `    for table in $({ pfctl -a "$anchor" -s rules; pfctl -a "$anchor" -s nat; } 2>/dev/null | tables); do`,
      `      ${runEach(['pfctl', '-a', LOOP, ...pfTable('', '@').slice(1)], '$anchor').replace('-t @', '-t "$table"')}`,
      `      ${runEach(pfTable('', LOOP), '$table')}`,
      '    done',
      '  done',
      'fi',
    ],
  },
];
