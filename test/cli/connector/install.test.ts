import { describe, expect, test } from 'vitest';
import { install, printDocker } from '../../../src/cli/connector/install.ts';
import { AT_WORK, connectorWorld, DEBIAN, INSTALLED, TOKEN, TUNNEL } from './world.ts';

const CHOICE = { stack: null, tokenFile: '-', ssh: null, yes: true };

test('shows what it will do, does it, and says what comes next', async () => {
  const { context, ran, said } = connectorWorld([
    { lines: DEBIAN },
    { lines: INSTALLED },
    { lines: [...DEBIAN, ...AT_WORK] },
  ]);
  expect(await install(CHOICE, context)).toBe(0);
  expect(said.err).toBe('');
  expect(said.out).toBe(`Connector of a tunnel on this machine

  tunnel ${TUNNEL}

  cloudflared 2026.8.2 is there: /usr/bin/cloudflared

  1  Write:
     /etc/reach4/connector/${TUNNEL}.token (0600)
     reach4-connector-${TUNNEL}.service (systemd)
  2  Start it, now and with the machine, and wait until it is connected to
     Cloudflare (outgoing, port 7844).

  It runs as a user of its own that may write nothing and sees no other files of
  yours. \`reach4 connector remove\` takes all of it away again.

Writing the service …
Waiting for its connection to Cloudflare …

The connector runs on this machine and is connected to Cloudflare (cloudflared
2026.8.2, 4 connections).

Next, in the folder with the plan:  reach4 up
How it does:  reach4 connector status
`);
  expect(ran.map(({ command }) => command[0])).toEqual(['sh', 'sh', 'sh']);
});

test('the token is the last that the script reads, and in no argument and no look', async () => {
  const { context, ran } = connectorWorld([{ lines: DEBIAN }, { lines: INSTALLED }, { lines: DEBIAN }]);
  await install(CHOICE, context);
  const [look, made, again] = ran;
  expect(made?.input.endsWith(`\nfinished=yes\n${TOKEN}\n`)).toBe(true);
  expect(JSON.stringify([look, again, made?.command])).not.toContain(TOKEN);
  // `dd` reads exactly the script.
  const count = Number(/count=(\d+)/u.exec(made?.command.at(-1) ?? '')?.[1]);
  expect(
    Buffer.from(made?.input ?? '')
      .subarray(count)
      .toString(),
  ).toBe(`${TOKEN}\n`);
});

test('without cloudflared, it says from where that comes, and what comes with it', async () => {
  const bare = DEBIAN.filter((line) => !/program|version|token-file/u.test(line));
  const { context, said } = connectorWorld([{ lines: bare }], { ask: async () => false });
  expect(await install({ ...CHOICE, yes: false }, context)).toBe(1);
  expect(said.out).toContain(`  1  Install cloudflared by apt from pkg.cloudflare.com, and for that:
     /usr/share/keyrings/cloudflare-main.gpg
     /etc/apt/sources.list.d/cloudflared.list
  2  Write:`);
  expect(said.out.replaceAll(/\s+/gu, ' ')).toContain(
    'takes the service and its token away again; with --package, cloudflared and what came with it as well.',
  );
});

test('nobody to ask: nothing is done', async () => {
  const { context, ran } = connectorWorld([{ lines: DEBIAN }]);
  await expect(install({ ...CHOICE, yes: false }, context)).rejects.toThrow('expected --yes with it');
  expect(ran.length).toBe(1);
});

test('where it does not get out, the line of the log is shown, and what to do', async () => {
  const line =
    '2026-11-27T09:07:23Z ERR Failed to dial a quic connection error="failed to dial to edge with quic: timeout: no recent network activity" connIndex=0 event=0 ip=203.0.113.99';
  const lines = [
    'step unit',
    'step ready',
    'fact waited 60',
    `log ${line}`,
    'fail not-ready 60',
    'fact undone yes',
  ];
  const { context, said } = connectorWorld([{ lines: DEBIAN }, { lines, exitCode: 1 }]);
  expect(await install({ ...CHOICE, ssh: null }, context)).toBe(1);
  expect(said.err).toBe(`
The connector has no connection to Cloudflare after 60 s. This machine doesn't
get out to Cloudflare on port 7844; let it out over UDP (QUIC) or TCP to
region1.v2.argotunnel.com and region2.v2.argotunnel.com, over IPv6 or IPv4.

  2026-11-27T09:07:23Z ERR Failed to dial a quic connection error="failed to
    dial to edge with quic: timeout: no recent network activity" connIndex=0
    event=0 ip=203.0.113.99

Everything is as it was before. Then:  reach4 connector install
`);
});

test.each([
  // It was told nothing after that, as where the connection to the machine breaks.
  [['step unit', 'fact changed yes'], 255, 'What was changed, nobody told'],
  [['step unit', 'fact changed yes', 'fact undone yes'], 143, 'Everything is as it was before.'],
  [['step package', 'fail no-update 503'], 1, 'Nothing was changed.'],
])('what is left: %j', async (lines, exitCode, sentence) => {
  const { context, said } = connectorWorld([{ lines: DEBIAN }, { lines, exitCode }]);
  expect(await install(CHOICE, context)).toBe(1);
  expect(said.err.replaceAll(/\s+/gu, ' ')).toContain(`${sentence}`);
});

test('a tunnel that is gone: up alone does not make another', async () => {
  const line =
    '2026-11-27T08:52:25Z ERR Register tunnel error from server side error="Unauthorized: Tunnel not found" connIndex=0';
  const { context, said } = connectorWorld([
    { lines: DEBIAN },
    { lines: [`log ${line}`, 'fail not-ready 60', 'fact undone yes'], exitCode: 1 },
  ]);
  await install(CHOICE, context);
  expect(said.err.replaceAll(/\s+/gu, ' ')).toContain('`reach4 down` and then `reach4 up` make another.');
});

test('a line of a log does nothing to the screen', async () => {
  const lines = ['log 2026 ERR \u001b[2J\u202eboom', 'fail not-ready 60', 'fact undone yes'];
  const { context, said } = connectorWorld([{ lines: DEBIAN }, { lines, exitCode: 1 }]);
  await install(CHOICE, context);
  expect(said.err).toContain('\ufffd[2J\ufffdboom');
});

describe('what only the user can change is one sentence', () => {
  const without = (name: string) => DEBIAN.filter((line) => !line.startsWith(`fact ${name} `));
  test.each([
    [
      ['fact system FreeBSD'],
      'The connector is a service of Linux with systemd, and this machine runs FreeBSD',
    ],
    [without('systemd'), 'this machine runs another init; expected systemd, or the Docker variant'],
    [[...without('systemd'), 'fact systemd 245'], 'This machine has systemd 245; expected 247 or later'],
    [['fact system Linux', 'fact systemd 257', 'fact manager '], 'none of apt-get, dnf and yum'],
    [without('token-file'), "/usr/bin/cloudflared has version 2026.8.2 and can't read its token from a file"],
  ])('%#', async (lines, sentence) => {
    const { context, ran } = connectorWorld([{ lines }]);
    await expect(install(CHOICE, context)).rejects.toThrow(sentence);
    expect(ran.length).toBe(1);
  });

  test.each([
    ['darwin', 'this is macOS'],
    ['win32', 'this is Windows'],
  ] as const)('on %s', async (platform, words) => {
    const { context, ran } = connectorWorld([], { platform });
    await expect(install(CHOICE, context)).rejects.toThrow(words);
    expect(ran).toEqual([]);
  });

  test('a script may find more than the look', async () => {
    const { context } = connectorWorld([
      { lines: DEBIAN },
      { lines: ['fail hidden-program /usr/local/bin/cloudflared'], exitCode: 1 },
    ]);
    await expect(install(CHOICE, context)).rejects.toThrow("a folder that the service doesn't see");
  });
});

test('Docker: the file alone on standard output, nothing run', async () => {
  const { context, ran, said } = connectorWorld([]);
  expect(await printDocker({ stack: null, tokenFile: '-' }, context)).toBe(0);
  expect(said.out).toMatch(/^# Cloudflare Tunnel 6c1a[\s\S]*\n {4}file: \.\/token\n$/u);
  expect(said.err).toContain('sudo chown 65532 token');
  expect(said.out + said.err).not.toContain(TOKEN);
  expect(ran).toEqual([]);
});

test.each([
  ['an unknown word', 'hello', 'What standard input holds is no token of a tunnel (5 characters)'],
  ['nothing', '', 'What standard input holds is no token of a tunnel (0 characters)'],
])('%s is no token, and is not repeated', async (_, text, sentence) => {
  const { context } = connectorWorld([], { readInput: async () => text });
  await expect(install(CHOICE, context)).rejects.toThrow(sentence);
});

test('a token file must be there, and its owner\u2019s alone', async () => {
  const choice = { ...CHOICE, tokenFile: '/root/token' };
  await expect(install(choice, connectorWorld([]).context)).rejects.toThrow(
    'There is no token file /root/token',
  );
  const privateFiles = { read: async () => ({ text: TOKEN, exposed: true }), create: async () => false };
  await expect(install(choice, connectorWorld([], { privateFiles }).context)).rejects.toThrow(
    'chmod 600 /root/token',
  );
});
