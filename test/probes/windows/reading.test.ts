import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../../src/model/evidence.ts';
import { addresses } from '../../../src/probes/addresses.ts';
import { firewall } from '../../../src/probes/firewall.ts';
import { listeners } from '../../../src/probes/listeners.ts';
import { routes } from '../../../src/probes/routes.ts';
import { system } from '../../../src/probes/system.ts';
import { parseWindowsReading } from '../../../src/probes/windows/parse.ts';
import { shellArgs, windowsReading } from '../../../src/probes/windows/reading.ts';
import { WINDOWS_COMMAND, WINDOWS_SCRIPT } from '../../../src/probes/windows/script.ts';
import { SECTIONS, type SectionName } from '../../../src/probes/windows/sections.ts';
import { here } from '../fake-ports.ts';
import { fixture, READINGS, windows } from './machine.ts';

const NAMES = Object.keys(SECTIONS) as SectionName[];
const read = (name: string) => parseWindowsReading(fixture(name));

describe('the script', () => {
  it('is one argument: no double quote, nothing but ASCII, and with the rest of the command line within its 32,767', () => {
    expect(WINDOWS_SCRIPT).not.toContain('"');
    expect(WINDOWS_SCRIPT).toMatch(/^[\x20-\x7e\n]+$/u);
    expect(shellArgs.join(' ').length).toBeLessThan(16_000);
    expect(shellArgs).not.toContain('-EncodedCommand');
    // A backslash before the closing quote of the argument would take it away.
    expect(WINDOWS_COMMAND.endsWith('\\')).toBe(false);
  });

  it('asks every section that is read here, and no other', () => {
    const asked = [...WINDOWS_SCRIPT.matchAll(/^Write-Section '([\w-]+)'/gmu)].map(([, name]) => name);
    expect(asked).toEqual(NAMES);
  });

  it('changes nothing: its cmdlets only get, find and select', () => {
    const verbs = [...WINDOWS_COMMAND.matchAll(/(?<![\w'-])([A-Z][A-Za-z]+)-[A-Z]\w+/gu)].map(
      ([, verb]) => verb,
    );
    const own = ['Write', 'Join'];
    expect(new Set(verbs.filter((verb) => !own.includes(verb ?? '')))).toEqual(
      new Set(['Get', 'Find', 'Where', 'ForEach', 'Select', 'ConvertTo', 'New']),
    );
    // The one object that it makes is a list of products.
    expect(WINDOWS_COMMAND.match(/New-\w+ [^\n]*/gu)).toEqual([
      'New-Object -ComObject HNetCfg.FwProducts -ErrorAction Stop',
    ]);
  });

  it('stops at every error of a query, also where a module would pass over it', () => {
    const queries = WINDOWS_SCRIPT.split('\n').filter((line) =>
      /\b(?:Get-(?:Net|Cim|Service)|Find-Net)\w*/u.test(line.replace(/#.*$/u, '')),
    );
    expect(queries.length).toBeGreaterThan(15);
    expect(queries.filter((line) => !/-ErrorAction Stop|@store/u.test(line))).toEqual([]);
  });

  it('leaves out comments only for the command line', () => {
    expect(WINDOWS_COMMAND).not.toMatch(/^\s*#/mu);
    expect(WINDOWS_COMMAND.length).toBeLessThan(WINDOWS_SCRIPT.length);
    expect(WINDOWS_SCRIPT).toMatch(/= \[string\]\$\{env:ProgramFiles\(x86\)\}$/mu);
  });
});

describe('what it printed', () => {
  it.each(READINGS)('%s is read whole', (name) => {
    const reading = read(name);
    expect(reading.complete).toBe(true);
    const failed = NAMES.filter((section) => 'reason' in reading.section(section));
    const wanted = fixture(name)
      .split('\n')
      .filter((line) => line.includes('"error":'))
      .map((line) => JSON.parse(line).section);
    expect(failed).toEqual(wanted);
  });

  it('is read also as Windows PowerShell redirects it, in UTF-16', () => {
    const text = fixture('windows11-ja-unelevated.txt');
    const utf16 = Buffer.from(`\ufeff${text}`, 'utf16le').toString('utf8');
    const section = parseWindowsReading(utf16).section('firewall-rules');
    expect('facts' in section && section.facts.list[0]?.name).toBe('コア ネットワーク - IPHTTPS (TCP-受信)');
  });

  it.each([
    [
      { id: 'Windows System Error 5,Get-NetFirewallRule', category: 'PermissionDenied', code: 0 },
      'no-privilege',
    ],
    [{ id: 'HRESULT 0x80070005,Get-NetFirewallRule', category: 'NotSpecified', code: 0 }, 'no-privilege'],
    [{ id: 'x', category: 'NotSpecified', code: -2147024891 }, 'no-privilege'],
    [{ id: 'CommandNotFoundException', category: 'ObjectNotFound', code: 0 }, 'no-tool'],
    [
      { id: 'MethodInvocationNotSupportedInConstrainedLanguage', category: 'InvalidOperation', code: 0 },
      'unsupported',
    ],
  ])('takes the reason of a failed section from what no language changes: %j', (error, code) => {
    const line = JSON.stringify({
      reach4: 1,
      section: 'routes',
      error: { message: 'Zugriff\u202e', ...error },
    });
    expect(parseWindowsReading(line).section('routes')).toEqual({ reason: { code, detail: 'Zugriff' } });
  });

  it('believes neither of two that are of the same section', () => {
    const text = fixture('server2022-en-drops-ipv4.txt');
    expect(parseWindowsReading(text + text).section('listeners')).toMatchObject({
      reason: { code: 'malformed' },
    });
  });

  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.json(), (text, json) => {
        const reading = parseWindowsReading(`${text}\n{"reach4":1,"section":"listeners","facts":${json}}\n`);
        for (const name of NAMES) expect(reading.section(name)).toBeDefined();
      }),
    );
  });
});

describe('one start for all', () => {
  const probes = (ports: Parameters<typeof addresses>[0]): Promise<Evidence>[] => [
    addresses(ports, here()),
    system(ports, here()),
    routes(ports, here()),
    listeners(ports, here()),
    firewall({ port: 443, protocol: 'tcp' }, ports, here()),
  ];

  it('is enough for five probes', async () => {
    const { ports, ran } = windows({ 'powershell.exe': fixture('server2022-en-drops-ipv4.txt') });
    const all = await Promise.all(probes(ports));
    expect(all.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
    expect(ran).toEqual(['powershell.exe -NoLogo -NoProfile -NonInteractive -Command']);
  });

  it('is tried with PowerShell 7 where there is no other', async () => {
    const { ports, ran } = windows({ 'pwsh.exe': fixture('server2022-en-drops-ipv4.txt') });
    expect((await windowsReading(ports, new AbortController().signal)).complete).toBe(true);
    expect(ran.slice(1)).toEqual(['pwsh.exe -NoLogo -NoProfile -NonInteractive -Command']);
  });

  it('is made again for a caller who may still look, after another was interrupted', async () => {
    const { ports, ran } = windows({
      'powershell.exe': fixture('server2022-en-drops-ipv4.txt').slice(0, 2000),
    });
    const first = await windowsReading(ports, AbortSignal.abort());
    expect(first.section('routes')).toEqual({ reason: { code: 'interrupted' } });
    const second = await windowsReading(ports, new AbortController().signal);
    expect(second.section('routes')).toMatchObject({ reason: { code: 'malformed' } });
    expect(ran).toHaveLength(2);
  });

  it.each([
    [124, 'timed-out'],
    [125, 'too-large'],
    [1, 'unsupported'],
  ])('says why what is missing is missing: exit code %i', async (exitCode, code) => {
    const stdout = fixture('server2022-en-drops-ipv4.txt').split('\n').slice(0, 10).join('\n');
    const { ports } = windows({ 'powershell.exe': { exitCode, stdout } });
    expect(await firewall({ port: 443, protocol: 'tcp' }, ports, here())).toMatchObject({
      status: 'failed',
      reason: { code },
    });
    // What came before the end of the time counts.
    expect(await addresses(ports, here())).toMatchObject({ status: 'ok', how: 'Get-NetIPAddress' });
  });
});

it('a reading that is cut off anywhere never tells of something that it lacks, and never lets a packet in', async () => {
  for (const name of READINGS) {
    const text = fixture(name);
    const whole = windows({ 'powershell.exe': text }).ports;
    const all = await listeners(whole, here());
    const full = await firewall({ port: 443, protocol: 'tcp' }, whole, here());
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: text.length - 1 }), async (length) => {
        const { ports } = windows({ 'powershell.exe': text.slice(0, length) });
        const heard = await listeners(ports, here());
        // Either what the whole reading shows of TCP, or nothing at all.
        if (
          heard.status === 'ok' &&
          heard.probe === 'listeners' &&
          all.status === 'ok' &&
          all.probe === 'listeners'
        ) {
          const port = (item: typeof heard) =>
            item.facts.sockets
              .filter((socket) => socket.protocol === 'tcp')
              .map(({ port: number, family, address }) => `${number} ${family} ${address}`);
          expect(port(heard)).toEqual(
            expect.arrayContaining(port(all).filter((each) => each.startsWith('443 ipv6'))),
          );
        } else {
          expect(heard.status).toBe('failed');
        }
        const decided = await firewall({ port: 443, protocol: 'tcp' }, ports, here());
        if (decided.status === 'ok' && decided.probe === 'firewall') {
          const accepts = (item: Evidence) =>
            item.probe === 'firewall' && item.status === 'ok'
              ? item.facts.decisions.filter(({ verdict }) => verdict === 'accept').length
              : 0;
          expect(accepts(decided)).toBeLessThanOrEqual(accepts(full));
        }
      }),
      { numRuns: 60 },
    );
  }
});
