import { expect, test } from 'vitest';
import { loader, machineOf } from '../../../src/cli/connector/machine.ts';
import { feed } from '../../../src/ports/node/fed.ts';
import { connectorWorld } from './world.ts';

const SCRIPT = 'printf \'fact said %s\\n\' "$(cat)"\n';
const root = { text: SCRIPT, root: true, input: 'é and the rest' };

test.each([
  ['root, here', { isRoot: true }, null, true, ['sh', '-c']],
  [
    'a user who is asked for the password',
    { isRoot: false, ask: async () => true },
    null,
    true,
    ['sudo', '--', 'sh', '-c'],
  ],
  ['a user whom nobody can ask', { isRoot: false }, null, true, ['sudo', '-n', '--', 'sh', '-c']],
  ['anyone, for a look', { isRoot: false }, null, false, ['sh', '-c']],
] as const)('%s', async (_, more, ssh, asRoot, start) => {
  const { context, ran } = connectorWorld([{ lines: ['fact said yes'] }], more);
  await machineOf(ssh, context).run({ ...root, root: asRoot });
  expect(ran[0]?.command).toEqual([...start, loader(SCRIPT)]);
  expect(ran[0]?.input).toBe(SCRIPT + root.input);
});

test('over SSH nothing is asked, and the remote command is plain to every login shell', async () => {
  const { context, ran } = connectorWorld([{ lines: ['fact said yes'] }]);
  await machineOf('pi@home.example.org', context).run(root);
  const { command = [] } = ran[0] ?? {};
  expect(command.slice(0, -1)).toEqual([
    'ssh',
    '-T',
    ...['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=15'],
    '--',
    'pi@home.example.org',
  ]);
  const words = command.at(-1) ?? '';
  expect(words).toMatch(/^sh -c '[^'!\n\\]+' sh '[^'!\n\\]+'$/u);
  expect(words).toContain('exec sudo -n -- sh -c "$1"');
});

test('the loader runs the script, and leaves it what comes after', async () => {
  for (const shell of ['dash', 'bash', 'sh']) {
    const lines: string[] = [];
    const options = {
      onLine: (line: string) => lines.push(line),
      timeoutMs: 10_000,
      signal: new AbortController().signal,
    };
    const fed = await feed(shell, ['-c', loader(SCRIPT)], { ...options, input: SCRIPT + root.input });
    expect([fed?.exitCode, lines]).toEqual([0, ['fact said é and the rest']]);
  }
});

test.each(['-oProxyCommand=touch /tmp/x', 'host;reboot', 'a b', '', 'user@-host', '$(id)'])(
  '--ssh %j is no host',
  (ssh) => {
    expect(() => machineOf(ssh, connectorWorld([]).context)).toThrow('is no host; expected user@host');
  },
);
test.each(['home', 'pi@192.0.2.7', 'pi@2001:db8::7', 'ssh://pi@home.example.org:2222', 'pi@[2001:db8::7]'])(
  '--ssh %j is one',
  (ssh) => {
    expect(machineOf(ssh, connectorWorld([]).context).label).toBe(ssh);
  },
);

test.each([
  [null, null, 'there is no sudo on this machine'],
  [
    null,
    { exitCode: 1, stderr: 'sudo: a password is required\n' },
    'sudo gave it not ("sudo: a password is required")',
  ],
  ['pi@home', null, 'There is no ssh on this machine'],
  [
    'pi@home',
    { exitCode: 255, stderr: 'pi@home: Permission denied (publickey).\n' },
    'pi@home can\'t be reached over SSH ("pi@home: Permission denied (publickey).")',
  ],
  [
    'pi@home',
    { exitCode: 1, stderr: 'sudo: a password is required\n' },
    'This needs root on pi@home ("sudo: a password is required")',
  ],
  [
    'pi@home',
    { exitCode: 0, lines: ['This account is not available.'] },
    'This needs root on pi@home (exit code 0)',
  ],
])('%s %j', async (ssh, reply, sentence) => {
  const { context } = connectorWorld([reply], { isRoot: false });
  await expect(machineOf(ssh, context).run(root)).rejects.toThrow(sentence);
});

test('a script that ends without saying why has broken off', async () => {
  const { context } = connectorWorld([{ lines: ['step unit'], exitCode: 137 }]);
  expect((await machineOf(null, context).run(root)).failed).toEqual({
    code: 'broke-off',
    detail: 'exit code 137',
  });
});
