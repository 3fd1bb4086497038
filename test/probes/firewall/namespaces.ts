import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { clock } from '../../../src/ports/node/clock.ts';
import { exec } from '../../../src/ports/node/exec.ts';
import type { Ports } from '../../../src/ports/ports.ts';
import { fakePorts } from '../fake-ports.ts';

/** Where the server is, and from where it is tried. Nothing of this leaves the namespaces. */
const SERVER = { ipv4: '192.168.7.2', ipv6: '2001:db8:7::2' } as const;
export const SOURCES = {
  internet: { ipv4: '81.2.99.5', ipv6: '2a00:1450:4001::5' },
  lan: { ipv4: '192.168.7.99', ipv6: '2001:db8:7::99' },
} as const;
export const CONTAINER = { ipv4: '172.17.0.2', ipv6: 'fd00:17::2' } as const;

/** ms; what is tested is the judgement, not how fast a busy machine lists its rules. */
const PATIENCE = 60_000;

/** Known to each other without asking: rules that stop neighbour discovery would stop all of IPv6. */
const MAC = { client: '02:00:00:00:07:01', server: '02:00:00:00:07:02' } as const;

/** ms; an answer inside one machine takes one, and no answer at all is what a drop looks like. */
const NO_ANSWER = 250;
/**
 * ms; a busy machine may be slow. And inside one machine, an ICMPv6 error arrives while connect() still holds the
 * socket, which then only notes it (tcp_v6_err(), net/ipv6/tcp_ipv6.c): the second SYN, after a second, gets the error
 * that counts.
 */
const SECOND_ANSWER = 2_500;

/** Connects when told, and says so once it has got an answer; a line of JSON each way. */
const CLIENT = `
import dgram from 'node:dgram';
import net from 'node:net';
import { createInterface } from 'node:readline';
for await (const line of createInterface({ input: process.stdin })) {
  const { id, host, port, localAddress, wait, udp } = JSON.parse(line);
  if (udp) {
    const socket = dgram.createSocket(host.includes(':') ? 'udp6' : 'udp4');
    let open = true;
    const end = (outcome) => { if (!open) return; open = false; clearTimeout(timer); socket.close(); console.log(JSON.stringify({ id, outcome })); };
    const timer = setTimeout(end, wait, 'silence');
    let answers = 0;
    socket.on('error', () => end('silence')).on('message', () => { answers += 1; if (answers === 2) end('connected'); else socket.send('?'); });
    socket.bind(0, localAddress, () => socket.connect(port, host, () => socket.send('?', (error) => error && end('silence'))));
    continue;
  }
  const socket = net.connect({ host, port, localAddress });
  const end = (outcome) => { clearTimeout(timer); socket.destroy(); console.log(JSON.stringify({ id, outcome })); };
  const timer = setTimeout(end, wait, 'silence');
  socket.once('connect', () => socket.write('?')).once('data', () => end('connected')).on('error', ({ code }) => end(code));
}`;
const LISTENER = `
import dgram from 'node:dgram';
import net from 'node:net';
const ports = process.argv[1].split(',').map(Number);
for (const port of ports) await new Promise((done) => net.createServer((socket) => socket.on('error', () => {}).on('data', () => socket.end('!'))).listen(port, '::', done));
for (const port of ports) await new Promise((done) => { const socket = dgram.createSocket('udp6').on('error', () => {}).on('message', (_, peer) => socket.send('!', peer.port, peer.address)); socket.bind(port, '::', done); });
console.log('ready');
process.stdin.on('data', () => {}).on('end', () => process.exit(0));`;

const CLEAR = `
nft flush ruleset
for each in iptables ip6tables; do $each-legacy-restore << END
*raw
COMMIT
*mangle
COMMIT
*nat
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
COMMIT
END
done`;

/** The answers of a service, of a firewall that says no, and of one that says nothing. */
export type Outcome = 'accept' | 'reject' | 'drop';

const REFUSALS = ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EACCES', 'EPROTO', 'ECONNRESET'];

interface Attempt {
  readonly source: keyof typeof SOURCES;
  readonly family: 'ipv4' | 'ipv6';
  readonly port: number;
  /** ms. */
  readonly wait: number;
  readonly udp?: boolean;
}

/** A client, a server and a container behind it, each in a namespace of its own. */
export class Namespaces implements AsyncDisposable {
  private readonly children: ChildProcess[] = [];
  private readonly waiting = new Map<number, (outcome: string) => void>();
  private readonly prefix = `r4fw${process.pid}`;
  private next = 0;
  private client: ChildProcess | undefined;

  static async create(ports: readonly number[]): Promise<Namespaces> {
    const created = new Namespaces();
    try {
      await created.open(ports);
      return created;
    } catch (error) {
      await created[Symbol.asyncDispose]();
      throw error;
    }
  }

  private async open(ports: readonly number[]): Promise<void> {
    const [c, s, d] = [this.name('c'), this.name('s'), this.name('d')];
    const addresses = (sort: keyof typeof SOURCES): string =>
      `ip -n ${c} addr add ${SOURCES[sort].ipv4}/${sort === 'lan' ? 24 : 32} dev eth0
       ip -n ${c} addr add ${SOURCES[sort].ipv6}/${sort === 'lan' ? 64 : 128} dev eth0 nodad`;
    await shell(`
      for each in ${c} ${s} ${d}; do
        ip netns add $each; ip -n $each link set lo up
        ip netns exec $each sysctl -q -w net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0
      done
      ip -n ${c} link add eth0 address ${MAC.client} type veth peer name eth0 address ${MAC.server} netns ${s}
      ip -n ${s} link add docker0 type bridge
      ip -n ${s} link add inside type veth peer name eth0 netns ${d}
      ip -n ${s} link set inside master docker0
      for each in ${c} ${s} ${d}; do ip -n $each link set eth0 up; done
      ip -n ${s} link set inside up; ip -n ${s} link set docker0 up
      ${addresses('lan')}
      ${addresses('internet')}
      ip -n ${c} addr add 192.168.7.1/24 dev eth0; ip -n ${c} addr add 2001:db8:7::1/64 dev eth0 nodad
      ip -n ${s} addr add ${SERVER.ipv4}/24 dev eth0; ip -n ${s} addr add ${SERVER.ipv6}/64 dev eth0 nodad
      ip -n ${s} route add default via 192.168.7.1; ip -n ${s} -6 route add default via 2001:db8:7::1
      for each in 192.168.7.1 2001:db8:7::1 ${SOURCES.lan.ipv4} ${SOURCES.lan.ipv6}; do
        ip -n ${s} neigh replace $each lladdr ${MAC.client} dev eth0 nud permanent
      done
      for each in ${SERVER.ipv4} ${SERVER.ipv6}; do
        ip -n ${c} neigh replace $each lladdr ${MAC.server} dev eth0 nud permanent
      done
      ip -n ${s} addr add 172.17.0.1/16 dev docker0; ip -n ${s} addr add fd00:17::1/64 dev docker0 nodad
      ip -n ${d} addr add ${CONTAINER.ipv4}/16 dev eth0; ip -n ${d} addr add ${CONTAINER.ipv6}/64 dev eth0 nodad
      ip -n ${d} route add default via 172.17.0.1; ip -n ${d} -6 route add default via fd00:17::1
      ip netns exec ${s} sysctl -q -w net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0 \
        net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
    `);
    await Promise.all([this.listen('s', ports), this.listen('d', ports)]);
    const client = this.start('c', CLIENT, '');
    this.client = client;
    if (client.stdout === null) throw new Error('the client has no output');
    createInterface({ input: client.stdout }).on('line', (line) => {
      const { id, outcome } = JSON.parse(line) as { id: number; outcome: string };
      this.waiting.get(id)?.(outcome);
    });
  }

  private name(which: 'c' | 's' | 'd'): string {
    return `${this.prefix}${which}`;
  }

  private start(which: 'c' | 's' | 'd', script: string, argument: string): ChildProcess {
    const child = spawn(
      'ip',
      ['netns', 'exec', this.name(which), process.execPath, '--input-type=module', '-e', script, argument],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    );
    this.children.push(child);
    return child;
  }

  private async listen(which: 's' | 'd', ports: readonly number[]): Promise<void> {
    const { stdout } = this.start(which, LISTENER, ports.join(','));
    await new Promise((ready) => stdout?.once('data', ready));
  }

  /** Replaces all rules of the server by those that the script makes. */
  async load(script: string): Promise<void> {
    await shell(`${CLEAR}\n${script}`, ['ip', 'netns', 'exec', this.name('s')]);
  }

  /** The same with one command after another. @returns how many of those that add a rule were refused. */
  async loadEach(commands: readonly string[]): Promise<number> {
    const isRule = (command: string): boolean => /^nft 'add rule|^ip6?tables-\w+ .*-A /u.test(command);
    const lines = commands.map((each) => (isRule(each) ? `${each} 2> /dev/null || echo refused` : each));
    const printed = await shell([CLEAR, ...lines].join('\n'), ['ip', 'netns', 'exec', this.name('s')]);
    return printed.split('\n').filter((line) => line === 'refused').length;
  }

  /**
   * Opens a connection, says something and waits for an answer.
   * @param expected what should come: other than that is only believed after a long wait.
   */
  async connect(
    source: keyof typeof SOURCES,
    family: 'ipv4' | 'ipv6',
    port: number,
    expected: string,
  ): Promise<Outcome> {
    const quick = await this.connectOnce({ source, family, port, wait: NO_ANSWER });
    if (quick !== 'drop' || expected === 'drop') return quick;
    return this.connectOnce({ source, family, port, wait: SECOND_ANSWER });
  }

  /** Asks twice over UDP: `accept` where both answers come. Which ICMP errors a socket hears of differs, so a refusal is silence. */
  async ask(source: keyof typeof SOURCES, family: 'ipv4' | 'ipv6', port: number): Promise<'accept' | 'drop'> {
    const quick = await this.connectOnce({ source, family, port, wait: NO_ANSWER, udp: true });
    return quick === 'accept' ? 'accept' : 'drop';
  }

  private async connectOnce({ source, family, port, wait, udp = false }: Attempt): Promise<Outcome> {
    const id = this.next++;
    const outcome = await new Promise<string>((resolve) => {
      this.waiting.set(id, resolve);
      const question = { id, host: SERVER[family], port, localAddress: SOURCES[source][family], wait, udp };
      this.client?.stdin?.write(`${JSON.stringify(question)}\n`);
    });
    this.waiting.delete(id);
    if (outcome === 'connected') return 'accept';
    if (outcome === 'silence') return 'drop';
    if (REFUSALS.includes(outcome)) return 'reject';
    throw new Error(`connecting ended with ${outcome}`);
  }

  /** Ports of which programs and files are those that the server sees; each command is run once. */
  ports(): Ports {
    const ran = new Map<string, ReturnType<Ports['exec']['run']>>();
    const runOnce: Ports['exec']['run'] = (file, args, options) => {
      const key = [file, ...args].join(' ');
      const result = ran.get(key) ?? run(file, args, options);
      ran.set(key, result);
      return result;
    };
    const run: Ports['exec']['run'] = async (file, args, options) => {
      const result = await exec.run('ip', inside(file, args), { ...options, timeoutMs: PATIENCE });
      return result !== null && /^exec of .* failed: No such file/mu.test(result.stderr) ? null : result;
    };
    const inside = (file: string, args: readonly string[]): readonly string[] => [
      'netns',
      'exec',
      this.name('s'),
      file,
      ...args,
    ];
    return fakePorts({
      exec: { ...exec, run: runOnce },
      files: {
        read: async (path) => {
          const { exitCode, stdout } = await execa('ip', inside('cat', [path]), { reject: false });
          return exitCode === 0 ? stdout : null;
        },
      },
      clock,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.children) {
      const ended = new Promise((done) => child.once('exit', done));
      if (child.exitCode === null && child.kill('SIGKILL')) await ended;
    }
    for (const which of ['c', 's', 'd'] as const) {
      await execa('ip', ['netns', 'delete', this.name(which)], { reject: false });
    }
  }
}

async function shell(script: string, [file = 'sh', ...args]: readonly string[] = []): Promise<string> {
  const all = file === 'sh' ? ['-es'] : [...args, 'sh', '-es'];
  const result = await execa(file, all, { input: script, all: true, reject: false });
  if (result.exitCode !== 0) throw new Error(`${result.all}\n${script}`);
  return result.all;
}
