import { z } from 'zod';
import { type Answer, factOf } from './answer.ts';

/** A connector of reach4's on a machine. */
export interface Connector {
  readonly tunnelId: string;
  /** systemd's words: `active`, `activating`, `failed`, … and `running`, `auto-restart`, … */
  readonly active: string;
  readonly sub: string;
  /** Whether it starts with the machine. */
  readonly enabled: boolean;
  /** How often systemd started it again by itself. */
  readonly restarts: number | null;
  /** Since when it is active; null where it isn't. */
  readonly since: Date | null;
  readonly port: number | null;
  /** Connections to Cloudflare, as `/ready` tells; null where it couldn't be asked. */
  readonly connections: number | null;
}

/** What `LOOK_SCRIPT` finds. */
export interface MachineFacts {
  /** `Linux` */
  readonly system: string;
  readonly isRoot: boolean;
  /** Version; null where another init runs. */
  readonly systemd: number | null;
  readonly manager: string | null;
  readonly cloudflared: {
    readonly program: string;
    /** `2026.8.2`, or what one says that was built by hand; null where it says nothing. */
    readonly version: string | null;
    readonly readsTokenFile: boolean;
  } | null;
  readonly connectors: readonly Connector[];
}

/** cloudflared, metrics/readiness.go. */
const readySchema = z.object({ readyConnections: z.int().min(0) });

export function machineFacts(answer: Answer): MachineFacts {
  const program = factOf(answer, 'program');
  const ids = answer.facts.flatMap(([name, value]) => (value === 'unit=yes' ? [name] : []));
  return {
    system: factOf(answer, 'system') ?? 'unknown',
    isRoot: factOf(answer, 'user') === '0',
    systemd: numberOf(factOf(answer, 'systemd')),
    manager: factOf(answer, 'manager'),
    cloudflared:
      program === null
        ? null
        : {
            program,
            version: factOf(answer, 'version'),
            readsTokenFile: factOf(answer, 'token-file') === 'yes',
          },
    connectors: ids.map((id) => connectorOf(id, answer)),
  };
}

function connectorOf(tunnelId: string, { facts }: Answer): Connector {
  const values = new Map(
    facts.flatMap(([name, value]) => {
      const equals = value.indexOf('=');
      return name === tunnelId && equals !== -1 ? [[value.slice(0, equals), value.slice(equals + 1)]] : [];
    }),
  );
  const active = values.get('ActiveState') ?? 'unknown';
  return {
    tunnelId,
    active,
    sub: values.get('SubState') ?? 'unknown',
    enabled: values.get('UnitFileState') === 'enabled',
    restarts: numberOf(values.get('NRestarts') ?? null),
    since: active === 'active' ? timeOf(values.get('ActiveEnterTimestamp') ?? '') : null,
    port: numberOf(values.get('port') ?? null),
    connections: connectionsOf(values.get('ready')),
  };
}

const numberOf = (text: string | null): number | null =>
  text !== null && /^\d{1,9}$/u.test(text) ? Number(text) : null;

/** As systemd writes it in the C locale and UTC: `Fri 2026-11-27 08:00:00 UTC`. */
function timeOf(text: string): Date | null {
  const { day, time } =
    /^\w{3} (?<day>\d{4}-\d\d-\d\d) (?<time>\d\d:\d\d:\d\d) UTC$/u.exec(text)?.groups ?? {};
  return day === undefined ? null : new Date(`${day}T${time}Z`);
}

function connectionsOf(body: string | undefined): number | null {
  try {
    return readySchema.safeParse(JSON.parse(body ?? '')).data?.readyConnections ?? null;
  } catch {
    return null;
  }
}
