import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, describe, expect, test } from 'vitest';
import { packageVersion } from '../../src/cli/version.ts';
import { SCENES } from '../report/scenes.ts';

const BIN = fileURLToPath(new URL('../../src/bin.ts', import.meta.url));

/** Ends a process that would send anything: a command line that ought to be refused and isn't. */
const OFFLINE = `
  import dgram from 'node:dgram';
  import dns from 'node:dns';
  import module from 'node:module';
  import net from 'node:net';
  const refuse = (what) => () => {
    process.stderr.write('this test would have sent packets: ' + what);
    process.exit(99);
  };
  net.Socket.prototype.connect = refuse('connect');
  dgram.Socket.prototype.send = refuse('send');
  dns.lookup = refuse('lookup');
  dns.promises.lookup = refuse('lookup');
  module.syncBuiltinESMExports();
`;

/** Taken away at the end: among tests that run side by side, Vitest's `onTestFinished` may belong to another one. */
const bases: string[] = [];
afterAll(() => Promise.all(bases.map((base) => rm(base, { recursive: true, force: true }))));

/** A new user's machine: an empty folder to work in, and a home without anything in it. */
async function newcomer() {
  const base = await mkdtemp(join(tmpdir(), 'reach4-main-'));
  bases.push(base);
  const [folder, home] = [join(base, 'work'), join(base, 'home')];
  await Promise.all([mkdir(folder), mkdir(home)]);
  return {
    folder,
    home,
    /** Puts a file into the folder, or a folder where the text is null. */
    put: async (name: string, text: string | null, mode = 0o600) => {
      const path = join(folder, name);
      await mkdir(text === null ? path : join(path, '..'), { recursive: true });
      if (text === null) return;
      await writeFile(path, text);
      await chmod(path, mode);
    },
    /** Runs the command line as a process of its own. Only for what ends before anything is sent. */
    run: async (args: readonly string[], more: { env?: Record<string, string>; preload?: string } = {}) => {
      const preload = [OFFLINE, more.preload ?? ''].flatMap((code) => [
        '--import',
        `data:text/javascript,${encodeURIComponent(code)}`,
      ]);
      const { exitCode, stdout, stderr } = await execa(process.execPath, [...preload, BIN, ...args], {
        cwd: folder,
        env: { PATH: process.env.PATH, HOME: home, ...more.env },
        extendEnv: false,
        reject: false,
        stdin: 'ignore',
        timeout: 30_000,
      });
      return { exitCode, stdout, stderr };
    },
  };
}

type Newcomer = Awaited<ReturnType<typeof newcomer>>;
type Run = Awaited<ReturnType<Newcomer['run']>>;

/** Two processors, and each process is a whole Node. */
const two = { concurrent: true } as const;

/** What no screen and no log may show. */
const SECRET = 'hunter2-hunter2-hunter2-hunter2-x';

/** One sentence for a user's error; commander's are followed by where help is, and perhaps by what may be meant. */
function expectUsersError({ exitCode, stdout, stderr }: Run, sentence: RegExp): void {
  const [first = '', ...rest] = stderr.split('\n');
  expect(first).toMatch(/^reach4: /u);
  expect(first).toMatch(sentence);
  expect(rest.filter((line) => !/^\((?:see: reach4|Did you mean) .*\)$/u.test(line))).toEqual([]);
  expect(stderr).not.toContain(SECRET);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what acts on a terminal
  expect(stderr).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f]/u);
  expect(stdout).toBe('');
  expect(exitCode).toBe(2);
}

const NAME = 'home.example.org';

describe("a user's error in the arguments", two, () => {
  test.each<[string, string[], RegExp]>([
    ['no target', ['diagnose'], /missing required argument 'target', or --evidence FILE/u],
    ['nothing to collect of', ['collect'], /missing required argument 'target'/u],
    ['collect, an address at home', ['collect', '192.168.1.2'], /nobody on the internet can connect/u],
    ['collect, a diagnosis wanted', ['collect', NAME, '--json'], /unknown option '--json'/u],
    ['collect with evidence', ['collect', NAME, '--evidence', 'a.json'], /unknown option '--evidence'/u],
    ['collect, --ipv4 private', ['collect', NAME, '--ipv4', '10.0.0.1'], /isn't a public address/u],
    ['collect, --out without a file', ['collect', NAME, '--out'], /argument missing/u],
    ['--offline alone', ['diagnose', NAME, '--offline'], /--offline was given without --evidence/u],
    [
      'files and a look',
      ['diagnose', '--evidence', 'a.json', '--from', 'lan'],
      /--from was given without a target/u,
    ],
    ['two targets', ['diagnose', NAME, 'www.example.org'], /too many arguments/u],
    ['unknown command', ['diagnoze', NAME], /unknown command 'diagnoze'/u],
    ['unknown option', ['diagnose', NAME, '--jsno'], /unknown option '--jsno'/u],
    ['an option of another command', ['plan', '--json'], /unknown option '--json'/u],
    ['an option without its value', ['diagnose', NAME, '--ipv4'], /argument missing/u],
    ['--from, wrong word', ['diagnose', NAME, '--from', 'home'], /server, lan, outside/u],
    ['--from of verify', ['verify', '--from', 'home'], /server, lan, outside/u],
    ['--ipv4, a word', ['diagnose', NAME, '--ipv4', 'mine'], /--ipv4 "mine" is no IPv4 address/u],
    ['--ipv4, IPv6', ['diagnose', NAME, '--ipv4', '2a0b::1'], /is no IPv4 address/u],
    ['--ipv4, with a port', ['diagnose', NAME, '--ipv4', '81.2.99.2:443'], /is no IPv4 address/u],
    ['--ipv4, private', ['diagnose', NAME, '--ipv4', '192.168.1.2'], /isn't a public address/u],
    ['--ipv4, shared', ['diagnose', NAME, '--ipv4', '100.64.1.2'], /isn't a public address/u],
    ['--wan-ipv4, a word', ['diagnose', NAME, '--wan-ipv4', 'mine'], /--wan-ipv4 "mine" is no IPv4 address/u],
    ['--forward, no host', ['diagnose', NAME, '--forward', '443'], /three parts/u],
    ['--router-firewall, a word', ['diagnose', NAME, '--router-firewall', 'on'], /open, blocks/u],
    [
      '--probe-mapping for nobody',
      ['diagnose', NAME, '--probe-mapping', '--outside', 'none'],
      /--probe-mapping was given, and nobody looks from outside/u,
    ],
    ['--stun, no port', ['diagnose', NAME, '--stun', 'stun.example.org'], /--stun ".*" is no server/u],
    ['--evidence, no file', ['diagnose', NAME, '--evidence', 'd.json'], /--evidence d\.json can't be read/u],
    ['--whoami, none', ['diagnose', NAME, '--whoami', 'ident.me'], /--whoami "ident.me" is no URL/u],
    ['--whoami, password', ['diagnose', NAME, '--whoami', `https://me:${SECRET}@ident.me`], /password/u],
    ['--whoami, another scheme', ['diagnose', NAME, '--whoami', `ftp://me:${SECRET}@ident.me`], /--whoami/u],
    ['--outside, none', ['diagnose', NAME, '--outside', 'vps:4460'], /isn't an agent's URL/u],
    ['--outside, query', ['diagnose', NAME, '--outside', `http://vps:4460/?token=${SECRET}`], /query/u],
    ['--outside, password', ['diagnose', NAME, '--outside', `http://:${SECRET}@vps:4460`], /password/u],
    [
      '--outside, an option of ssh',
      ['diagnose', NAME, '--outside', 'ssh://-oProxyCommand=id'],
      /isn't a host name/u,
    ],
    [
      '--outside, an option as a user',
      ['diagnose', NAME, '--outside', 'ssh://-oProxyCommand=id@vps'],
      /isn't a plain name/u,
    ],
    [
      '--outside, an option as an alias',
      ['diagnose', NAME, '--outside', 'ssh:-oProxyCommand=id'],
      /isn't a plain word/u,
    ],
    [
      '--outside, a password for ssh',
      ['diagnose', NAME, '--outside', `ssh://me:${SECRET}@vps`],
      /carries a password/u,
    ],
    [
      '--outside none, and somebody',
      ['diagnose', NAME, '--outside', 'none', '--outside', 'globalping'],
      /expected it alone/u,
    ],
    [
      '--outside globalping, twice',
      ['diagnose', NAME, '--outside', 'globalping', '--outside', 'globalping'],
      /given twice/u,
    ],
    ['a token file for nobody', ['diagnose', NAME, '--outside-token-file', 't'], /without --outside/u],
    ['--wait 0', ['verify', '--wait', '0'], /--wait "0" is no time/u],
    ['--wait abc', ['verify', '--wait', 'abc'], /--wait "abc" is no time/u],
    ['--wait for a week', ['verify', '--wait', '604800'], /from 1 to 86400/u],
    ['a remedy that is none', ['plan', '--remedy', 'prayer'], /this version plans: a-record/u],
    ['what excludes each other', ['plan', '--leave-content', '--own-content'], /exclude each other/u],
    [
      'what is for a relay only',
      ['plan', '--remedy', 'a-record', '--region', 'eu-central-1'],
      /--region can't be used for a-record; expected --remedy relay with it/u,
    ],
    ['two ways to choose', ['plan', '--remedy', 'relay', '--yes'], /expected one of them/u],
    ['--listen', ['agent', '--listen', 'everywhere'], /everywhere/u],
    ['a stack that was never planned', ['verify', '--stack', 'other'], /no plan in Pulumi\.other\.yaml/u],
    ['a stack with an endless name', ['verify', '--stack', 'x'.repeat(300)], /stack|plan/u],
  ])('%s', async (_, args, sentence) => {
    const { run } = await newcomer();
    expectUsersError(await run(args), sentence);
  });

  test('no command at all: what there is, on standard error', async () => {
    const { run } = await newcomer();
    const { exitCode, stdout, stderr } = await run([]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^Usage: reach4 /u);
    expect(stderr).toContain('diagnose [options] [target]');
  });
});

describe('a target that is none', two, () => {
  test.each([
    ['', /the target is empty/u],
    ['home server', /no spaces/u],
    ['ftp://home.example.org', /the scheme "ftp" isn't one of/u],
    ['https://', /the host is missing/u],
    ['home.example.org:65536', /isn't a number from 1 to 65535/u],
    ['localhost', /local network/u],
    ['192.168.1.5', /nobody on the internet can connect to a private address/u],
    ['100.64.7.9:443', /connect to a shared address/u],
    ['[fe80::1]:443', /connect to a link-local address/u],
    ['-home.example.org', /unknown option|isn't a host name/u],
    [`https://me:${SECRET}@home.example.org`, /user names and passwords/u],
    [`ssh://${SECRET}@home example.org`, /no spaces/u],
    ['home.example.org\nreach4: all is well', /no spaces or control characters/u],
    ['home.example.org\u001b[2J', /no spaces or control characters/u],
  ])('%j', async (target, sentence) => {
    const { run } = await newcomer();
    expectUsersError(await run(['diagnose', target]), sentence);
  });
});

describe("a user's error in files", two, () => {
  const outside = ['diagnose', NAME, '--outside', 'http://127.0.0.1:9', '--outside-token-file', 'token'];
  const plan = ['plan', '--diagnosis', 'd.json'];

  test.each<[string, string[], (the: Newcomer) => Promise<void>, RegExp]>([
    ['token missing', outside, async () => {}, /There is no agent token/u],
    [
      'token of everybody',
      outside,
      ({ put }) => put('token', SECRET, 0o644),
      /can be read or changed by others/u,
    ],
    ['token too short', outside, ({ put }) => put('token', 'abc'), /has only 3 characters/u],
    ['token is a folder', outside, ({ put }) => put('token', null), /can't be read: not a regular file/u],
    ['no plan', ['verify'], async () => {}, /There is no plan in .*`reach4 plan`/u],
    ['no plan to preview', ['preview'], async () => {}, /There is no plan in/u],
    ['no plan to do', ['up'], async () => {}, /There is no plan in/u],
    ['no plan to take down', ['down'], async () => {}, /There is no plan in/u],
    ['no diagnosis', ['plan'], async () => {}, /There is no diagnosis in .*`reach4 diagnose TARGET`/u],
    ['no such diagnosis', plan, async () => {}, /d\.json does not exist/u],
    ['diagnosis is garbage', plan, ({ put }) => put('d.json', '{"schema":'), /is no diagnosis/u],
    ['diagnosis is something else', plan, ({ put }) => put('d.json', '{"schema":"x/1"}'), /is no diagnosis/u],
    ['diagnosis is empty', plan, ({ put }) => put('d.json', ''), /is no diagnosis/u],
    ['diagnosis is a folder', plan, ({ put }) => put('d.json', null), /can't be read: it is a folder/u],
    [
      'nothing to explain',
      ['explain'],
      async () => {},
      /There is no diagnosis in .*`reach4 diagnose TARGET`/u,
    ],
    ['settings are damaged', ['verify'], ({ put }) => put('.reach4/stack.json', 'x'), /is damaged/u],
    ['settings are a folder', ['verify'], ({ put }) => put('.reach4/stack.json', null), /stack\.json/u],
    [
      'plan is a folder',
      ['verify', '--stack', 's'],
      ({ put }) => put('Pulumi.s.yaml', null),
      /Pulumi\.s\.yaml/u,
    ],
    ['plan is no YAML', ['verify', '--stack', 's'], ({ put }) => put('Pulumi.s.yaml', 'a: ['), /no YAML/u],
    [
      'plan is no plan',
      ['verify', '--stack', 's'],
      ({ put }) => put('Pulumi.s.yaml', 'config:\n  reach4:plan:\n    schema: x\n'),
      /can't be used/u,
    ],
  ])('%s', async (_, args, prepare, sentence) => {
    const the = await newcomer();
    await prepare(the);
    expectUsersError(await the.run(args), sentence);
  });

  test('a token in the environment that is too weak is not repeated', async () => {
    const { run } = await newcomer();
    const env = { REACH4_AGENT_TOKEN: SECRET.slice(0, 20) };
    const result = await run(['diagnose', NAME, '--outside', 'http://127.0.0.1:9'], { env });
    expectUsersError(result, /The token in the variable REACH4_AGENT_TOKEN has only 20 characters/u);
    expect(result.stderr).not.toContain(env.REACH4_AGENT_TOKEN);
  });
});

describe('explain', two, () => {
  const file = ['--diagnosis', 'd.json'];

  test('shows what the diagnosis offers, one or all of it', async () => {
    const { put, run } = await newcomer();
    await put('d.json', JSON.stringify(SCENES.cgnatAndFirewall));
    const [one, all] = [await run(['explain', 'isp', ...file]), await run(['explain', ...file])];
    expect(one).toMatchObject({
      exitCode: 0,
      stderr: '',
      stdout: expect.stringContaining('Dear support team'),
    });
    expect(one.stdout).not.toContain('host-firewall');
    expect(all.stdout).toMatch(/^other-tunnels: [\s\S]*^isp: [\s\S]*^host-firewall: /mu);
  });

  test('names what there is, where something else is asked for', async () => {
    const { put, run } = await newcomer();
    await put('d.json', JSON.stringify(SCENES.cgnatAndFirewall));
    expectUsersError(
      await run(['explain', 'prayer', ...file]),
      /offers no "prayer"; expected one of other-tunnels, isp, host-firewall\./u,
    );
    await put('d.json', JSON.stringify(SCENES.healthy));
    expectUsersError(await run(['explain', ...file]), /offers nothing to do/u);
  });
});

test('where help is, is told with the command that was meant', async () => {
  const { run } = await newcomer();
  expect((await run(['diagnose'])).stderr).toMatch(/\n\(see: reach4 diagnose --help\)$/u);
  expect((await run(['diagnoze'])).stderr).toMatch(/\n\(see: reach4 --help\)$/u);
});

test('the help of diagnose fits the screen, has its flags in groups, and examples', async () => {
  const { run } = await newcomer();
  const { stdout } = await run(['diagnose', '--help'], { env: { COLUMNS: '80' } });
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  const titles = [...stdout.matchAll(/^(\S.*):$/gmu)].map(([, title]) => title);
  expect(titles).toEqual([
    'Arguments',
    'Options',
    'Who looks, and from where',
    "What you read on your router's page",
    'More evidence',
    'Examples, on the server itself, best as root',
  ]);
});

test('the help of plan fits the screen, has its flags in groups, and examples', async () => {
  const { run } = await newcomer();
  const { stdout } = await run(['plan', '--help'], { env: { COLUMNS: '80' } });
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  const titles = [...stdout.matchAll(/^(\S.*):$/gmu)].map(([, title]) => title);
  expect(titles).toEqual([
    'Options',
    'What is planned from, and where it is kept',
    'DNS records that are there already',
    'Where DNS is',
    'For --remedy edge-proxy, tunnel or cdn',
    'For --remedy relay',
    'For --remedy tunnel',
    'For --remedy cdn',
    'Examples',
  ]);
});

describe('what is no error', two, () => {
  test.each([
    [['--help'], /^Usage: reach4 /u],
    [['help'], /^Usage: reach4 /u],
    [['diagnose', '--help'], /^Usage: reach4 diagnose /u],
    [['help', 'verify'], /^Usage: reach4 verify /u],
    [['--version'], new RegExp(`^${packageVersion().replaceAll('.', '\\.')}$`, 'u')],
  ])('%j', async (args, expected) => {
    const { run } = await newcomer();
    const { exitCode, stdout, stderr } = await run(args);
    expect(stdout).toMatch(expected);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });
});

test('a command line that is not refused ends before it sends anything here', async () => {
  const { run } = await newcomer();
  const outside = ['--outside', 'http://127.0.0.1:9'];
  const env = { REACH4_AGENT_TOKEN: SECRET };
  expect(await run(['diagnose', NAME, '--no-public-services', ...outside], { env })).toMatchObject({
    exitCode: 99,
    stderr: expect.stringMatching(/would have sent packets/u),
  });
});

describe('a bug', two, () => {
  test.each([
    ['an Error', 'throw new TypeError("broken inside")', /^TypeError: broken inside\n {4}at /mu],
    ['something that is no Error', 'throw "just a text"', /^just a text$/mu],
  ])('ends with 70 and all there is to report: %s', async (_, body, expected) => {
    const { run } = await newcomer();
    const preload = `Object.defineProperty(process,"cwd",{value(){${body}}})`;
    const { exitCode, stdout, stderr } = await run(['plan'], { preload });
    expect(stderr).toMatch(/^reach4: this is a bug in reach4, please report it:\n/u);
    expect(stderr).toMatch(expected);
    expect({ exitCode, stdout }).toEqual({ exitCode: 70, stdout: '' });
  });
});
