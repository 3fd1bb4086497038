import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { judge } from '../../../src/cli/diagnose/judge.ts';
import type { Io } from '../../../src/cli/io.ts';
import { NO_CDN_OPTIONS } from '../../../src/cli/stack/cdn/options.ts';
import type { StackContext } from '../../../src/cli/stack/context.ts';
import { plan } from '../../../src/cli/stack/plan.ts';
import type { PlanOptions } from '../../../src/cli/stack/plan-options.ts';
import { NO_RELAY_OPTIONS } from '../../../src/cli/stack/relay/options.ts';
import { NO_TUNNEL_OPTIONS } from '../../../src/cli/stack/tunnel/options.ts';
import type { Evidence } from '../../../src/model/evidence.ts';
import { nodePorts } from '../../../src/ports/node/node-ports.ts';
import { privateFiles } from '../../../src/ports/node/private-file.ts';
import { dnsEdit, type TokenRights, testToken } from '../../engine/cloudflare/api/access.ts';
import { type CloudflareApi, startCloudflareApi } from '../../engine/cloudflare/api/server.ts';
import type { InstalledPlugin } from '../../engine/cloudflare/installed-plugin.ts';
import { startCloudflareProvider } from '../../engine/cloudflare/provider/start.ts';
import type { RecordInput } from '../../engine/cloudflare/record.ts';
import type { Zone } from '../../engine/cloudflare/zone.ts';
import { ensureEngine } from '../../engine/engine.ts';
import { caseOf, LINE, outside, SIX, zone } from '../../support/home.ts';
import { NAME, WAN4, ZONE } from '../../support/names.ts';
import { secretsIn, watchSecrets } from '../../support/secrets.ts';

export const TOKEN = testToken('stack-commands');

/** The zone's records as text, without their ids. */
type Shown = readonly string[];

export interface World extends AsyncDisposable {
  readonly folder: string;
  readonly api: CloudflareApi;
  readonly env: Record<string, string>;
  /** Everything that was printed since the last call. */
  printed(): string;
  context(more?: Partial<StackContext>): StackContext;
  records(): Shown;
  diagnose(evidence: readonly Evidence[], madeAt?: Date): Promise<void>;
  /** `reach4 plan` with these flags. */
  plan(flags?: Partial<PlanOptions>): Promise<number>;
  read(file: string): Promise<string>;
  /** The literal `pulumi`, after the `export` line that `plan` printed, with the token and the machine's own Node. */
  pulumi(...args: string[]): Promise<{ exitCode: number; output: string }>;
}

export const NO_FLAGS: PlanOptions = {
  remedy: 'a-record',
  yes: false,
  only: [],
  diagnosis: null,
  stack: null,
  backend: null,
  passphraseFile: null,
  adopt: false,
  leaveContent: false,
  ownContent: false,
  restore: true,
  yesLosePorts: false,
  relay: NO_RELAY_OPTIONS,
  tunnel: NO_TUNNEL_OPTIONS,
  cdn: NO_CDN_OPTIONS,
};

/** The home server with these A records, of which none works; its line's own address does. */
export const wrongA = (...addresses: string[]): Evidence[] => [
  ...LINE,
  ...zone(addresses),
  ...SIX,
  ...addresses
    .filter((address) => address !== WAN4)
    .map((address) => outside(address, { outcome: 'timed-out' })),
  outside(WAN4),
];

/** A project folder, an account at the stand-in for Cloudflare, and the real engine. */
export async function world(
  records: readonly RecordInput[],
  {
    rights = dnsEdit,
    zoneName = ZONE,
    onChange = () => {},
    plugin = null,
  }: {
    rights?: TokenRights;
    zoneName?: string;
    onChange?: (zone: Zone) => void;
    /** The vendor's own provider, in place of the stand-in. */
    plugin?: InstalledPlugin | null;
  } = {},
): Promise<World> {
  const engine = await ensureEngine();
  const path = (process.env.PATH ?? '').split(delimiter);
  const base = await mkdtemp(join(tmpdir(), 'reach4 stack-'));
  const folder = join(base, 'project');
  await mkdir(folder);
  await mkdir(join(base, 'home'));
  const api = await startCloudflareApi({
    zones: [{ name: zoneName, records: [...records], now: () => new Date('2026-11-01T00:00:00Z') }],
    tokens: { [TOKEN]: rights },
    onChange,
  });
  const cloudflare = { CLOUDFLARE_API_TOKEN: TOKEN, CLOUDFLARE_BASE_URL: api.url };
  const provider = await startCloudflareProvider({ environment: cloudflare, retryBaseMs: 20 });
  const env: Record<string, string> = {
    ...cloudflare,
    // The machine's own Node, as a user's shell has it; not the one that npm puts first.
    PATH: [
      ...(plugin === null ? [] : [plugin.folder]),
      ...engine.binDirs,
      ...path.filter((place) => !place.includes('node_modules')),
    ].join(delimiter),
    HOME: base,
    XDG_CONFIG_HOME: join(base, 'config'),
    PULUMI_HOME: join(base, 'home'),
    ...(plugin === null ? { PULUMI_DEBUG_PROVIDERS: provider.attach } : {}),
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
    // Somebody's leftovers, which must not get in the way.
    PULUMI_CONFIG_PASSPHRASE: 'a stray passphrase',
  };
  const before = process.env.XDG_CONFIG_HOME;
  process.env.XDG_CONFIG_HOME = env.XDG_CONFIG_HOME;
  const secrets = watchSecrets(() => [...secretsIn(env), TOKEN, ...api.tunnels.tokens()]);
  let text = '';
  let exportLine = 'true';
  const io: Io = {
    out: (more) => {
      text += more;
      secrets.saw(more);
      exportLine = /^ {2}(export .*)$/mu.exec(more)?.[1] ?? exportLine;
    },
    err: (more) => {
      text += more;
      secrets.saw(more);
    },
    isTTY: false,
    page: { width: 100, color: false, drawing: false },
  };
  const context = (more: Partial<StackContext> = {}): StackContext => ({
    ports: nodePorts(),
    privateFiles,
    io,
    folder,
    env,
    signal: new AbortController().signal,
    ...more,
  });
  return {
    folder,
    api,
    env,
    context,
    printed: () => {
      const all = text;
      text = '';
      return all;
    },
    records: () =>
      (api.zones[0]?.list() ?? [])
        .map(({ type, name, content, ttl, proxied, comment }) =>
          [type, name, content, ttl, proxied ? 'proxied' : 'dns', comment ?? '-'].join(' '),
        )
        .sort(),
    diagnose: async (evidence, madeAt = new Date()) => {
      const diagnosis = judge(caseOf({ target: `https://${NAME}`, evidence }), {
        at: madeAt,
        by: '0.0.0',
        complete: true,
      });
      await nodePorts().files.write(join(folder, '.reach4', 'diagnosis.json'), JSON.stringify(diagnosis));
    },
    plan: (flags = {}) => plan({ ...NO_FLAGS, ...flags }, context()),
    read: (file) => readFile(join(folder, file), 'utf8'),
    pulumi: async (...args) => {
      const line = `${exportLine} && exec pulumi "$@" --non-interactive --color never`;
      const run = await execa('sh', ['-c', line, 'sh', ...args], {
        cwd: folder,
        env: { ...env, PULUMI_SKIP_UPDATE_CHECK: 'true' },
        extendEnv: false,
        all: true,
        reject: false,
      });
      secrets.saw(run.all);
      return { exitCode: run.exitCode ?? -1, output: run.all };
    },
    [Symbol.asyncDispose]: async () => {
      await provider[Symbol.asyncDispose]();
      await api[Symbol.asyncDispose]();
      if (before === undefined) delete process.env.XDG_CONFIG_HOME;
      else process.env.XDG_CONFIG_HOME = before;
      secrets.stop();
      const told = await secrets.found(base);
      await rm(base, { recursive: true, force: true });
      if (told.length > 0) throw new Error(`a secret is told in ${told.join(', ')}`);
    },
  };
}
