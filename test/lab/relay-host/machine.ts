import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { INET } from '../addresses.ts';
import { NODE } from '../commands.ts';
import { type Place, processesIn } from '../leftovers.ts';
import { ROOT_HINTS } from '../relay/authority.ts';
import type { Run } from '../relay/lab.ts';
import { RELAY_HOSTS } from '../relay/topology.ts';
import type { Debian } from './tree.ts';

const BOOT = fileURLToPath(new URL('./boot.sh', import.meta.url));
const MIRROR = fileURLToPath(new URL('./mirror.ts', import.meta.url));
const MIRROR_ADDRESS = RELAY_HOSTS.dns[4][0];
const MIRROR_PORT = 8_000;

/** ms; on an idle machine it takes about two seconds. */
const BOOT_TIMEOUT = 60_000;
/** ms; between looks. */
const POLL = 100;

interface Said {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A Debian that has booted as a cloud's instance does. */
export interface Machine {
  /** Runs a command inside, as root. */
  inside(command: readonly string[], timeoutMs?: number): Promise<Said>;
  /** The command on this machine that does so. */
  entering(command: readonly string[]): [file: string, ...args: string[]];
  /** What it wrote on its console. */
  console(): string;
  /** Turns it off from within; resolves with the exit code of the whole once it is gone. */
  powerOff(): Promise<number>;
}

/** Boots it on the host `relay`, with user data for its cloud-init and a repository that it installs from. */
export async function bootMachine(place: Place, run: Run, debian: Debian, script: string): Promise<Machine> {
  const dir = join(place.dir, 'machine');
  for (const [path, text] of Object.entries(diskFiles(script))) {
    const file = join(dir, 'disk', path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  const mirror = run.spawn('dns', [NODE, MIRROR, debian.repository, MIRROR_ADDRESS, `${MIRROR_PORT}`]);
  await mirror.waitFor(/^ready$/mu);

  const log = join(dir, 'console.log');
  const out = openSync(log, 'a');
  // In the lab's network, so that whatever ends the lab finds it.
  const child = spawn(
    'nsenter',
    [`--net=/run/netns/${place.id}-relay`, 'sh', BOOT, place.id, dir, debian.tree],
    {
      detached: true,
      stdio: ['ignore', out, out],
    },
  );
  closeSync(out);
  const output = () => readFileSync(log, 'utf8');
  let over = false;
  const ended = new Promise<number>((resolve) => {
    child.once('exit', (code) => {
      over = true;
      resolve(code ?? 1);
    });
  });
  const deadline = Date.now() + BOOT_TIMEOUT;
  let init: number | undefined;
  while (init === undefined) {
    if (over || Date.now() > deadline) throw new Error(`It didn't boot:\n${output()}`);
    await delay(POLL);
    init = firstProcess(place);
  }
  const entering = (command: readonly string[]): [string, ...string[]] => [
    'nsenter',
    '--all',
    `--target=${init}`,
    '--',
    '/usr/bin/env',
    '-i',
    'PATH=/usr/sbin:/usr/bin',
    'LC_ALL=C.UTF-8',
    ...command,
  ];
  const inside = async (command: readonly string[], timeoutMs = 30_000): Promise<Said> => {
    const [file, ...args] = entering(command);
    const { exitCode, stderr, stdout } = await execa(file, args, { reject: false, timeout: timeoutMs });
    return { exitCode: exitCode ?? 1, stderr, stdout };
  };
  return {
    inside,
    entering,
    console: output,
    async powerOff() {
      await inside(['systemctl', 'poweroff']);
      return ended;
    },
  };
}

const { relay } = RELAY_HOSTS;
/** A file for systemd-networkd; cloud-init's own form has no word for a gateway that is in no subnet of the link. */
const NETWORK = `[Match]
Name=eth0
[Network]
DHCP=no
IPv6AcceptRA=no
Address=${relay[4][0]}/32
Address=${relay[6][0]}/128
[Route]
Gateway=${INET[4]}
GatewayOnLink=yes
[Route]
Gateway=${INET.linkLocal}
GatewayOnLink=yes
`;

/** What this machine's disk has beside the image: what the cloud gives it, and what the lab's internet has of its own. */
function diskFiles(script: string): Readonly<Record<string, string>> {
  return {
    'var/lib/cloud/seed/nocloud/user-data': script,
    'var/lib/cloud/seed/nocloud/meta-data': 'instance-id: i-1\nlocal-hostname: relay\n',
    'var/lib/cloud/seed/nocloud/network-config': 'network: {config: disabled}\n',
    'etc/systemd/network/10-eth0.network': NETWORK,
    'etc/cloud/cloud.cfg.d/99-lab.cfg': 'datasource_list: [NoCloud]\napt: {preserve_sources_list: true}\n',
    'etc/apt/sources.list': `deb [trusted=yes] http://${MIRROR_ADDRESS}:${MIRROR_PORT}/ ./\n`,
    // Its root, which signs nothing.
    'etc/unbound/unbound.conf.d/root-auto-trust-anchor-file.conf': '',
    'etc/unbound/unbound.conf.d/lab.conf': 'server:\n  root-hints: /etc/unbound/root.hints\n',
    'etc/unbound/root.hints': ROOT_HINTS,
  };
}

/** The init of the machine: the first in a PID namespace of its own (proc(5), NSpid). */
function firstProcess({ id }: Place): number | undefined {
  return processesIn([`${id}-relay`]).find((pid) => {
    try {
      return /^NSpid:\t\d+\t1$/mu.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
    } catch {
      return false; // It has ended meanwhile.
    }
  });
}
