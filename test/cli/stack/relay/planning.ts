import { judge } from '../../../../src/cli/diagnose/judge.ts';
import type { StackContext } from '../../../../src/cli/stack/context.ts';
import { NO_RELAY_OPTIONS, type RelayOptions } from '../../../../src/cli/stack/relay/options.ts';
import { planRelay } from '../../../../src/cli/stack/relay/plan.ts';
import type { Planned, Planning } from '../../../../src/cli/stack/remedy.ts';
import type { CaaRecord } from '../../../../src/model/caa.ts';
import type { Answer } from '../../../../src/model/dns-answer.ts';
import { answerSchema } from '../../../../src/model/dns-answer.ts';
import type { Identity } from '../../../../src/model/identity.ts';
import type { RelayPlan } from '../../../../src/model/relay-plan.ts';
import { nodePorts } from '../../../../src/ports/node/node-ports.ts';
import { privateFiles } from '../../../../src/ports/node/private-file.ts';
import type { HttpResult, Ports, ServiceHint } from '../../../../src/ports/ports.ts';
import { caseOf, LINE, type Scene, SIX, zone } from '../../../support/home.ts';
import { NAME, STABLE6 } from '../../../support/names.ts';
import { NO_FLAGS } from '../world.ts';

/** What the world is like that a plan is made in; nothing of it is real. */
export interface Surroundings {
  /** AAAA and A records, by name. */
  readonly names?: Readonly<
    Record<string, { readonly A?: readonly string[]; readonly AAAA?: readonly string[] }>
  >;
  /** CAA records, by name; no resolver tells of any where it isn't given. */
  readonly caa?: Readonly<Record<string, readonly CaaRecord[]>>;
  /** Who answers at a port of the server. */
  readonly identify?: (port: number, hint: ServiceHint) => Identity;
  /** The service's answer to a request. */
  readonly http?: HttpResult;
  /** ms to hosts whose names hold this text; all others don't answer. */
  readonly near?: Readonly<Record<string, number>>;
  readonly env?: Record<string, string>;
  readonly page?: Partial<StackContext['io']['page']>;
  /** Connections go to this machine's own network. */
  readonly realNet?: boolean;
  /** Requests go to this machine's own network. */
  readonly realHttp?: boolean;
}

const NOBODY: Identity = { kind: 'none', why: 'closed' };
const NO_HTTP: HttpResult = { ok: false, reason: { code: 'refused' }, ms: 1 };

const answer = (addresses: readonly string[]): Answer =>
  answerSchema.parse({
    outcome: addresses.length === 0 ? 'no-data' : 'answer',
    rcode: 'NOERROR',
    authoritative: false,
    recursionAvailable: true,
    chain: [],
    addresses: addresses.map((address) => ({ address, ttl: 300 })),
    soa: null,
    ms: 1,
  });

function portsOf({
  names = {},
  caa,
  identify,
  http,
  near = {},
  realNet = false,
  realHttp = false,
}: Surroundings): Ports {
  const known = { [NAME]: { AAAA: [STABLE6] }, ...names };
  const real = nodePorts();
  const madeUp: Ports['net'] = {
    connect: async (address) => ({ outcome: 'connected', ms: Number(address.split(':').at(-1)) }),
    identify: async (_address, port, hint) => identify?.(port, hint) ?? NOBODY,
    http: async () => http ?? NO_HTTP,
    udp: async () => ({ ok: false, reason: { code: 'timed-out' }, ms: 1 }),
  };
  return {
    ...real,
    dns: {
      ...real.dns,
      resolvers: async () => ['192.168.77.1'],
      ask: async ({ name, type }) => answer(known[name as keyof typeof known]?.[type as 'AAAA'] ?? []),
      caa: async ({ name }) => (caa === undefined ? null : (caa[name] ?? [])),
      // Each host has an address that tells how far it is.
      lookup: async (name) =>
        Object.entries(near).flatMap(([part, ms]) => (name.includes(part) ? [`2a05::${ms}`] : [])),
    },
    net: realNet ? real.net : realHttp ? { ...madeUp, http: real.net.http } : madeUp,
  };
}

/** What the stack commands are given in these surroundings. */
export const contextOf = (around: Surroundings = {}): StackContext => ({
  ports: portsOf(around),
  privateFiles,
  io: {
    out: () => {},
    err: () => {},
    isTTY: false,
    page: { width: 80, color: false, drawing: false, ...around.page },
  },
  folder: '/nowhere',
  env: around.env ?? {},
  signal: new AbortController().signal,
});

export interface Wish {
  readonly scene?: Partial<Scene>;
  readonly relay?: Partial<RelayOptions>;
  readonly around?: Surroundings;
  readonly planning?: Partial<Planning>;
  readonly flags?: Partial<Planning['options']>;
}

/** `reach4 plan --remedy relay` in made-up surroundings, without the engine. */
export function planned({
  scene,
  relay,
  around = {},
  planning,
  flags,
}: Wish = {}): Promise<Planned<RelayPlan>> {
  const now = new Date('2026-11-23T22:00:00Z');
  const the = caseOf({ evidence: [...LINE, ...SIX, ...zone([])], ...scene });
  const diagnosis = judge(the, { at: now, by: '0.0.0', complete: true });
  return planRelay(
    {
      diagnosis,
      staleHours: null,
      stackName: 'home-example-org',
      earlier: null,
      deployment: null,
      options: { ...NO_FLAGS, ...flags, remedy: 'relay', relay: { ...NO_RELAY_OPTIONS, ...relay } },
      now,
      ...planning,
    },
    contextOf(around),
  );
}
