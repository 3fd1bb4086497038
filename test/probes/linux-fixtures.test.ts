import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../src/model/evidence.ts';
import type { ListeningSocket } from '../../src/model/facts/host.ts';
import { firewall } from '../../src/probes/firewall.ts';
import { listeners } from '../../src/probes/listeners.ts';
import { captured } from './captured.ts';
import { fakePorts, here } from './fake-ports.ts';
import { lines, recordedPorts, recording } from './firewall/recorded.ts';

interface Result {
  readonly exitCode: number;
  readonly stdout: string;
}

const seenBy = (tool: 'ss' | 'netstat', { exitCode, stdout }: Result): Promise<Evidence> =>
  listeners(
    fakePorts({
      exec: { run: async (file) => (file === tool ? { exitCode, stdout, stderr: '' } : null) },
      files: { read: async () => null, exists: async () => false },
    }),
    here(),
  );

async function sockets(tool: 'ss' | 'netstat', file: string): Promise<readonly ListeningSocket[]> {
  const item = await seenBy(tool, { exitCode: 0, stdout: captured(`listeners/${file}`) });
  if (item.probe !== 'listeners' || item.status !== 'ok') throw new Error(JSON.stringify(item));
  return item.facts.sockets;
}

const told = ({ protocol, family, address, port }: ListeningSocket): string =>
  `${protocol} ${family} ${address ?? '*'} ${port}`;

const EVERYTHING = [
  'tcp ipv4 * 1001',
  'tcp ipv6 * 1002',
  'tcp ipv6 * 1003',
  'tcp ipv4 127.0.0.1 1004',
  'tcp ipv6 ::1 1005',
  'tcp ipv4 10.9.0.1 1006',
  'tcp ipv6 fd09::1 1007',
  'udp ipv4 * 1001',
  'udp ipv6 * 1002',
  'udp ipv6 * 1003',
];

describe('the same sockets, in other words', () => {
  it.each(['de', 'fr', 'ja', 'pt-br', 'de-unprivileged'])('net-tools in %s', async (language) => {
    expect((await sockets('netstat', `netstat-2.10-${language}.txt`)).map(told)).toEqual(EVERYTHING);
  });

  it('an ss that means IPv4 by a star', async () => {
    const found = await sockets('ss', 'ss-4.9.txt');
    expect(found.map(told)).toEqual(EVERYTHING);
    expect(
      found.filter(({ family, address }) => family === 'ipv6' && address === null).map((each) => each.v6only),
    ).toEqual([false, true, false, true]);
  });

  it('an ss of which nothing tells what it means by a star', async () => {
    const stdout = 'tcp LISTEN 0 5 *:443 *:* ino:1 sk:8\n';
    expect(await seenBy('ss', { exitCode: 0, stdout })).toMatchObject({ status: 'failed' });
  });
});

it('reads what iptables 1.4 saves', async () => {
  const found = await lines(recording('iptables-1.4'));
  expect(found[0]).toBe('ipv4 internet input drop by iptables-legacy: filter INPUT: -P INPUT DROP');
  expect(found.find((line) => line.startsWith('ipv6 internet'))).toBe(
    'ipv6 internet input accept by iptables-legacy: filter INPUT 3: -A INPUT -p tcp -m tcp --dport 443 -j ACCEPT',
  );
});

const CAPTURED = readdirSync(join(import.meta.dirname, 'listeners', 'captured')).filter((file) =>
  /^(?:ss|netstat)/u.test(file),
);

/** A program that ends well has printed all: only then its last line is whole. Any other end is told by the exit code. */
const ends = fc.constantFrom(0, 1, 124, 125, 128);
function cutOff(text: string, where: number, exitCode: number): Result {
  const stdout = text.slice(0, where % text.length);
  const isWhole = stdout === '' || stdout.endsWith('\n');
  return { stdout, exitCode: exitCode === 0 && isWhole ? 125 : exitCode };
}

describe('output that was cut off', () => {
  it.each(CAPTURED)('%s makes no list of what listens', async (file) => {
    const text = captured(`listeners/${file}`);
    const tool = file.startsWith('ss') ? 'ss' : 'netstat';
    await fc.assert(
      fc.asyncProperty(fc.nat(), ends, async (where, exitCode) => {
        expect(await seenBy(tool, cutOff(text, where, exitCode))).toMatchObject({ status: 'failed' });
      }),
    );
  });

  const RECORDED = readdirSync(join(import.meta.dirname, 'firewall', 'fixtures')).flatMap(
    (file) => /^(.*)\.json$/u.exec(file)?.[1] ?? [],
  );

  it.each(RECORDED)('%s accepts nothing more for it', async (name) => {
    const whole = recording(name);
    const accepted = async (recorded: typeof whole): Promise<string[]> => {
      const item = await firewall({ port: 443, protocol: 'tcp' }, recordedPorts(recorded), here());
      if (item.probe !== 'firewall' || item.status !== 'ok') return [];
      return item.facts.decisions
        .filter(({ verdict }) => verdict === 'accept')
        .map(({ family, source, destination }) => `${family} ${source} ${destination}`);
    };
    const before = new Set(await accepted(whole));
    const rules = Object.keys(whole.commands).filter((command) => /nft|save/u.test(command));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...rules),
        fc.nat(),
        fc.constantFrom(0, 0, 1, 124, 125),
        async (command, where, exitCode) => {
          const printed = whole.commands[command];
          const text = typeof printed === 'string' ? printed : (printed?.stdout ?? '');
          if (text === '') return;
          // At any byte and any line's end: JSON and saved rules tell their own end.
          const stdout = text.slice(0, where % text.length);
          const commands = { ...whole.commands, [command]: { exitCode, stdout, stderr: '' } };
          const more = (await accepted({ ...whole, commands })).filter((each) => !before.has(each));
          expect(more).toEqual([]);
        },
      ),
      { numRuns: 40 },
    );
  });
});
