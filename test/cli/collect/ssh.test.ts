/** `collect --ssh` with OpenSSH's own client and server, on loopback, each with keys and settings of the test's own. */
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { expect, it, onTestFinished, vi } from 'vitest';
import { overSsh, type SshQuestion } from '../../../src/cli/collect/ssh.ts';
import { lookIn } from '../../../src/collect/look.ts';
import { lookScript } from '../../../src/collect/script.ts';
import { isTranscript, parseTranscript } from '../../../src/collect/transcript.ts';
import { Interrupted, UserError } from '../../../src/model/error.ts';
import { parseTarget } from '../../../src/model/target.ts';
import { feed } from '../../../src/ports/node/fed.ts';
import { nodePorts } from '../../../src/ports/node/node-ports.ts';
import { addresses } from '../../../src/probes/addresses.ts';
import { system } from '../../../src/probes/system.ts';
import { closedPort, listen } from '../../ports/node/loopback.ts';
import { startSshd } from '../../ports/node/sshd.ts';
import { here } from '../../probes/fake-ports.ts';

const TARGET = parseTarget('https://[2001:db8::1]');
const SCRIPT = lookScript('linux', TARGET, { vantage: 'server', whoami: [] });

interface Server {
  readonly folder: string;
  readonly port: number;
}

/** A server that lets the key in the folder in. @param command run in place of what the client asks for */
async function server({
  command,
  options = [],
}: {
  command?: string;
  options?: string[];
} = {}): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), 'reach4-ssh-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await execa('/usr/bin/ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'id')]);
  const force = join(folder, 'force');
  if (command !== undefined) {
    await writeFile(force, `#!/bin/sh\n${command}\n`);
    await chmod(force, 0o755);
  }
  const { port } = await startSshd('ed25519', [
    `AuthorizedKeysFile ${join(folder, 'id.pub')}`,
    'StrictModes no',
    'PermitRootLogin prohibit-password',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    ...(command === undefined ? [] : [`ForceCommand ${force}`]),
    ...options,
  ]);
  return { folder, port };
}

/** Puts an `ssh` before the others on PATH that has this configuration as the user's own. */
async function configured(
  { folder, port }: Server,
  lines: readonly string[] = [],
  known = true,
): Promise<void> {
  const hosts = join(folder, 'known_hosts');
  if (known) {
    const { stdout } = await execa('/usr/bin/ssh-keyscan', ['-t', 'ed25519', '-p', `${port}`, '127.0.0.1']);
    await writeFile(hosts, `${stdout}\n`);
  }
  const config = [
    ...lines,
    'Host home',
    'HostName 127.0.0.1',
    `Port ${port}`,
    `User ${userInfo().username}`,
    `IdentityFile ${join(folder, 'id')}`,
    'IdentitiesOnly yes',
    'IdentityAgent none',
    `UserKnownHostsFile ${hosts}`,
    'GlobalKnownHostsFile /dev/null',
  ];
  await writeFile(join(folder, 'config'), `${config.join('\n')}\n`);
  await writeFile(join(folder, 'ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F '${join(folder, 'config')}' "$@"\n`);
  await chmod(join(folder, 'ssh'), 0o755);
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env.PATH}`);
  onTestFinished(() => void vi.unstubAllEnvs());
}

const ask = (more: Partial<SshQuestion> = {}, terminal = false): Promise<string> =>
  overSsh({ host: 'home', script: SCRIPT, sudo: false, ...more }, { feed, terminal });

async function sentence(more: Partial<SshQuestion> = {}): Promise<string> {
  const error = await ask(more).then(
    () => new Error('it went well'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof UserError)) throw error;
  return error.message;
}

it('brings back what the probes see there', async () => {
  await configured(await server());
  const transcript = parseTranscript(await ask());
  if ('wrong' in transcript) throw new Error(transcript.wrong);
  expect(transcript.complete).toBe(true);
  const evidence = await lookIn(transcript, TARGET);
  const facts = (probe: string) =>
    evidence.flatMap((item) => (item.probe === probe && item.status === 'ok' ? [item.facts] : []));
  for (const live of [await system(nodePorts(), here()), await addresses(nodePorts(), here())]) {
    expect(facts(live.probe)).toEqual(live.status === 'ok' ? [live.facts] : []);
  }
});

it("isn't disturbed by a greeting, nor by what the user's configuration adds to sessions", async () => {
  await configured(
    await server({
      command: 'echo "Welcome!"; echo "= a sign"; echo hm >&2; exec sh -c "$SSH_ORIGINAL_COMMAND"; ',
    }),
    [
      'Match final host 127.0.0.1',
      'RemoteCommand echo instead',
      'RequestTTY force',
      'LocalForward 127.0.0.1:1 127.0.0.1:2',
    ],
  );
  expect(parseTranscript(await ask())).toMatchObject({ complete: true });
});

it('runs it as root with --sudo only, and gives no password', async () => {
  const made = await server({ command: 'echo "$SSH_ORIGINAL_COMMAND" >&2; exit 1' });
  await configured(made);
  expect(await sentence()).toMatch(/^No POSIX shell answers on home \("sh -s"\)/u);
  expect(await sentence({ sudo: true })).toMatch(
    /^sudo runs nothing on home \("sudo -n -- sh -s"\); expected/u,
  );
});

it('tells what came before the connection broke off as broken off', async () => {
  await configured(await server({ command: 'sh -s | head -n 12; kill -9 $PPID' }));
  const transcript = parseTranscript(await ask());
  expect(transcript).toMatchObject({ complete: false });
});

it("doesn't take a key that the server refuses", async () => {
  const made = await server();
  await execa('/usr/bin/ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(made.folder, 'other')]);
  await configured(made);
  const config = await readFile(join(made.folder, 'config'), 'utf8');
  await writeFile(join(made.folder, 'config'), config.replace('/id\n', '/other\n'));
  expect(await sentence()).toMatch(/^home doesn't let this user in over SSH; expected/u);
});

it('says of a host that is not known yet, and of one that changed, which it is', async () => {
  const made = await server();
  await configured(made, [], false);
  expect(await sentence()).toMatch(/^ssh doesn't know the host key of home yet; expected you to check/u);
  const other = await server();
  const { stdout } = await execa('/usr/bin/ssh-keyscan', [
    '-t',
    'ed25519',
    '-p',
    `${other.port}`,
    '127.0.0.1',
  ]);
  await writeFile(
    join(made.folder, 'known_hosts'),
    `${stdout.replaceAll(`${other.port}`, `${made.port}`)}\n`,
  );
  expect(await sentence()).toMatch(/^The host key of home isn't the one that ssh knows/u);
});

it('says why there is no connection', async () => {
  const made = await server();
  await configured({ ...made, port: await closedPort() }, [], false);
  expect(await sentence()).toMatch(/^home refuses connections to its SSH port/u);
  // An empty label is no name, so that nobody is asked.
  expect(await sentence({ host: 'nobody..example' })).toMatch(/^ssh finds no address for nobody\.\.example/u);
  const silent = await listen(createServer(() => {}));
  await configured({ ...made, port: silent }, [], false);
  expect(await sentence({ connectTimeoutS: 1 })).toMatch(/^home doesn't answer on its SSH port/u);
});

it('is ended by Ctrl-C, and ends ssh', async () => {
  await configured(await server({ command: 'echo there; exec sleep 60' }));
  const asked = ask();
  setTimeout(() => process.emit('SIGINT'), 500);
  const started = performance.now();
  await expect(asked).rejects.toThrow(Interrupted);
  expect(performance.now() - started).toBeLessThan(10_000);
});

/** What cmd.exe says of a command that it doesn't know, as its users quote it; a real one isn't to be had here. */
const CMD = `case $SSH_ORIGINAL_COMMAND in
  echo*) printf 'Windows_NT "$env:OS"\\r\\n' ;;
  *) printf "'sh' is not recognized as an internal or external command,\\r\\noperable program or batch file.\\r\\n" >&2; exit 1 ;;
esac`;

it('recognises Windows by its answer', async () => {
  await configured(await server({ command: CMD }));
  expect(await sentence()).toMatch(/^home runs Windows, which has no POSIX shell; expected/u);
});

it.each(['-oProxyCommand=touch /tmp/x', 'host;reboot', 'a b', '', 'user@-host', '$(id)'])(
  'takes no option for a host: %j',
  async (host) => {
    const asked = overSsh(
      { host, script: SCRIPT, sudo: false },
      { terminal: false, feed: () => Promise.reject(new Error('ssh was started')) },
    );
    await expect(asked).rejects.toThrow('is no host; expected user@host');
  },
);

it('asks nothing where nobody can answer, and on a terminal lets ssh ask', async () => {
  for (const terminal of [true, false]) {
    const calls: (readonly string[])[] = [];
    const said = await overSsh(
      { host: 'pi@home', script: SCRIPT, sudo: true },
      {
        terminal,
        feed: async (file, args, { input, onLine }) => {
          calls.push([file, ...args]);
          expect(input).toBe(SCRIPT);
          onLine('= reach4-look tls://home.example.org:443 server 1.');
          return { exitCode: 0, stderr: '' };
        },
      },
    );
    expect(isTranscript(said)).toBe(true);
    expect(calls).toHaveLength(1);
    expect(calls[0]?.slice(-3)).toEqual(['--', 'pi@home', 'sudo -n -- sh -s']);
    expect(calls[0]?.includes('BatchMode=yes')).toBe(!terminal);
    expect(calls[0]?.join(' ')).not.toContain('uname');
  }
});
