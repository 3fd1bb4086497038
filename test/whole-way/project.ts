import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dnsEdit, testToken } from '../engine/cloudflare/api/access.ts';
import type { Config } from '../engine/cloudflare/config.ts';
import { installCloudflarePlugin } from '../engine/cloudflare/provider/start.ts';
import { ensureEngine } from '../engine/engine.ts';
import { AGENT_READY, agentCommand, diagnoseCommand, NODE } from '../lab/commands.ts';
import { type RunningWorld, startWorld } from '../lab/lab.ts';
import type { ExecResult } from '../lab/processes.ts';
import { HOME_NAME, type World } from '../lab/world.ts';

const REACH4 = fileURLToPath(new URL('../../dist/src/bin.js', import.meta.url));
const CLOUDFLARE = fileURLToPath(new URL('../engine/cloudflare/main.ts', import.meta.url));
const API_PORT = 8787;
/** ms; a `pulumi` command takes three to ten seconds on two busy cores. */
const COMMAND_MS = 120_000;

export const TOKEN = testToken('whole-way');
const ZONE_ID = 'b'.repeat(32);

/** A home in the lab, whose zone is at Cloudflare's stand-in, and a project folder on its server. */
export interface Project extends AsyncDisposable {
  readonly lab: RunningWorld;
  readonly folder: string;
  /** Everything the commands have printed so far. */
  printed(): string;
  /** `reach4 ARGS` on the server, in the project's folder. */
  reach4(...args: string[]): Promise<ExecResult>;
  diagnose(...args: string[]): Promise<ExecResult>;
  verify(...args: string[]): Promise<ExecResult>;
  /** The literal `pulumi ARGS` after the line that `plan` printed. */
  pulumi(...args: string[]): Promise<ExecResult>;
  /** What the zone's own server says, sorted. */
  dig(type: 'A' | 'AAAA'): Promise<string[]>;
  /** The records in the zone, as Cloudflare's dashboard would show them. */
  records(): Promise<unknown>;
  /** What was sent to the API: method and path. */
  requests(): Promise<{ method: string; path: string }[]>;
  /** Text of every file that the commands have left: state, plan, diagnosis, settings. */
  leftText(): Promise<string>;
}

/** @param first a folder that comes first on PATH, for another Node */
export async function startProject(world: World, first: string = dirname(NODE)): Promise<Project> {
  const engine = await ensureEngine();
  const lab = await startWorld(world);
  const base = await mkdtemp(join(tmpdir(), 'reach4-whole-way-'));
  const dispose = async (): Promise<void> => {
    await lab.stop();
    await rm(base, { recursive: true, force: true });
  };
  try {
    return await open(world, lab, base, [first, ...engine.binDirs], dispose);
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function open(
  world: World,
  lab: RunningWorld,
  base: string,
  path: string[],
  dispose: () => Promise<void>,
): Promise<Project> {
  const folder = join(base, 'project');
  const pulumiHome = join(base, 'pulumi-home');
  await mkdir(folder);
  await installCloudflarePlugin(pulumiHome);
  const api = `http://${lab.address('api', 4)}:${API_PORT}`;
  await startCloudflare(world, lab, base);

  const token = randomBytes(32).toString('base64url');
  const tokenFile = join(base, 'agent-token');
  await writeFile(tokenFile, `${token}\n`, { mode: 0o600 });
  const agent = lab.spawn('outside', agentCommand(lab.address('outside', 6), tokenFile));
  await agent.waitFor(AGENT_READY);

  const env = {
    PATH: [...path, process.env.PATH ?? ''].join(delimiter),
    HOME: base,
    XDG_CONFIG_HOME: join(base, 'config'),
    PULUMI_HOME: pulumiHome,
    PULUMI_SKIP_UPDATE_CHECK: 'true',
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
    // Somebody's leftovers, which must not get in the way.
    PULUMI_CONFIG_PASSPHRASE: 'a stray passphrase',
    CLOUDFLARE_API_TOKEN: TOKEN,
    CLOUDFLARE_BASE_URL: `${api}/client/v4`,
    REACH4_AGENT_TOKEN: token,
  };
  let printed = '';
  let exported = 'true';
  const run = async (command: string[]): Promise<ExecResult> => {
    const result = await lab.exec('server', command, { env, cwd: folder, timeoutMs: COMMAND_MS });
    printed += `$ ${command.join(' ')}\n${result.stdout}${result.stderr}`;
    exported = /^ *((?:unset|export) .*)$/mu.exec(result.stdout)?.[1] ?? exported;
    return result;
  };
  const outside = diagnoseCommand(lab.address('outside', 6)).slice(diagnoseCommand('x').indexOf('--outside'));
  const control = async (what: string): Promise<string> =>
    (await lab.exec('server', ['curl', '-sf', `${api}/stand-in/${what}`])).stdout;
  return {
    lab,
    folder,
    printed: () => printed + agent.output(),
    reach4: (...args) => run([NODE, REACH4, ...args]),
    diagnose: (...args) => run([...diagnoseCommand(lab.address('outside', 6)), ...args]),
    verify: (...args) => run([NODE, REACH4, 'verify', ...outside, ...args]),
    pulumi: (...args) =>
      run(['sh', '-c', `${exported}; exec pulumi "$@" --non-interactive --color never`, 'sh', ...args]),
    dig: async (type) => {
      const { stdout } = await lab.exec('outside', [
        'dig',
        '+short',
        `@${lab.address('resolver', 4)}`,
        HOME_NAME,
        type,
      ]);
      return stdout
        .split('\n')
        .filter((line) => line !== '')
        .sort();
    },
    records: async () => JSON.parse(await control('records')),
    requests: async () => JSON.parse(await control('requests')),
    leftText: async () =>
      (
        await lab.exec('server', [
          'sh',
          '-c',
          'cat $(find "$1" "$2" -type f -not -name agent-token)',
          'sh',
          folder,
          join(base, 'config'),
        ])
      ).stdout,
    [Symbol.asyncDispose]: dispose,
  };
}

/** The zone as the world has it, now kept at Cloudflare's stand-in, which writes it for the lab's name server. */
async function startCloudflare(world: World, lab: RunningWorld, base: string): Promise<void> {
  const config: Config = {
    tokens: { [TOKEN]: dnsEdit },
    zones: [
      {
        name: 'example.org',
        id: ZONE_ID,
        nameServers: ['ns1.example.net', 'ns2.example.net'],
        records: world.dns.records
          .filter(({ name, type }) => name.endsWith('example.org') && (type === 'A' || type === 'AAAA'))
          .map(({ name, type, value, ttl }) => ({
            name,
            type,
            content: value,
            ttl,
            comment: 'made by hand',
          })),
      },
    ],
  };
  const file = join(base, 'cloudflare.json');
  await writeFile(file, JSON.stringify(config));
  const server = lab.spawn('api', [
    NODE,
    CLOUDFLARE,
    ...['api', '--listen', `${lab.address('api', 4)}:${API_PORT}`, '--config', file],
    ...['--zone-file', lab.zoneFile, '--reload-pid-file', lab.namedPidFile],
  ]);
  await server.waitFor(/\{.*\}/u);
}

/** The stack's file, as text. */
export const stackText = (folder: string): Promise<string> =>
  readFile(join(folder, 'Pulumi.home-example-org.yaml'), 'utf8');
