/**
 * The script for a Mac, run by a real shell. No Mac is to be had here: its tools are stand-ins that print what the
 * fixtures of the probes say, each of which says where its form comes from.
 */
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fromIfconfig } from '../../src/collect/interfaces.ts';
import { lookIn } from '../../src/collect/look.ts';
import { lookScript, unixScript } from '../../src/collect/script.ts';
import { parseTranscript } from '../../src/collect/transcript.ts';
import type { Evidence } from '../../src/model/evidence.ts';
import { parseTarget } from '../../src/model/target.ts';
import { addresses } from '../../src/probes/addresses.ts';
import { firewall } from '../../src/probes/firewall.ts';
import { listeners } from '../../src/probes/listeners.ts';
import { routes } from '../../src/probes/routes.ts';
import { here } from '../probes/fake-ports.ts';
import { fixtures, type Mac, mac, portsOf } from '../probes/macos/recorded.ts';

const TARGET = parseTarget('https://[2001:db8:7::2]');
const ASKED = { vantage: 'server', whoami: [] } as const;

/** Prints what the file with the command's name holds; `rc` beside it is the exit code. */
const STAND_IN = `#!/bin/sh
for each in "$0.d"/*/; do
  [ "$(cat "$each/args")" = "$*" ] || continue
  cat "$each/out"
  cat "$each/err" >&2
  exit "$(cat "$each/rc")"
done
exit 64
`;

/** A folder of programs that print what this Mac's do; the others are this machine's. */
async function programs(of: Mac): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'reach4-mac-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const interfaces = [...new Set(of.interfaces.map((each) => each.interface))].join(' ');
  const also: Mac['commands'] = new Map([
    ['uname -s', { exitCode: 0, stdout: 'Darwin\n', stderr: '' }],
    ['uname -r', { exitCode: 0, stdout: '24.5.0\n', stderr: '' }],
    ['id -u', { exitCode: 0, stdout: of.isRoot ? '0\n' : '501\n', stderr: '' }],
    ['ifconfig -l', { exitCode: 0, stdout: `${interfaces}\n`, stderr: '' }],
  ]);
  for (const [index, [command, printed]] of [...of.commands, ...also].entries()) {
    const [file = '', ...args] = command.split(' ');
    const place = join(folder, `${file}.d`, `${index}`);
    await mkdir(place, { recursive: true });
    await writeFile(join(place, 'args'), args.join(' '));
    await writeFile(join(place, 'out'), printed.stdout);
    await writeFile(join(place, 'err'), printed.stderr);
    await writeFile(join(place, 'rc'), `${printed.exitCode}`);
    await writeFile(join(folder, file), STAND_IN);
    await chmod(join(folder, file), 0o755);
  }
  return folder;
}

async function looked(of: Mac, script: string): Promise<Evidence[]> {
  const folder = await programs(of);
  // What the fixture hasn't got is not installed there, whatever this machine has.
  const absent = ['netstat', 'lsof', 'ps', 'ifconfig', 'route', 'pfctl', 'socketfilterfw'].filter(
    (name) => ![...of.commands.keys()].some((command) => command.startsWith(`${name} `)),
  );
  const without = absent.reduce(
    (text, name) => text.replace(`command -v "$1"`, `[ "$1" != ${name} ] && command -v "$1"`),
    script,
  );
  const { stdout } = await execa('sh', ['-s'], {
    input: without,
    env: { PATH: `${folder}:${process.env.PATH}` },
  });
  const transcript = parseTranscript(stdout);
  if ('wrong' in transcript) throw new Error(transcript.wrong);
  expect(transcript.complete).toBe(true);
  return lookIn(transcript, TARGET);
}

const withIfconfig = fixtures.filter((name) => mac(name).commands.has('ifconfig -a'));

const seen = (evidence: readonly Evidence[]): unknown[] =>
  evidence.map((item) => [item.probe, item.status === 'ok' ? item.facts : [item.status, item.reason.code]]);

describe('the script for a Mac', () => {
  it.each(withIfconfig)('gives the evidence of the probes themselves: %s', async (name) => {
    const of = mac(name);
    const [system, ...evidence] = await looked(of, lookScript('macos', TARGET, ASKED));
    expect(system).toMatchObject({ facts: { system: 'macos', release: '24.5.0', privileged: of.isRoot } });
    // Node lists the same addresses in another order, by interface.
    const interfaces = fromIfconfig(of.commands.get('ifconfig -a')?.stdout ?? '') ?? [];
    expect(interfaces).toEqual(expect.arrayContaining([...of.interfaces]));
    const ports = portsOf({ ...of, interfaces });
    expect(seen(evidence)).toEqual(
      seen([
        await addresses(ports, here()),
        await routes(ports, here()),
        await listeners(ports, here()),
        await firewall({ port: 443, protocol: 'tcp' }, ports, here()),
      ]),
    );
  });

  it('knows nothing where no tool tells anything', async () => {
    const [without = ''] = fixtures.filter((name) => !withIfconfig.includes(name));
    const [, ...evidence] = await looked(mac(without), lookScript('macos', TARGET, ASKED));
    expect(evidence.map(({ status }) => status)).toEqual(['failed', 'failed', 'failed', 'failed']);
  });

  it('is part of what is sent over SSH, where nobody knows what is there', async () => {
    const of = mac(fixtures[0] ?? '');
    const script = unixScript(TARGET, ASKED);
    expect(seen(await looked(of, script))).toEqual(
      seen(await looked(of, lookScript('macos', TARGET, ASKED))),
    );
    const { stdout } = await execa('sh', ['-s'], { input: script });
    expect(stdout).toContain('= run ss -H');
    expect(stdout).not.toContain('= run ifconfig');
  });

  it('looks the name up in the way of a Mac', async () => {
    // Form: dscacheutil(1), as `dscacheutil -q host -a name localhost` prints it on macOS; with a documentation name.
    const printed =
      'name: home.example.org\nipv6_address: 2001:db8:7::2\n\nname: home.example.org\nip_address: 192.0.2.7\n\n';
    const target = parseTarget('https://home.example.org');
    const base = mac(fixtures[0] ?? '');
    const lookUp = (stdout: string): Mac => ({
      ...base,
      commands: new Map([
        ...base.commands,
        ['dscacheutil -q host -a name home.example.org', { exitCode: 0, stdout, stderr: '' }],
      ]),
    });
    const find = async (stdout: string): Promise<Evidence | undefined> => {
      const folder = await programs(lookUp(stdout));
      const result = await execa('sh', ['-s'], {
        input: lookScript('macos', target, ASKED),
        env: { PATH: `${folder}:${process.env.PATH}` },
      });
      const transcript = parseTranscript(result.stdout);
      if ('wrong' in transcript) throw new Error(transcript.wrong);
      return (await lookIn(transcript, target)).find(({ probe }) => probe === 'os-lookup');
    };
    expect(await find(printed)).toMatchObject({
      facts: { addresses: ['2001:db8:7::2', '192.0.2.7'], hostsFile: [] },
    });
    expect(await find('')).toMatchObject({ status: 'failed', reason: { code: 'unreachable' } });
  });

  it('is a script that shellcheck has nothing to say about', async () => {
    for (const script of [lookScript('macos', TARGET, ASKED), unixScript(TARGET, ASKED)]) {
      await execa('shellcheck', ['--shell=sh', '-'], { input: script });
    }
  });
});
