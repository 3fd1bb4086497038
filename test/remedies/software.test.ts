import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ListeningSocket } from '../../src/model/facts/host.ts';
import type { ManualChange, ManualStep } from '../../src/model/remedy-offer.ts';
import { offerListener } from '../../src/remedies/listener.ts';
import { edited } from '../support/edited.ts';
import { listeners } from '../support/evidence-host.ts';
import { caseOf, ownAddresses } from '../support/home.ts';
import { NAME } from '../support/names.ts';
import { configure, fileOf, type How, REAL_PROGRAMS, type RealProgram } from '../support/real-programs.ts';
import { STAND_INS } from '../support/stand-ins.ts';
import { confirmed, manual } from './scene.ts';
import { SERVER4, SERVER6, TwoHosts } from './two-hosts.ts';

const PORT = 443;
/** ms; a program that was told to reload does so a little later, on a busy machine much later. */
const PATIENCE = 10_000;
const POLL = 50;

const ROWS = REAL_PROGRAMS.flatMap((program) =>
  (Object.keys(program.configured) as How[]).map((how) => ({
    title: `${program.software}: ${how}`,
    program,
    how,
  })),
);

/** As the probe tells it. */
const SOCKETS: Readonly<Record<How, Partial<ListeningSocket>>> = {
  v6only: { v6only: true },
  address: { address: SERVER6 },
  loopback: { family: 'ipv4', address: '127.0.0.1', v6only: null },
};

/** The server of two hosts, with a real program on it and folders of its own in the place of the machine's. */
class Server implements AsyncDisposable {
  readonly #hosts: TwoHosts;
  readonly #dir: string;
  readonly #program: RealProgram;

  private constructor(hosts: TwoHosts, dir: string, program: RealProgram) {
    this.#hosts = hosts;
    this.#dir = dir;
    this.#program = program;
  }

  static async start(program: RealProgram, how: How, tls: string): Promise<Server> {
    const dir = await mkdtemp(join(tmpdir(), 'reach4-software-'));
    await chmod(dir, 0o755);
    const server = new Server(await TwoHosts.make({ listens: false }), dir, program);
    const units = join(dir, 'programs', 'units');
    for (const folder of ['run', 'var/log', 'var/lib/nginx', 'programs/units']) {
      await mkdir(join(dir, folder), { recursive: true });
    }
    for (const folder of program.folders) {
      await mkdir(join(dir, folder), { recursive: true });
      if (program.user !== undefined) await execa('chown', [program.user, join(dir, folder)]);
    }
    await cp('/etc', join(dir, 'etc'), { recursive: true, verbatimSymlinks: true });
    for (const [name, text] of Object.entries(STAND_INS)) {
      await writeFile(join(dir, 'programs', name), text, { mode: 0o755 });
    }
    await writeFile(join(units, `${program.unit}.start`), program.start);
    if (program.reload !== undefined) await writeFile(join(units, `${program.unit}.reload`), program.reload);
    await configure(program, how, { port: PORT, six: SERVER6, tls }, join(dir, 'etc'));
    await server.run([`systemctl restart ${program.unit}`]);
    return server;
  }

  run(commands: readonly string[]): Promise<string> {
    const own = (path: string) => `[ ! -d ${path} ] || mount --bind ${this.#dir}${path} ${path}`;
    const folders = ['/etc', '/run', '/var/log', '/var/lib/nginx'];
    return this.#hosts.run([
      ...folders.map(own),
      `export PATH=${join(this.#dir, 'programs')}:$PATH`,
      ...commands,
    ]);
  }

  /** Makes a change as its owner does. */
  async make(change: ManualChange | null): Promise<void> {
    if (change?.kind === 'commands') return void (await this.run(change.commands));
    if (change?.kind !== 'edit') throw new Error('nobody types this on a server');
    const file = this.file(change.file);
    await writeFile(file, edited(await readFile(file, 'utf8'), change));
    await this.run(change.load);
  }

  file(shown: string): string {
    return join(this.#dir, 'etc', fileOf(this.#program, shown));
  }

  /** Whether connections come about over both families, once that is so or patience ends. */
  async becomes(four: boolean, six: boolean): Promise<{ four: boolean; six: boolean }> {
    const end = Date.now() + PATIENCE;
    for (;;) {
      const found = { four: await this.#hosts.connects(4), six: await this.#hosts.connects(6) };
      if ((found.four === four && found.six === six) || Date.now() > end) return found;
      await delay(POLL);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#hosts[Symbol.asyncDispose]();
    await rm(this.#dir, { recursive: true });
  }
}

/** The way for the program's own software. */
function stepsFor({ process: name, scheme, software }: RealProgram, how: How): ManualStep[] {
  const program = { name, pid: 9, unit: null };
  const evidence = [ownAddresses(SERVER4), listeners({ ...SOCKETS[how], program })];
  const made = manual(
    offerListener(caseOf({ target: `${scheme}://${NAME}:${PORT}`, evidence }), [
      confirmed('ipv6-only-listener'),
    ]),
  );
  const way = made.ways.find((each) => each.for === software);
  if (way === undefined) throw new Error(`there is no way for ${software}`);
  return way.steps;
}

describe('real software', () => {
  let tls = '';
  beforeAll(async () => {
    tls = join(await mkdtemp(join(tmpdir(), 'reach4-tls-')), 'server');
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc', '-keyout', `${tls}.key`];
    await execa('openssl', ['req', '-x509', '-subj', `/CN=${NAME}`, ...key, '-out', `${tls}.crt`]);
  });
  afterAll(() => rm(dirname(tls), { recursive: true }));

  test.concurrent.each(ROWS)(
    '$title: the shown change lets IPv4 in, and its undo keeps it out',
    async ({ program, how }) => {
      await using server = await Server.start(program, how, tls);
      const six = how !== 'loopback' || program.alone !== true;
      expect(await server.becomes(false, six), 'at first').toEqual({ four: false, six });
      expect(await server.run(['ss -Hltnp "sport = :443"'])).toContain(`"${program.process}"`);

      const steps = stepsFor(program, how);
      const files = steps.flatMap(({ change }) => (change.kind === 'edit' ? [server.file(change.file)] : []));
      const before = await Promise.all(files.map((file) => readFile(file, 'utf8')));
      for (const { change } of steps) await server.make(change);
      const opened = await server.becomes(true, six);
      expect(opened, 'with the change').toMatchObject({ four: true });
      if (six) expect(opened.six).toBe(true);

      for (const { undo } of steps.toReversed()) await server.make(undo);
      expect(await server.becomes(false, six), 'undone').toEqual({ four: false, six });
      expect(await Promise.all(files.map((file) => readFile(file, 'utf8')))).toEqual(before);
    },
  );
});
