import { randomUUID } from 'node:crypto';

/** Connections that one cloudflared keeps (cloudflared, flag `ha-connections`). */
const CONNECTIONS = 4;

interface Connection {
  id: string;
  uuid: string;
  client_id: string;
  client_version: string;
  colo_name: string;
  is_pending_reconnect: boolean;
  origin_ip: string;
  opened_at: string;
}

/** One cloudflared as `GET …/connections` shows it (cloudflared, cfapi.ActiveClient). */
interface Connector {
  id: string;
  features: string[];
  version: string;
  arch: string;
  run_at: string;
  conns: Connection[];
}

interface Health {
  status: 'inactive' | 'degraded' | 'healthy' | 'down';
  activeAt: string | null;
  inactiveAt: string | null;
}

/** The connectors of one tunnel. */
export class Connectors {
  readonly #now: () => Date;
  readonly #there = new Map<
    string,
    { connector: Connector; comesBack: number | null; mayConnect: () => boolean }
  >();
  #activeAt: string | null = null;
  #inactiveAt: string | null = null;

  constructor(now: () => Date) {
    this.#now = now;
  }

  add(comesBack: number | null, mayConnect: () => boolean, id: string = randomUUID()): string {
    const at = this.#now().toISOString();
    const conns = Array.from({ length: CONNECTIONS }, (_, index): Connection => {
      const uuid = randomUUID();
      return {
        id: uuid,
        uuid,
        client_id: id,
        client_version: '2026.4.0',
        colo_name: index % 2 === 0 ? 'fra06' : 'ams01',
        is_pending_reconnect: false,
        origin_ip: '2a0b:4341:7700::10',
        opened_at: at,
      };
    });
    const connector = { id, features: [], version: '2026.4.0', arch: 'linux_amd64', run_at: at, conns };
    this.#there.set(id, { connector, comesBack, mayConnect });
    this.#activeAt ??= at;
    this.#inactiveAt = null;
    return id;
  }

  all(): Connector[] {
    return structuredClone([...this.#there.values()].map(({ connector }) => connector));
  }

  /** cloudflared tries again within seconds ("Retrying connection in up to 1s"). @param id all of them where null */
  drop(id: string | null): void {
    for (const [key, { comesBack, mayConnect }] of [...this.#there]) {
      if (id === null || id === key) {
        this.#there.delete(key);
        if (comesBack !== null) {
          setTimeout(() => {
            if (mayConnect()) this.add(comesBack, mayConnect, key);
          }, comesBack).unref();
        }
      }
    }
    this.#noteTheEnd();
  }

  /** Tracked for several minutes more, in case it comes back (the API's reference, `is_pending_reconnect`). */
  lose(id: string): void {
    const known = this.#there.get(id);
    for (const connection of known?.connector.conns ?? []) {
      connection.is_pending_reconnect = true;
    }
    this.#noteTheEnd();
  }

  health(): Health {
    const active = this.#active();
    const status =
      active >= CONNECTIONS
        ? 'healthy'
        : active > 0
          ? 'degraded'
          : this.#activeAt === null
            ? 'inactive'
            : 'down';
    return { status, activeAt: active > 0 ? this.#activeAt : null, inactiveAt: this.#inactiveAt };
  }

  #active(): number {
    const all = [...this.#there.values()].flatMap(({ connector }) => connector.conns);
    return all.filter(({ is_pending_reconnect: pending }) => !pending).length;
  }

  #noteTheEnd(): void {
    if (this.#activeAt !== null && this.#inactiveAt === null && this.#active() === 0) {
      this.#inactiveAt = this.#now().toISOString();
    }
  }
}
