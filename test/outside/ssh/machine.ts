import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { onTestFinished } from 'vitest';
import { startSshd } from '../../ports/node/sshd.ts';

/** What every POSIX system has, as far as the script uses it. */
const POSIX = [
  'sh',
  'cat',
  'cut',
  'date',
  'env',
  'fold',
  'grep',
  'head',
  'od',
  'sed',
  'sleep',
  'tail',
  'tr',
  'true',
];

const pathOf = (program: string): string => {
  const found = ['/usr/bin', '/usr/sbin']
    .map((folder) => join(folder, program))
    .find((each) => existsSync(each));
  if (found === undefined) throw new Error(`${program} isn't on this machine`);
  return found;
};

/**
 * A folder that is the whole PATH of a machine: what POSIX has, and these programs, by the name that they have there.
 * `nc=nc.openbsd` is Debian's OpenBSD netcat, called nc. The script adds the sbin folders of the machine itself.
 */
export async function programs(names: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'reach4-path-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const each of [...POSIX, ...names]) {
    const [name = '', program = name] = each.split('=');
    await symlink(pathOf(program), join(folder, name));
  }
  return folder;
}

/** A real machine to log in to: OpenSSH's server on loopback, with a key for this user, and only these programs. */
export async function machine(
  names: readonly string[],
  { withKey = true, options = [] as readonly string[] } = {},
) {
  const folder = await mkdtemp(join(tmpdir(), 'reach4-login-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const key = join(folder, 'key');
  await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  const path = await programs(names);
  const home = join(folder, 'home');
  await mkdir(home);
  const { port } = await startSshd('ed25519', [
    `AuthorizedKeysFile ${withKey ? `${key}.pub` : 'none'}`,
    'StrictModes no',
    'PermitRootLogin yes',
    'PasswordAuthentication yes',
    `SetEnv PATH=${path} HOME=${home}`,
    ...options,
  ]);
  const { stdout: known } = await execa('/usr/bin/ssh-keyscan', ['-p', String(port), '127.0.0.1'], {
    reject: false,
  });
  const [hosts, config] = [join(folder, 'known_hosts'), join(folder, 'config')];
  await writeFile(hosts, `${known}\n`);
  const lines = [
    'Host vps',
    '  HostName 127.0.0.1',
    `  Port ${port}`,
    `  User ${userInfo().username}`,
    'Host *',
    `  IdentityFile ${key}`,
    '  IdentitiesOnly yes',
    '  IdentityAgent none',
    `  UserKnownHostsFile ${hosts}`,
    '  GlobalKnownHostsFile /dev/null',
  ];
  await writeFile(config, `${lines.join('\n')}\n`);
  return { port, hosts, ssh: ['ssh', '-F', config] as const };
}
