import { type Command, Option } from 'commander';
import { familyOf, isPublic, parseAddress } from '../../model/address.ts';
import { UserError } from '../../model/error.ts';
import { parseTarget } from '../../model/target.ts';
import { nodePorts } from '../../ports/node/node-ports.ts';
import { shellQuoted } from '../../ports/shell.ts';
import { printableJson } from '../../report/printable.ts';
import { diagnosisText } from '../../report/text.ts';
import { standardIo } from '../io.ts';
import { outsideAgents } from '../outside.ts';
import { packageVersion } from '../version.ts';
import { consent } from './consent.ts';
import { readEvidenceFiles } from './evidence-files.ts';
import { gather } from './gather.ts';
import { exitCode, judge } from './judge.ts';
import { keep } from './keep.ts';
import type { DiagnoseOptions } from './options.ts';
import { onTerminal, silent } from './progress.ts';
import { readTold } from './told.ts';

/** Longest diagnosis, milliseconds: everything here has a shorter time-out; above this something hangs. */
const DEADLINE_MS = 40_000;
/** After Ctrl-C what was learnt is shown; the shell's convention for a program ended by SIGINT. */
const EXIT_INTERRUPTED = 130;

interface Flags {
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
  probeMapping?: true;
}

const collect = (value: string, all: string[] = []): string[] => [...all, value];

export function addDiagnose(program: Command, done: (code: number) => void): void {
  program
    .command('diagnose')
    .description('say why a service is not reached over IPv4; changes nothing')
    .argument('<target>', 'https://home.example.org, tcp://home.example.org:22, [2001:db8::1]:443 …')
    .option('--json', 'print the diagnosis as JSON')
    .option(
      '--ipv4 <address>',
      "your line's public IPv4 address, where reach4 can't find it or finds another",
    )
    .option(
      '--whoami <url>',
      'a service that answers with the public address as plain text (repeatable)',
      collect,
    )
    .option(
      '--public-services',
      'let public services and STUN servers see this address (asked for on a terminal)',
    )
    .option('--no-public-services', 'ask no public service')
    .option('--outside <url>', 'a reach4 agent elsewhere that looks from outside (repeatable)', collect)
    .option(
      '--outside-token-file <file>',
      "file with the agent's token (default: REACH4_AGENT_TOKEN, or the agent's file)",
    )
    .addOption(new Option('--from <place>', 'where this runs').choices(['server', 'lan', 'outside']))
    .option(
      '--stun <host:port>',
      'a STUN server that tells the public address and ports (repeatable)',
      collect,
    )
    .option(
      '--wan-ipv4 <address>',
      "the address that the router's page shows for its internet connection, or none",
    )
    .option(
      '--forward <ext:host:port>',
      "a port forward that the router's page shows, or none (repeatable)",
      collect,
    )
    .addOption(
      new Option(
        '--router-firewall <state>',
        "whether the router's page shows a rule against the port, besides the forward",
      ).choices(['open', 'blocks']),
    )
    .option(
      '--box-in-front <state>',
      'another router in front of yours: none, blocks (it forwards nothing to yours), or, where it forwards the port, the address of its own internet connection',
    )
    .option('--evidence <file>', 'what `diagnose --json` printed on another machine (repeatable)', collect)
    .option('--probe-mapping', 'let one mapping be opened on the router for at most 60 s, to try the way in')
    .action(async (target: string, flags: Flags) => done(await diagnose(target, flags)));
}

async function diagnose(text: string, flags: Flags): Promise<number> {
  const ports = nodePorts();
  const io = standardIo();
  const target = parseTarget(text);
  const ipv4 = readIpv4(flags.ipv4);
  const outside = await outsideAgents(flags);
  const told = readTold(flags);
  const labels = outside.map(({ label }) => label);
  const elsewhere = await readEvidenceFiles(flags.evidence ?? [], target, labels);
  const { stun, ...whoami } = await consent(flags, target, ports, io);

  const interrupt = new AbortController();
  const onInterrupt = (): void => interrupt.abort();
  // Not `once`: the progress lines' library ends the process where it finds no other listener.
  process.on('SIGINT', onInterrupt);
  const progress = process.stderr.isTTY ? onTerminal(process.stderr) : silent;
  const announce = (sentence: string): void => {
    progress.clear();
    io.err(`${sentence}\n`);
  };
  const probeMapping = flags.probeMapping === true;
  const layers = { stun, told, elsewhere, probeMapping, announce };
  const options: DiagnoseOptions = { target, ipv4, outside, from: flags.from ?? null, ...whoami, layers };
  try {
    const signal = AbortSignal.any([interrupt.signal, AbortSignal.timeout(DEADLINE_MS)]);
    const gathered = await gather(options, ports, progress, signal);
    progress.clear();
    const made = { at: ports.clock.now(), by: packageVersion(), complete: !signal.aborted };
    const diagnosis = judge({ target, ...gathered, flags: repeated(flags) }, made);
    // What an interruption left is shown, but doesn't replace the last whole diagnosis.
    if (diagnosis.complete) await keep(diagnosis, ports, io);
    io.out(flags.json === true ? printableJson(diagnosis) : diagnosisText(diagnosis, io.page));
    return interrupt.signal.aborted ? EXIT_INTERRUPTED : exitCode(diagnosis);
  } finally {
    progress.clear();
    process.removeListener('SIGINT', onInterrupt);
  }
}

/** The flags that say what was seen and from where, for the next command. */
function repeated({
  ipv4,
  whoami = [],
  publicServices,
  outside = [],
  outsideTokenFile,
  from,
  stun = [],
  wanIpv4,
  forward = [],
  routerFirewall,
  boxInFront,
  evidence = [],
  probeMapping,
}: Flags): string {
  const words = [
    ...(from === undefined ? [] : ['--from', from]),
    ...(ipv4 === undefined ? [] : ['--ipv4', ipv4]),
    ...whoami.flatMap((url) => ['--whoami', url]),
    ...(publicServices === true ? ['--public-services'] : []),
    ...outside.flatMap((url) => ['--outside', url]),
    ...(outsideTokenFile === undefined ? [] : ['--outside-token-file', outsideTokenFile]),
    ...stun.flatMap((server) => ['--stun', server]),
    ...(wanIpv4 === undefined ? [] : ['--wan-ipv4', wanIpv4]),
    ...forward.flatMap((each) => ['--forward', each]),
    ...(routerFirewall === undefined ? [] : ['--router-firewall', routerFirewall]),
    ...(boxInFront === undefined ? [] : ['--box-in-front', boxInFront]),
    ...evidence.flatMap((file) => ['--evidence', file]),
    ...(probeMapping === true ? ['--probe-mapping'] : []),
  ];
  return words.map((word) => ` ${shellQuoted(word)}`).join('');
}

function readIpv4(text: string | undefined): string | null {
  if (text === undefined) return null;
  const address = parseAddress(text);
  if (address === null || familyOf(address) !== 'ipv4') {
    throw new UserError(`--ipv4 "${text}" is no IPv4 address; expected four numbers, such as 81.2.69.142.`);
  }
  if (!isPublic(address)) {
    throw new UserError(
      `--ipv4 ${address} isn't a public address, so nobody outside could use it; expected the address that the internet sees.`,
    );
  }
  return address;
}
