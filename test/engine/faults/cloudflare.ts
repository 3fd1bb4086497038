import type { Plan } from '../../../src/model/plan.ts';
import { dnsEdit, type TokenRights, testToken } from '../cloudflare/api/access.ts';
import { type CloudflareApi, startCloudflareApi } from '../cloudflare/api/server.ts';
import type { RecordInput, RecordPatch } from '../cloudflare/record.ts';
import { faultProject } from './project.ts';
import type { FaultSpec, FaultWorld, Phase } from './world.ts';

export const ZONE_ID = '0123456789abcdef0123456789abcdef';

const token = testToken('faults');

/** ms: cloudflared tries again within a second; here sooner, so that each run meets it. */
const COMES_BACK_MS = 50;

/** What a stack at Cloudflare is tried with. */
export interface CloudflareSubject {
  readonly zone: string;
  /** What somebody has there already, and what `destroy` has to give back. */
  readonly records: readonly RecordInput[];
  readonly rights?: TokenRights;
  plan(phase: Phase, api: CloudflareApi): Plan;
  /** The records, a line each as `shown` gives them, that an `up` of the phase leads to. */
  wanted(phase: Phase, api: CloudflareApi): readonly string[];
  /** Somebody changes by hand what the stack has made. */
  meddle(api: CloudflareApi): void;
  /** What is wrong beside records; null where nothing is. */
  readonly beside?: (phase: Phase, api: CloudflareApi) => string | null;
  /** A connector comes to every tunnel that the stack knows of, and comes back as cloudflared does, with the token that it has. */
  readonly connector?: true;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Somebody changes the record of a type at a name. */
export function edit(
  api: CloudflareApi,
  of: { type: 'A' | 'AAAA' | 'CNAME'; name: string },
  to: RecordPatch,
): void {
  const [zone] = api.zones;
  const [found] = zone?.list(of) ?? [];
  if (zone === undefined || found === undefined) throw new Error(`there is no ${of.type} ${of.name}`);
  zone.patch(found.id, to);
}

/** Records as text, without their ids: what is put back may be another record. */
const shown = (api: CloudflareApi): string[] =>
  api.zones
    .flatMap((zone) => zone.list())
    .map(({ type, name, content, ttl, proxied, comment, tags }) =>
      [type, name, content, ttl, proxied ? 'proxied' : 'dns', comment ?? '-', ...tags].join(' '),
    )
    .sort();

/** A stack whose cloud is Cloudflare's stand-in. */
export async function cloudflareFaultWorld(subject: CloudflareSubject): Promise<FaultWorld> {
  const { zone, records, rights = dnsEdit } = subject;
  const api = await startCloudflareApi({
    zones: [{ name: zone, id: ZONE_ID, records: [...records], now: () => new Date('2026-11-01T00:00:00Z') }],
    tokens: { [token]: rights },
  });
  const before = shown(api);
  const project = await faultProject({
    provider: 'cloudflare',
    environment: {
      CLOUDFLARE_API_TOKEN: token,
      CLOUDFLARE_BASE_URL: api.url,
      ...subject.environment,
    },
  });
  const connected = new Set<string>();
  /** Nobody has the token of a tunnel that no stack knows of. */
  const connect = async (): Promise<void> => {
    for (const { id } of api.tunnels.list({ isDeleted: false })) {
      if (connected.has(id) || !(await project.knows(id)) || connected.has(id)) continue;
      connected.add(id);
      api.tunnels.connect(api.tunnels.token(id), COMES_BACK_MS);
    }
  };
  const connector = subject.connector ? setInterval(() => void connect(), COMES_BACK_MS) : undefined;
  return {
    ...project,
    calls: () =>
      api.requests.map(({ action, writes, struck }) => ({ action, writes, struck: struck === true })),
    reset: () => api.reset(),
    fail: (spec) => api.failNext(faultAt(spec)),
    configure: (phase) => project.configure(subject.plan(phase, api)),
    save: async (name) => {
      const state = await project.save(name);
      const cloud = api.save();
      return async () => {
        await state();
        api.load(cloud);
        connected.clear();
        api.reset();
      };
    },
    meddle: () => subject.meddle(api),
    left: () => {
      const now = shown(api);
      return [
        ...now.filter((line) => !before.includes(line)),
        ...before.filter((line) => !now.includes(line)).map((line) => `not put back: ${line}`),
        ...api.leftovers(),
      ];
    },
    unsound: async (phase) => {
      const now = shown(api);
      const wanted = [...subject.wanted(phase, api)].sort();
      return now.join('\n') === wanted.join('\n')
        ? (subject.beside?.(phase, api) ?? null)
        : `there is ${now.join('; ')}; wanted is ${wanted.join('; ')}`;
    },
    [Symbol.asyncDispose]: async () => {
      clearInterval(connector);
      await project[Symbol.asyncDispose]();
      await api[Symbol.asyncDispose]();
    },
  };
}

function faultAt({ kind, moment, action, occurrence, victims }: FaultSpec) {
  const faults = {
    '500': { kind: 'server-error' },
    '429': { kind: 'rate-limit', retryAfter: 1 },
    'time-out': { kind: 'lost' },
    // The vendor's provider, one of the stack's own, or the program itself.
    'kill-provider': { kind: 'kill-caller' },
    'kill-engine': { kind: 'kill', pid: victims.engine },
  } as const;
  return { ...faults[kind], at: moment, action, nth: occurrence };
}
