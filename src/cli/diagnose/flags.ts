import { type Command, Option } from 'commander';
import { type UdpProtocol, udpProtocolSchema } from '../../model/facts/udp.ts';
import { shellQuoted } from '../../model/shell.ts';
import { collect } from '../repeatable.ts';

/** As commander gives them. */
export interface Flags {
  json?: true;
  ipv4?: string;
  whoami?: string[];
  publicServices?: boolean;
  outside?: string[];
  outsideTokenFile?: string;
  from?: 'server' | 'lan' | 'outside';
  stun?: string[];
  wanIpv4?: string;
  forward?: string[];
  routerFirewall?: 'open' | 'blocks';
  boxInFront?: string;
  evidence?: string[];
  offline?: true;
  probeMapping?: true;
  udpProtocol?: UdpProtocol;
}

/** Shown below the flags. */
export const EXAMPLES = `
Examples, on the server itself, best as root:
  reach4 diagnose https://home.example.org
  reach4 diagnose tcp://home.example.org:25565 --public-services
  reach4 diagnose https://home.example.org --outside ssh://me@vps.example.net`;

/** The flags of `diagnose`, in groups. */
export function addFlags(command: Command): Command {
  addLooks(command.optionsGroup('Who looks, and from where:'));
  addPage(command.optionsGroup("What you read on your router's page:"));
  return addMore(command.optionsGroup('More evidence:'));
}

export const addLooks = (command: Command): Command =>
  command
    .option(
      '--outside <place>',
      'who looks from outside: the URL of a `reach4 agent`, ssh://user@host or ssh:NAME for any machine with a shell, globalping, or none (repeatable)',
      collect,
    )
    .option(
      '--outside-token-file <file>',
      "file with the agent's token (default: REACH4_AGENT_TOKEN, or the agent's file)",
    )
    .option(
      '--public-services',
      'let public services and STUN servers see this address (asked for on a terminal)',
    )
    .option('--no-public-services', 'ask none of them')
    .option(
      '--whoami <url>',
      'a service of your choice that answers with the public address as plain text (repeatable)',
      collect,
    )
    .option(
      '--stun <host:port>',
      'a STUN server of your choice that tells the public address and ports (repeatable)',
      collect,
    )
    .addOption(
      new Option(
        '--udp-protocol <name>',
        "what a udp:// target speaks, if it isn't what is usual on its port",
      ).choices(udpProtocolSchema.options),
    )
    .addOption(
      new Option('--from <place>', "where this runs, if it can't be told").choices([
        'server',
        'lan',
        'outside',
      ]),
    );

export const addPage = (command: Command): Command =>
  command
    .option('--wan-ipv4 <address>', 'the address of its internet connection, or none')
    .option(
      '--forward <ext:host:port>',
      'a port forward, such as 443:192.168.1.10:443, or none (repeatable)',
      collect,
    )
    .addOption(
      new Option(
        '--router-firewall <state>',
        'whether its firewall has a rule that blocks the port, besides the forward',
      ).choices(['open', 'blocks']),
    )
    .option(
      '--box-in-front <state>',
      'another router in front of yours: none, blocks (it forwards nothing to yours), or, where it forwards the port, the address of its own internet connection',
    );

const addMore = (command: Command): Command =>
  command
    .option('--ipv4 <address>', "your line's public IPv4 address, if reach4 can't find it or finds another")
    .option(
      '--evidence <file>',
      'what `collect` or `diagnose --json` wrote on another machine, or the script of `collect --script` printed there (repeatable); without a target, that of the files, and nothing is looked at from here',
      collect,
    )
    .option('--offline', 'judge the files of --evidence alone: nothing is looked at from here')
    .option(
      '--probe-mapping',
      'let one port forward be opened on the router for at most 60 s, to try the way in (needs a look from outside)',
    );

/** The flags that say what was seen and from where, for the next command. */
export const repeated = (flags: Flags): string => shellFlags([...placeFlags(flags), ...wordFlags(flags)]);

/** Those that are as true after a change as before it. */
export const lasting = (flags: Flags): string => shellFlags(placeFlags(flags));

const shellFlags = (words: readonly string[]): string =>
  words.map((word) => ` ${shellQuoted(word)}`).join('');

/** Who looks from where. */
const placeFlags = ({
  from,
  whoami = [],
  publicServices,
  outside = [],
  outsideTokenFile,
  stun = [],
  udpProtocol,
}: Flags) => [
  ...(udpProtocol === undefined ? [] : ['--udp-protocol', udpProtocol]),
  ...(from === undefined ? [] : ['--from', from]),
  ...whoami.flatMap((url) => ['--whoami', url]),
  ...(publicServices === true ? ['--public-services'] : []),
  ...outside.flatMap((url) => ['--outside', url]),
  ...(outsideTokenFile === undefined ? [] : ['--outside-token-file', outsideTokenFile]),
  ...stun.flatMap((server) => ['--stun', server]),
];

/** What was seen or read before, and may be otherwise after a change. */
const wordFlags = ({
  ipv4,
  wanIpv4,
  forward = [],
  routerFirewall,
  boxInFront,
  evidence = [],
  probeMapping,
}: Flags) => [
  ...(ipv4 === undefined ? [] : ['--ipv4', ipv4]),
  ...(wanIpv4 === undefined ? [] : ['--wan-ipv4', wanIpv4]),
  ...forward.flatMap((each) => ['--forward', each]),
  ...(routerFirewall === undefined ? [] : ['--router-firewall', routerFirewall]),
  ...(boxInFront === undefined ? [] : ['--box-in-front', boxInFront]),
  ...evidence.flatMap((file) => ['--evidence', file]),
  ...(probeMapping === true ? ['--probe-mapping'] : []),
];
