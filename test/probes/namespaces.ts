import { execa } from 'execa';
import { onTestFinished } from 'vitest';
import { parseAddress } from '../../src/model/address.ts';
import { nodePorts } from '../../src/ports/node/node-ports.ts';
import type { NetworkInterfaceAddress, Ports } from '../../src/ports/ports.ts';

let made = 0;

/** Network namespaces of a test's own, removed when it ends. */
export async function namespaces<N extends string>(...names: N[]): Promise<Record<N, Namespace>> {
  const all = names.map((name) => {
    made += 1;
    return [name, new Namespace(`reach4-probe-${process.pid}-${made}`)] as const;
  });
  onTestFinished(async () => {
    for (const [, namespace] of all) await namespace.remove();
  });
  for (const [, { id }] of all) {
    await execa('ip', ['netns', 'add', id]);
    await execa('ip', ['-n', id, 'link', 'set', 'lo', 'up']);
  }
  return Object.fromEntries(all) as Record<N, Namespace>;
}

export class Namespace {
  readonly id: string;
  readonly #ending = new AbortController();
  readonly #running: Promise<unknown>[] = [];

  constructor(id: string) {
    this.id = id;
  }

  /** `addr add 10.0.0.1/24 dev a0`, one a line. */
  async ip(lines: string): Promise<void> {
    await execa('ip', ['-n', this.id, '-batch', '-'], { input: lines });
  }

  async nft(rules: string): Promise<void> {
    await this.run('nft', ['-f', '-'], rules);
  }

  run(file: string, args: readonly string[], input = ''): Promise<unknown> {
    return execa('ip', ['netns', 'exec', this.id, file, ...args], { input });
  }

  /** Runs a Node script until the test ends; resolves once it has printed `ready`. */
  async node(script: string): Promise<void> {
    const running = execa('ip', ['netns', 'exec', this.id, process.execPath, '-e', script], {
      reject: false,
      cancelSignal: this.#ending.signal,
    });
    this.#running.push(running);
    await new Promise<void>((resolve, reject) => {
      running.stdout.on('data', (part: Buffer) => {
        if (part.toString().includes('ready')) resolve();
      });
      running.then(({ stderr }) => reject(new Error(stderr)), reject);
    });
  }

  /** The world as a process inside sees it; programs in `missing` aren't installed there. */
  async ports({ missing = [], user }: { missing?: readonly string[]; user?: string } = {}): Promise<Ports> {
    const ports = nodePorts();
    const become = user === undefined ? [] : ['setpriv', '--reuid', user, '--clear-groups', '--'];
    const inside = (file: string, args: readonly string[]) =>
      ['ip', ['netns', 'exec', this.id, ...become, file, ...args]] as const;
    const interfaces = await this.#addresses();
    return {
      ...ports,
      exec: {
        run: async (file, args, options) =>
          missing.includes(file) ? null : ports.exec.run(...inside(file, args), options),
        watch: async (file, args, options) =>
          missing.includes(file) ? null : ports.exec.watch(...inside(file, args), options),
      },
      files: {
        ...ports.files,
        read: async (path) => {
          const isOfNamespace = path.startsWith('/proc/net/') || path.startsWith('/proc/sys/net/');
          if (!isOfNamespace) return ports.files.read(path);
          const { stdout, exitCode } = await execa(...inside('cat', [path]), { reject: false });
          return exitCode === 0 ? stdout : null;
        },
      },
      host: { platform: 'linux', release: null, isRoot: true, interfaces: () => interfaces },
    };
  }

  async #addresses(): Promise<NetworkInterfaceAddress[]> {
    const { stdout } = await execa('ip', ['-n', this.id, '-o', 'addr']);
    return stdout.split('\n').flatMap((line) => {
      const [, name, , cidr = ''] = line.trim().split(/\s+/u);
      const [text = '', length] = cidr.split('/');
      const address = parseAddress(text);
      return name === undefined || address === null
        ? []
        : [{ interface: name, address, prefixLength: Number(length) }];
    });
  }

  async remove(): Promise<void> {
    this.#ending.abort();
    await Promise.allSettled(this.#running);
    await execa('ip', ['netns', 'del', this.id], { reject: false });
  }
}

/** Joins two with a cable: `a0` in the one, `b0` in the other, both up. */
export async function joined(one: Namespace, end: string, other: Namespace, otherEnd: string): Promise<void> {
  await execa('ip', [
    'link',
    'add',
    end,
    'netns',
    one.id,
    'type',
    'veth',
    'peer',
    'name',
    otherEnd,
    'netns',
    other.id,
  ]);
  await one.ip(`link set ${end} up`);
  await other.ip(`link set ${otherEnd} up`);
}
