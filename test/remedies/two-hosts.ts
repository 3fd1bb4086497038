import { type ChildProcess, spawn } from 'node:child_process';
import { execa } from 'execa';

/** The server's addresses, and its neighbour's, on the cable between them. */
export const SERVER4 = '192.168.77.10';
export const SERVER6 = 'fd77::10';

/** Milliseconds: on one machine a packet that isn't dropped is there at once. */
const PATIENCE = 400;

const LISTEN =
  "require('net').createServer((s) => s.end()).listen({ port: 443, host: '::' }, () => console.log('up'))";
const CONNECT = `const s = require('net').connect({ port: 443, host: process.argv[1] });
  s.setTimeout(${PATIENCE}, () => s.destroy(new Error('timeout')));
  s.on('connect', () => process.exit(0)).on('error', () => process.exit(1))`;

let made = 0;

/** Ends a process that may have ended by itself meanwhile. */
function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** A server and a client in namespaces of their own, with a cable between them and a real listener on port 443. */
export class TwoHosts implements AsyncDisposable {
  readonly #server: string;
  readonly #client: string;
  #listener: ChildProcess | null = null;

  private constructor(name: string) {
    this.#server = `${name}-s`;
    this.#client = `${name}-c`;
  }

  /** @param listens whether something takes connections to the port, over both families */
  static async make({ listens = true } = {}): Promise<TwoHosts> {
    made += 1;
    const hosts = new TwoHosts(`reach4-${process.pid}-${made}`);
    await hosts.#build();
    if (listens) await hosts.#listen();
    return hosts;
  }

  async #build(): Promise<void> {
    const [server, client] = [this.#server, this.#client];
    const lines = [
      `netns add ${server}`,
      `netns add ${client}`,
      `link add eth0 netns ${server} type veth peer name eth0 netns ${client}`,
    ];
    await execa('ip', ['-batch', '-'], { input: lines.join('\n') });
    const up = (four: string, six: string): string =>
      `ip link set lo up; ip link set eth0 up; ip address add ${four}/24 dev eth0; ip address add ${six}/64 dev eth0 nodad`;
    await execa('ip', ['netns', 'exec', server, 'sh', '-ec', up(SERVER4, SERVER6)]);
    await execa('ip', ['netns', 'exec', client, 'sh', '-ec', up('192.168.77.20', 'fd77::20')]);
  }

  async #listen(): Promise<void> {
    const listener = spawn('ip', ['netns', 'exec', this.#server, process.execPath, '-e', LISTEN], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#listener = listener;
    await new Promise((resolve, reject) => {
      listener.stdout.once('data', resolve);
      listener.once('exit', reject);
    });
  }

  /** Runs commands on the server as a person would, one after another; the first that fails is an error. */
  async run(commands: readonly string[], input = ''): Promise<string> {
    const script = commands.join('\n');
    const { stdout } = await execa('ip', ['netns', 'exec', this.#server, 'sh', '-ec', script], { input });
    return stdout;
  }

  /** Whether a TCP connection from the client comes about. */
  async connects(family: 4 | 6): Promise<boolean> {
    const address = family === 4 ? SERVER4 : SERVER6;
    const { exitCode } = await execa(
      'ip',
      ['netns', 'exec', this.#client, process.execPath, '-e', CONNECT, address],
      { reject: false },
    );
    return exitCode === 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener?.kill('SIGKILL');
    const { stdout } = await execa('ip', ['netns', 'pids', this.#server], { reject: false });
    for (const pid of String(stdout).split('\n').filter(Boolean)) end(Number(pid));
    await execa('ip', ['netns', 'delete', this.#server], { reject: false });
    await execa('ip', ['netns', 'delete', this.#client], { reject: false });
  }
}
