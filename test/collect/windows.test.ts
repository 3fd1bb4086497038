/**
 * The script for Windows. No Windows is to be had here: what PowerShell prints is taken from the fixtures of the probes,
 * each of which says where its form comes from; the frame around it is what docs/decisions/0018-scripts.md reviews.
 */
import { describe, expect, it } from 'vitest';
import { lookIn } from '../../src/collect/look.ts';
import { lookScript } from '../../src/collect/script.ts';
import { decodeText, parseTranscript, type Transcript } from '../../src/collect/transcript.ts';
import type { Evidence } from '../../src/model/evidence.ts';
import { parseTarget } from '../../src/model/target.ts';
import { addresses } from '../../src/probes/addresses.ts';
import { firewall } from '../../src/probes/firewall.ts';
import { listeners } from '../../src/probes/listeners.ts';
import { routes } from '../../src/probes/routes.ts';
import { system } from '../../src/probes/system.ts';
import { WINDOWS_SCRIPT } from '../../src/probes/windows/script.ts';
import { here } from '../probes/fake-ports.ts';
import { fixture, READINGS, windows } from '../probes/windows/machine.ts';

const TARGET = parseTarget('https://home.example.org');
const SCRIPT = lookScript('windows', TARGET, { vantage: 'server', whoami: ['https://icanhazip.com/'] });

/** What each look of the script prints: those of this table, in the script's own frame. */
function printed(says: Readonly<Record<string, readonly string[] | number>>): string {
  const lines = [/^'(= reach4-look .*)'$/mu.exec(SCRIPT)?.[1] ?? ''];
  for (const [, command = ''] of SCRIPT.matchAll(/^Show-Look '([^']*)'/gmu)) {
    const said = says[command.split(' ')[0] ?? ''] ?? [];
    lines.push(`= run ${command}`);
    if (typeof said === 'number') lines.push('= 0 lines.', '! SomeError', `= exit ${said}.`);
    else lines.push(...said.map((line) => `| ${line}`), `= ${said.length} lines.`, '= exit 0.');
  }
  return [...lines, '= end.', ''].join('\r\n');
}

const READING = (name: string): string[] => fixture(name).trimEnd().split('\n');
const SAYS = {
  date: ['2026-11-28T06:41:59Z'],
  uname: ['Windows_NT'],
  getent: ['2a0b:4341:7700::10 STREAM', '192.168.77.10 STREAM'],
  grep: ['192.168.77.10 home.example.org # by hand', '10.0.0.1 nothome.example.org'],
  curl: 28,
};

function parsed(text: string): Transcript {
  const transcript = parseTranscript(text);
  if ('wrong' in transcript) throw new Error(transcript.wrong);
  return transcript;
}

const seen = (evidence: readonly Evidence[]): unknown[] =>
  evidence.map((item) => [item.probe, item.status === 'ok' ? item.facts : [item.status, item.reason]]);

describe('what the script for Windows prints', () => {
  it.each(READINGS)('gives the evidence of the probes themselves: %s', async (name) => {
    const powershell = READING(name);
    const sent = Buffer.from(`\uFEFF${printed({ ...SAYS, powershell })}`, 'utf16le');
    const evidence = await lookIn(parsed(decodeText(sent)), TARGET);
    const { ports } = windows({ 'powershell.exe': powershell.join('\n') });
    const live = [
      await system(ports, here()),
      await addresses(ports, here()),
      await routes(ports, here()),
      await listeners(ports, here()),
      await firewall({ port: 443, protocol: 'tcp' }, ports, here()),
    ];
    expect(seen(evidence.slice(0, live.length))).toEqual(seen(live));
    expect(
      evidence.every(({ at, vantage }) => at.startsWith('2026-11-28T06:41:59') && vantage === 'server'),
    ).toBe(true);
    expect(seen(evidence.slice(live.length))).toEqual([
      ['os-lookup', { addresses: ['2a0b:4341:7700::10', '192.168.77.10'], hostsFile: ['192.168.77.10'] }],
      ['whoami', ['failed', expect.objectContaining({ code: 'timed-out' })]],
      ['whoami', ['failed', expect.objectContaining({ code: 'timed-out' })]],
    ]);
  });

  it('keeps the sections that came before it was cut off', async () => {
    const whole = printed({ ...SAYS, powershell: READING('server2022-en-drops-ipv4.txt') });
    const cut = whole.slice(0, whole.indexOf('"section":"firewall-rules"') + 400);
    const evidence = await lookIn(parsed(cut), TARGET);
    const status = Object.fromEntries(evidence.map((item) => [item.probe, item.status]));
    expect(status).toMatchObject({ system: 'ok', addresses: 'ok', listeners: 'ok', firewall: 'failed' });
  });

  it('says that nothing was asked where PowerShell was not', async () => {
    const evidence = await lookIn(
      parsed(printed(SAYS).replace(/= run powershell[\s\S]*?= exit 0\.\r\n/u, '')),
      TARGET,
    );
    for (const probe of ['listeners', 'firewall', 'addresses']) {
      expect(evidence.find((item) => item.probe === probe)).toMatchObject({
        status: 'failed',
        reason: { code: 'unsupported', detail: expect.stringContaining('was not asked for there') },
      });
    }
  });

  it.each([
    [2, 'unreachable'],
    [1, 'unsupported'],
  ])('a look-up that ends with %i is %s', async (code, reason) => {
    const evidence = await lookIn(parsed(printed({ ...SAYS, getent: code })), TARGET);
    expect(evidence.find(({ probe }) => probe === 'os-lookup')).toMatchObject({
      status: 'failed',
      reason: { code: reason },
    });
  });
});

describe('the script for Windows', () => {
  it('is ASCII, and holds the reading of the probes as it is', () => {
    const script = lookScript('windows', parseTarget('https://bücher.example/é'), {
      vantage: 'lan',
      whoami: ["https://example.org/it's‘?é=1"],
    });
    expect(script).toMatch(/^[\x20-\x7e\n]+$/u);
    expect(script).toContain(`Show-Look 'powershell WINDOWS_SCRIPT' {\n${WINDOWS_SCRIPT.trimEnd()}\n}`);
    expect(script).toContain("'= reach4-look https://xn--bcher-kva.example:443 lan 1.'");
    expect(script).toContain("'https://example.org/it''s%E2%80%98?%C3%A9=1'");
  });

  it('takes nothing of what it is given for a command', () => {
    const script = lookScript('windows', parseTarget('https://home.example.org/$(calc)`'), {
      vantage: 'server',
      whoami: ['https://example.org/\n$(calc)'],
    });
    const lines = script.split('\n').filter((line) => line.includes('calc'));
    expect(lines.every((line) => /^# |'[^']*calc[^']*'/u.test(line))).toBe(true);
  });

  it('runs nothing that changes a machine', () => {
    const verbs = [...SCRIPT.matchAll(/\b([A-Z][a-z]+)-[A-Z]\w+/gu)].map(([, verb]) => verb);
    const reading = [
      'Convert',
      'ConvertTo',
      'Find',
      'ForEach',
      'Get',
      'Join',
      'New',
      'Select',
      'Show',
      'Where',
      'Write',
    ];
    expect(verbs.filter((verb) => !reading.includes(verb ?? ''))).toEqual([]);
    expect(SCRIPT.match(/New-Object -ComObject \S+/gu)).toEqual(['New-Object -ComObject HNetCfg.FwProducts']);
  });
});
