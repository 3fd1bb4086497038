import type { Command } from 'commander';
import { evidenceFile } from '../../model/evidence-file.ts';
import { parseTarget } from '../../model/target.ts';
import { nodePorts } from '../../ports/node/node-ports.ts';
import { consent } from '../diagnose/consent.ts';
import { addLooks, addPage, type Flags as LookFlags } from '../diagnose/flags.ts';
import { readIpv4 } from '../diagnose/given-ipv4.ts';
import { EXIT_INTERRUPTED } from '../diagnose/interruptible.ts';
import { lookAt } from '../diagnose/look-at.ts';
import { refuseUdpProtocol, refuseUnreachable } from '../diagnose/refusals.ts';
import { readTold } from '../diagnose/told.ts';
import { standardIo } from '../io.ts';
import { outsideVantages } from '../outside-vantages.ts';
import { packageVersion } from '../version.ts';
import { deliver } from './deliver.ts';
import { addElsewhere, collectElsewhere, type ElsewhereFlags, elsewhereOf, scriptFor } from './elsewhere.ts';
import { refuseForeign, writeOut, writeStdout } from './out-file.ts';

interface Flags extends LookFlags, ElsewhereFlags {
  out?: string;
  redact?: true;
}

const EXAMPLES = `
Examples, on the server, best as root:
  reach4 collect https://home.example.org --out server.json
  reach4 collect https://home.example.org --redact > to-show.json
and then elsewhere:
  reach4 diagnose https://home.example.org --evidence server.json
  reach4 diagnose --evidence to-show.json`;

export function addCollect(program: Command, done: (code: number) => void): void {
  const command = program
    .command('collect')
    .description(
      'write what this machine can see of a service into a file, to be judged elsewhere; changes nothing',
    )
    .argument('<target>', 'https://home.example.org, tcp://home.example.org:22, [2001:db8::1]:443 …')
    .option('--out <file>', 'the file to write (default: standard output)')
    .option('--redact', 'replace addresses, names and texts, so that the file can be shown to anybody')
    .addHelpText('after', EXAMPLES);
  addLooks(command.optionsGroup('Who looks, and from where (nobody outside is asked unless named):'));
  addPage(command.optionsGroup("What you read on your router's page:"));
  addElsewhere(command.optionsGroup('A server without Node:'));
  command
    .optionsGroup('More evidence:')
    .option('--ipv4 <address>', "your line's public IPv4 address, if reach4 can't find it or finds another")
    .action(async (target: string, flags: Flags) => done(await collect(target, flags)));
}

async function collect(text: string, flags: Flags): Promise<number> {
  const ports = nodePorts();
  const io = standardIo();
  const target = parseTarget(text);
  refuseUnreachable(target);
  const elsewhere = elsewhereOf(flags);
  refuseUdpProtocol(target, flags.udpProtocol);
  const ipv4 = readIpv4(flags.ipv4);
  const outside = await outsideVantages(flags);
  const told = readTold(flags);
  // Nobody is asked by default, and no question either: it may run where nobody sits.
  const asked = { ...flags, publicServices: flags.publicServices ?? false };
  const { stun, declined: _, ...whoami } = await consent(asked, target, ports, io);
  if (flags.out !== undefined) await refuseForeign(flags.out, ports.files);
  if (flags.script !== undefined) {
    const script = scriptFor(flags.script, target, whoami, flags.from);
    // Written here, it is the same on every system: PowerShell's `>` changes its line ends and letters.
    await (flags.out === undefined ? writeStdout(script) : writeOut(flags.out, script, ports.files));
    return 0;
  }
  if (elsewhere !== null) {
    await deliver(await collectElsewhere(target, flags, whoami, ports.clock), flags, ports, io);
    return 0;
  }

  const layers = { stun, told, elsewhere: [], probeMapping: false };
  const look = { target, ipv4, outside, ...whoami, layers };
  const { result, complete, interrupted } = await lookAt(look, flags, ports, io);
  const file = evidenceFile({ target, ...result }, { at: ports.clock.now(), by: packageVersion(), complete });
  await deliver(file, flags, ports, io);
  return interrupted ? EXIT_INTERRUPTED : 0;
}
