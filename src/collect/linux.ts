import { IP_ADDRESSES } from '../probes/addresses.ts';
import { COMMANDS, FORWARDING, LEGACY_TABLES, routeCommand } from '../probes/firewall/commands.ts';
import { THREAD_NAMES } from '../probes/listeners/named.ts';
import { NETSTAT_ARGS } from '../probes/listeners/netstat.ts';
import { DOCKER_PS, DOCKER_SOCKET, LIST_SOCKETS } from '../probes/listeners/owner.ts';
import { LIST_FILES, PROC_TABLES } from '../probes/listeners/proc.ts';
import { SS_ARGS } from '../probes/listeners/ss.ts';
import { BINDV6ONLY } from '../probes/listeners.ts';
import { IP_ROUTES, ipReply } from '../probes/routes.ts';
import { firstWord, LINK_ADDRESSES, SAYS } from './commands.ts';
import { type Part, run, typed } from './frame.ts';

/** Own addresses asked about, and processes: a host with more of either has the interesting ones first. */
const MAX_ASKED = 64;
const MAX_PROCESSES = 256;

const SS = ['ss', ...SS_ARGS];
const NETSTAT = ['netstat', ...NETSTAT_ARGS];

/** A command whose last word is the loop's. */
const runEach = (command: readonly string[], variable: string): string =>
  `${run(command.slice(0, -1))} "${variable}"`;

const replies = (family: 'ipv4' | 'ipv6'): string =>
  `for own in $(addresses ${family === 'ipv4' ? '-4' : '-6'}); do ${runEach(['ip', ...ipReply(family, '')], '$own')}; done`;

/** What a Linux knows of itself. */
export const LINUX: readonly Part[] = [
  {
    remark: 'When it is, what kind of machine this is, and who looks.',
    lines: [SAYS.time, SAYS.system, SAYS.release, SAYS.user].map(run),
  },
  {
    remark: 'Its addresses, and by which way it sends.',
    lines: [
      run(['ip', ...IP_ADDRESSES]),
      run(LINK_ADDRESSES.json),
      run(LINK_ADDRESSES.text),
      ...[IP_ROUTES.ipv4, IP_ROUTES.ipv6, IP_ROUTES.links].map((args) => run(['ip', ...args])),
    ],
  },
  {
    remark: 'By which way replies from each of its addresses leave. (The kernel is asked; nothing is sent.)',
    lines: [
      `addresses() { ip -o "$1" addr 2>/dev/null | sed -n 's/.* inet6* \\([0-9a-f.:]*\\).*/\\1/p' | grep -v -e '^127\\.' -e '^::1$' -e '^fe80:' | head -n ${MAX_ASKED}; }`,
      replies('ipv4'),
      replies('ipv6'),
    ],
  },
  {
    remark: "What listens; where neither ss nor netstat is there, from the kernel's own tables.",
    lines: [
      `pids() { tr ' ' '\\n' | tr , '\\n' | sed -n -e 's/^pid=\\([0-9][0-9]*\\).*/\\1/p' -e 's/^\\([0-9][0-9]*\\)\\/.*/\\1/p' | sort -u | head -n ${MAX_PROCESSES}; }`,
      `if ${run(SS)}; then processes=$(${typed(SS)} 2>/dev/null | pids)`,
      `elif ${run(NETSTAT)}; then processes=$(${typed(NETSTAT)} 2>/dev/null | pids)`,
      'else',
      ...PROC_TABLES.map(([, path]) => `  ${run(['cat', path])}`),
      `  ${run(SAYS.byteOrder)}`,
      `  ${run(LIST_FILES)}`,
      `  processes=$(cd /proc && echo [0-9]* | tr ' ' '\\n' | head -n ${MAX_PROCESSES})`,
      'fi',
      run(['cat', BINDV6ONLY]),
    ],
  },
  {
    remark:
      'Whose each of these processes is: its unit or container, its name, and the first word of its command.',
    lines: [
      'for process in $processes; do',
      `  ${runEach(['cat', ''], '/proc/$process/cgroup')}`,
      `  ${runEach(['cat', ''], '/proc/$process/comm')}`,
      `  case $(cat "/proc/$process/comm" 2>/dev/null) in ${THREAD_NAMES.join(' | ')})`,
      `    ${runEach(firstWord(''), '/proc/$process/cmdline')} ;;`,
      '  esac',
      'done',
      run(['systemctl', ...LIST_SOCKETS]),
      `${run(['test', '-e', DOCKER_SOCKET])} && ${run(['docker', ...DOCKER_PS])}`,
    ],
  },
  {
    remark: "The firewall's rules, by whichever tools are there.",
    lines: [
      run(COMMANDS.nftJson),
      run(COMMANDS.nftText),
      ...[COMMANDS.nftSave, COMMANDS.legacySave, COMMANDS.save].flatMap(({ ipv4, ipv6 }) => [
        run(ipv4),
        run(ipv6),
      ]),
      run(COMMANDS.ipset),
      ...[LEGACY_TABLES, FORWARDING].flatMap(({ ipv4, ipv6 }) => [run(['cat', ipv4]), run(['cat', ipv6])]),
    ],
  },
  {
    remark: 'By which way packets leave that these rules lead elsewhere, as to a container.',
    lines: [
      "led_to() { grep -e dnat -e DNAT | tr -c '0-9a-f.:\\n' '\\n' | sed -e 's/^\\([0-9]*\\.[0-9.]*\\):.*/\\1/' | grep -e '^[0-9][0-9]*\\.[0-9.]*$' -e '^[0-9a-f][0-9a-f:]*::*[0-9a-f:]*$' | sort -u | head -n " +
        `${MAX_ASKED}; }`,
      `for to in $({ ${typed(COMMANDS.nftText)}; ${typed(COMMANDS.save.ipv4)}; ${typed(COMMANDS.save.ipv6)}; } 2>/dev/null | led_to); do ${runEach(routeCommand(''), '$to')}; done`,
    ],
  },
];
