import { chown, cp, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import type { RelaySettings } from '../../../src/model/relay.ts';
import { hostFiles } from '../../../src/relay/files.ts';
import { LIMITS } from '../../../src/relay/limits.ts';
import { sysctlConfig } from '../../../src/relay/system.ts';
import type { RelayTimes } from '../../../src/relay/times.ts';
import { UNITS } from '../../../src/relay/units.ts';
import type { LabProcess } from '../processes.ts';
import { ROOT_HINTS } from './authority.ts';
import type { Run } from './lab.ts';

/** In the order in which they start. */
export const SERVICES = ['unbound', 'unbound-filter', 'haproxy', 'nginx'] as const;
type Service = (typeof SERVICES)[number];

/** The commands of Debian's units, without what systemd does. */
const COMMANDS: Readonly<Record<Service, readonly string[]>> = {
  unbound: ['/usr/sbin/unbound', '-d', '-p'],
  'unbound-filter': ['/usr/sbin/unbound', '-d', '-p', '-c', '/etc/unbound/filter.conf'],
  haproxy: [
    // As the unit limits it: HAProxy doesn't start with less than it needs.
    'prlimit',
    `--nofile=${LIMITS.haproxyFiles}`,
    '/usr/sbin/haproxy',
    '-Ws',
    '-f',
    '/etc/haproxy/haproxy.cfg',
    '-p',
    '/run/haproxy.pid',
    '-S',
    '/run/haproxy-master.sock',
  ],
  nginx: ['/usr/sbin/nginx', '-g', 'daemon off; master_process on;'],
};
const READY: Readonly<Record<Service, RegExp>> = {
  unbound: /start of service/u,
  'unbound-filter': /start of service/u,
  haproxy: /Loading success/u,
  nginx: /^/u,
};

/** The relay's programs, on exactly the files that the settings give. */
export interface Host {
  start(service: Service): Promise<void>;
  /** As systemd stops it: what the unit says first, then SIGTERM. */
  stop(service: Service): Promise<void>;
  kill(service: Service): Promise<void>;
  /** As `systemctl reload haproxy` does; until the new worker has taken over. */
  reload(): Promise<void>;
  output(service: Service): string;
  pid(service: Service): number;
}

interface HostOptions {
  readonly settings: RelaySettings;
  readonly times: RelayTimes;
  readonly firewall: boolean;
  readonly nameFilter: boolean;
}

/** Writes the host's files; nothing runs yet but the firewall. */
export async function makeHost(
  dir: string,
  { exec, spawn }: Run,
  { settings, times, firewall, nameFilter }: HostOptions,
): Promise<Host> {
  const etc = join(dir, 'etc', 'relay');
  for (const folder of ['haproxy', 'nginx', 'unbound']) {
    await cp(join('/etc', folder), join(etc, folder), { recursive: true, verbatimSymlinks: true });
  }
  for (const folder of ['haproxy', 'nginx', 'unbound']) {
    await mkdir(join(dir, 'lib', 'relay', folder), { recursive: true });
  }
  await mkdir(join(dir, 'run', 'relay', 'haproxy'), { recursive: true });
  const { stdout } = await execa('id', ['-u', 'haproxy']);
  await chown(join(dir, 'run', 'relay', 'haproxy'), Number(stdout), 0);
  for (const { paths, text } of hostFiles(settings, times)) {
    for (const path of paths) {
      const file = join(etc, path.replace(/^\/etc\//u, ''));
      // Folders of the machine that the programs here don't read stay as they are.
      if (!/^\/etc\/(?:haproxy|nginx|unbound|nftables\.conf)/u.test(path)) continue;
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, nameFilter ? text : text.replaceAll(/^\tprivate-address: .*\n/gmu, ''));
    }
  }
  // What the lab's internet has of its own: its root, which signs nothing.
  await writeFile(join(etc, 'unbound', 'unbound.conf.d', 'root-auto-trust-anchor-file.conf'), '');
  await writeFile(join(etc, 'unbound', 'root.hints'), ROOT_HINTS);
  await writeFile(
    join(etc, 'unbound', 'unbound.conf.d', 'lab.conf'),
    'server:\n  root-hints: /etc/unbound/root.hints\n',
  );
  const settled = sysctlConfig(settings, times).match(/^net\..*$/gmu) ?? [];
  await succeed(exec, ['sysctl', '-q', '-w', ...settled.map((line) => line.replace(' = ', '='))]);
  if (firewall) await succeed(exec, ['nft', '-f', '/etc/nftables.conf']);
  await succeed(exec, ['unbound-checkconf']);
  await succeed(exec, ['haproxy', '-c', '-q', '-f', '/etc/haproxy/haproxy.cfg']);

  const running = new Map<Service, LabProcess>();
  const get = (service: Service) => {
    const found = running.get(service);
    if (found === undefined) throw new Error(`${service} doesn't run.`);
    return found;
  };
  const end = async (service: Service, signal: NodeJS.Signals) => {
    const ending = get(service);
    ending.kill(signal);
    await ending.exited;
    running.delete(service);
  };
  return {
    async start(service) {
      const asUser = service === 'unbound-filter' ? { asUser: 'unbound' } : {};
      const started = spawn('relay', COMMANDS[service], asUser);
      running.set(service, started);
      await started.waitFor(READY[service]);
      if (service === 'nginx') await delay(300);
    },
    async stop(service) {
      if (service === 'haproxy') await unitCommands(exec, 'ExecStop', get(service).pid);
      await end(service, 'SIGTERM');
    },
    kill: (service) => end(service, 'SIGKILL'),
    async reload() {
      const haproxy = get('haproxy');
      const loaded = () => haproxy.output().match(/Loading success/gu)?.length ?? 0;
      const before = loaded();
      await unitCommands(exec, 'ExecReload', haproxy.pid);
      while (loaded() === before) await delay(20);
    },
    output: (service) => get(service).output(),
    pid: (service) => get(service).pid,
  };
}

/** Runs what our addition to Debian's unit of HAProxy says, as systemd would. */
async function unitCommands(
  exec: Run['exec'],
  key: 'ExecReload' | 'ExecStop',
  mainPid: number,
): Promise<void> {
  const lines = UNITS.haproxy.split('\n').filter((line) => line.startsWith(`${key}=`) && line !== `${key}=`);
  if (lines.length === 0) throw new Error(`The unit says nothing on ${key}.`);
  const env = {
    MAINPID: `${mainPid}`,
    CONFIG: '/etc/haproxy/haproxy.cfg',
    EXTRAOPTS: '-S /run/haproxy-master.sock',
  };
  for (const line of lines) {
    const command = line.slice(key.length + 1);
    const mayFail = command.startsWith('-');
    const { exitCode, stderr } = await exec('relay', ['sh', '-c', command.replace(/^-/u, '')], { env });
    if (exitCode !== 0 && !mayFail) throw new Error(`${command}: ${stderr}`);
  }
}

async function succeed(exec: Run['exec'], command: readonly string[]): Promise<void> {
  const { exitCode, stderr, stdout } = await exec('relay', command);
  if (exitCode !== 0) throw new Error(`${command.join(' ')}: ${stderr}${stdout}`);
}
