import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { redacted } from '../../../src/cli/collect/redact.ts';
import { readEvidenceFiles } from '../../../src/cli/diagnose/evidence-files.ts';
import type { Flags } from '../../../src/cli/diagnose/flags.ts';
import { filesAlone } from '../../../src/cli/diagnose/from-files.ts';
import { judge } from '../../../src/cli/diagnose/judge.ts';
import { UserError } from '../../../src/model/error.ts';
import type { Vantage } from '../../../src/model/evidence.ts';
import { type EvidenceFile, evidenceFile } from '../../../src/model/evidence-file.ts';
import { parseTarget } from '../../../src/model/target.ts';
import { caseIn } from '../../causes/simulation/evidence.ts';
import { reach, whoami } from '../../support/evidence.ts';
import { caseOf, deadOutside, LINE, SIX, zone } from '../../support/home.ts';
import { NAME, TARGET, WAN4 } from '../../support/names.ts';

const AT = new Date('2026-11-23T21:00:00.000Z');
const MADE = { at: AT, by: '0.1.0', complete: true };
const target = parseTarget(TARGET);
const server = caseOf({ evidence: [...LINE, ...SIX, ...zone([WAN4]), deadOutside(WAN4)] });

const fileOf = (vantage: Vantage, more: Partial<EvidenceFile> = {}): EvidenceFile => ({
  ...evidenceFile({ ...server, vantage }, MADE),
  ...more,
});

async function written(...files: readonly unknown[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'reach4-files-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return Promise.all(
    files.map(async (file, index) => {
      const path = join(folder, `${index}.json`);
      await writeFile(path, JSON.stringify(file));
      return path;
    }),
  );
}

const alone = async (files: readonly unknown[], flags: Flags = {}, asked = false) =>
  filesAlone(asked ? target : null, { evidence: await written(...files), ...flags });

describe('files alone', () => {
  test('one is judged as it would have been where it was collected', async () => {
    const { evidence, vantage, target: named } = await alone([fileOf('server')]);
    expect(named).toEqual(target);
    const there = judge(server, MADE);
    expect(judge({ target: named, vantage, evidence }, MADE)).toEqual(there);
  });

  test('the diagnosis of another machine is one too', async () => {
    const made = judge(server, MADE);
    const { vantage, evidence } = await alone([made]);
    expect(judge({ target, vantage, evidence }, MADE).verdicts).toEqual(made.verdicts);
  });

  test('of several, the server’s is the one that is judged at', async () => {
    const { vantage, evidence } = await alone([fileOf('outside'), fileOf('server'), fileOf('lan')]);
    expect(vantage).toBe('server');
    const observers = new Set(evidence.map(({ id, vantage: place }) => `${id.split(':')[1]} ${place}`));
    expect(observers).toEqual(
      new Set([
        'here server',
        'outside-1 outside',
        'lan-1 lan',
        'outside-2 outside',
        'outside-3 outside',
        'outside-4 outside',
      ]),
    );
  });

  test('a diagnosis that was made of files keeps who saw what', async () => {
    const [path = ''] = await written(fileOf('server'));
    const elsewhere = await readEvidenceFiles([path], target, []);
    const outside = judge({ target, vantage: 'outside', evidence: elsewhere }, MADE);
    const again = await readEvidenceFiles(await written(outside), target, []);
    expect(again.filter(({ vantage }) => vantage === 'server')).toHaveLength(
      elsewhere.filter(({ vantage }) => vantage === 'server').length,
    );
  });

  test('what was read on the router’s page goes with it', async () => {
    const { evidence } = await alone([fileOf('server')], { wanIpv4: '100.64.9.7' });
    const dead = judge({ target, vantage: 'server', evidence }, MADE);
    expect(dead.verdicts.find(({ cause }) => cause === 'cgnat')?.verdict).toBe('confirmed');
    const both = await alone([{ ...fileOf('server'), evidence }], { forward: ['none'] });
    const told = both.evidence.filter(({ probe }) => probe === 'told');
    expect(told).toMatchObject([{ facts: { wanIpv4: '100.64.9.7', forwards: 'none' } }]);
  });

  test('an interrupted one is said', async () => {
    expect((await alone([fileOf('server', { complete: false }), fileOf('outside')])).complete).toBe(false);
  });

  test('a redacted one names the same causes', async () => {
    const home = caseIn(
      {
        line: 'cgnat',
        provider: 'open',
        forward: 'right',
        listed: true,
        otherPort: false,
        routerFirewall: 'open',
        masquerades: false,
        page: false,
        hairpin: true,
        protocols: 'upnp',
        firewall: 'drop',
        listener: 'v6only',
        replies: 'same-way',
        a: 'missing',
      },
      {
        root: true,
        agent: true,
        traces: true,
        services: true,
        told: { wan: true, forward: true, firewall: true, box: true },
      },
    );
    const {
      evidence,
      vantage,
      target: named,
      redacted: is,
    } = await alone([redacted(evidenceFile(home, MADE))]);
    expect(is).toBe(true);
    const verdicts = (made: ReturnType<typeof judge>) =>
      made.verdicts.map(({ cause, verdict }) => [cause, verdict]);
    const made = judge({ target: named, vantage, evidence }, MADE);
    expect(verdicts(made)).toEqual(verdicts(judge(home, MADE)));
    expect(verdicts(made)).toContainEqual(['cgnat', 'confirmed']);
  });
});

describe('what does not go together is one clear sentence', () => {
  const other = fileOf('outside', { target: parseTarget(`${NAME}:8443`) });
  test.each<[string, readonly unknown[], Flags, boolean, RegExp]>([
    [
      '--offline without files',
      [],
      { evidence: [], offline: true },
      true,
      /--offline was given without --evidence/u,
    ],
    [
      'two targets',
      [fileOf('server'), other],
      {},
      false,
      /is about home\.example\.org:8443 over TCP, and .*0\.json about home\.example\.org:443 over TCP/u,
    ],
    ['another target than asked', [other], { offline: true }, true, /is about home\.example\.org:8443, not/u],
    [
      'the same port over another transport',
      [
        fileOf('server'),
        fileOf('outside', { target: { ...target, protocol: 'udp', input: `udp://${target.host}:443` } }),
      ],
      {},
      false,
      /443 over UDP, and .*443 over TCP/u,
    ],
    [
      'a target that nobody typed',
      [fileOf('server', { target: { ...target, host: '-oProxyCommand=id' } })],
      {},
      false,
      /names a target that is none/u,
    ],
    [
      'a real address for stand-ins',
      [redacted(fileOf('server'))],
      { forward: ['443:192.168.77.10:443'] },
      false,
      /--forward was given with .*redacted/u,
    ],
    ['no target', [server.evidence], {}, false, /names no target/u],
    [
      'a look without a target',
      [fileOf('server')],
      { outside: ['http://vps:4460'] },
      false,
      /--outside was given without a target/u,
    ],
    [
      'a look, offline',
      [fileOf('server')],
      { from: 'lan', offline: true },
      true,
      /--from was given with --offline/u,
    ],
    [
      'two redacted ones',
      [redacted(fileOf('server')), redacted(fileOf('outside'))],
      {},
      false,
      /is redacted, with stand-ins that no other file has/u,
    ],
    [
      'a redacted one and another',
      [fileOf('server'), redacted(fileOf('outside'))],
      {},
      false,
      /1\.json is redacted/u,
    ],
    [
      'a redacted one for a target',
      [redacted(fileOf('server'))],
      { offline: true },
      true,
      /0\.json is redacted: its stand-ins .* match nothing/u,
    ],
    [
      'an address at home',
      [
        fileOf('server', {
          target: { ...target, host: '192.168.1.1', hostKind: 'ipv4', input: 'https://192.168.1.1' },
        }),
      ],
      {},
      false,
      /nobody on the internet can connect/u,
    ],
    [
      'many observers',
      [
        fileOf('server', {
          evidence: Array.from({ length: 70 }, (_, index) => ({
            ...whoami(WAN4),
            id: `whoami:o-${index}:x`,
          })),
        }),
      ],
      {},
      false,
      /more observers/u,
    ],
  ])('%s', async (_, files, flags, asked, sentence) => {
    const error = await alone(files, flags, asked).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    const message = error instanceof UserError ? error.message : '';
    expect(message).toMatch(sentence);
    expect(message).toMatch(/^[^\n]*; expected [^\n]*\.$/u);
  });

  test('a redacted one beside a look from here', async () => {
    const [path = ''] = await written(redacted(fileOf('server')));
    await expect(readEvidenceFiles([path], target, [])).rejects.toThrow(
      /is redacted: .*; expected it alone/u,
    );
  });

  test('a machine with as many sockets as are kept fits into a file', async () => {
    const sockets = Array.from({ length: 256 }, (_, index) => ({
      protocol: 'tcp',
      family: 'ipv4',
      address: null,
      port: 1000 + index,
      v6only: null,
      interface: null,
      program: null,
      container: null,
    }));
    const listeners = {
      ...reach(WAN4),
      id: 'listeners:here:own',
      probe: 'listeners',
      status: 'ok',
      facts: { tool: 'ss', sockets, bindv6only: false, truncated: false },
    };
    const { evidence } = await alone([{ ...fileOf('server'), evidence: [listeners] }]);
    expect(evidence).toHaveLength(1);
  });
});
