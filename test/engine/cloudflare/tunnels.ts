import { randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { Connectors } from './connectors.ts';
import { tunnelRefusal } from './errors.ts';
import { checkIngress, type TunnelConfig, tunnelConfig } from './ingress.ts';

/** What a client sends, as loosely as the API takes it. */
export const tunnelInput = z.object({
  name: z.string().optional(),
  config_src: z.string().optional(),
  tunnel_secret: z.string().optional(),
});
export type TunnelInput = z.infer<typeof tunnelInput>;

export const configurationInput = z.object({
  config: tunnelConfig.optional(),
  source: z.string().optional(),
});

/** A tunnel as the API shows it. */
interface TunnelView {
  id: string;
  account_tag: string;
  name: string;
  config_src: 'local' | 'cloudflare';
  remote_config: boolean;
  status: 'inactive' | 'degraded' | 'healthy' | 'down';
  tun_type: 'cfd_tunnel';
  metadata: Record<string, never>;
  created_at: string;
  deleted_at: string | null;
  conns_active_at: string | null;
  conns_inactive_at: string | null;
  /** Always empty: the API's reference says that it will be, and that `/connections` is to be asked instead. */
  connections: never[];
}

interface Stored {
  id: string;
  name: string;
  configSrc: 'local' | 'cloudflare';
  /** base64 */
  secret: string;
  createdAt: string;
  deletedAt: string | null;
  configuration: { config: TunnelConfig; version: number; created_at: string } | null;
  connectors: Connectors;
}

/** Bytes that a secret has at least (the API's reference). */
const SECRET_BYTES = 32;

/**
 * The tunnels of one account with Cloudflare's rules, and nothing of HTTP. Sources: facts/cloudflare.md (a) to (c),
 * terraform-provider-cloudflare (services/zero_trust_tunnel_cloudflared), cloudflare/cloudflared (cfapi, connection).
 */
export class Tunnels {
  readonly accountId: string;
  readonly #now: () => Date;
  readonly #tunnels = new Map<string, Stored>();
  readonly #made: { readonly id: string; readonly secret: string }[] = [];

  constructor(accountId: string, now: () => Date = () => new Date()) {
    this.accountId = accountId;
    this.#now = now;
  }

  /** The answer holds the token, as the real one does; nobody may keep it. */
  create({
    name,
    config_src: source = 'local',
    tunnel_secret: secret,
  }: TunnelInput): TunnelView & { token: string } {
    const wanted = this.#free(name);
    if (source !== 'local' && source !== 'cloudflare') {
      throw tunnelRefusal.input(`config_src must be "local" or "cloudflare", not "${source}"`);
    }
    const stored: Stored = {
      id: randomUUID(),
      name: wanted,
      configSrc: source,
      secret: secret === undefined ? randomBytes(SECRET_BYTES).toString('base64') : valid(secret),
      createdAt: this.#now().toISOString(),
      deletedAt: null,
      configuration: null,
      connectors: new Connectors(this.#now),
    };
    this.#tunnels.set(stored.id, stored);
    this.#made.push({ id: stored.id, secret: stored.secret });
    return { ...this.#view(stored), token: this.#tokenOf(stored) };
  }

  /** Deleted ones too, with the time (the provider's own destroy test relies on it). */
  get(id: string): TunnelView {
    return this.#view(this.#known(id));
  }

  list(filter: { name?: string | undefined; isDeleted?: boolean | undefined }): TunnelView[] {
    return [...this.#tunnels.values()]
      .filter(
        ({ name, deletedAt }) =>
          (filter.name === undefined || name === filter.name) &&
          (filter.isDeleted === undefined || (deletedAt !== null) === filter.isDeleted),
      )
      .map((stored) => this.#view(stored));
  }

  /** A new secret makes the token another one: what is connected stays, and can't come back once it is not. */
  patch(id: string, { name, tunnel_secret: secret }: TunnelInput): TunnelView {
    const stored = this.#alive(id);
    if (name !== undefined && name !== stored.name) {
      stored.name = this.#free(name);
    }
    if (secret !== undefined) {
      stored.secret = valid(secret);
      this.#made.push({ id, secret });
    }
    return this.#view(stored);
  }

  /** @param cascade what is connected goes with it */
  delete(id: string, cascade: boolean): TunnelView {
    const stored = this.#known(id);
    if (stored.deletedAt === null) {
      if (stored.connectors.all().length > 0 && !cascade) {
        throw tunnelRefusal.activeConnections();
      }
      stored.deletedAt = this.#now().toISOString();
      stored.connectors.drop(null);
    }
    return this.#view(stored);
  }

  /** Every token that there has been, also of tunnels that are deleted and of secrets that were changed. */
  tokens(): readonly string[] {
    return this.#made.map(({ id, secret }) => tokenFor(this.accountId, id, secret));
  }

  /** What a connector needs, base64 of JSON (cloudflared, connection.TunnelToken). */
  token(id: string): string {
    return this.#tokenOf(this.#alive(id));
  }

  configure(id: string, input: z.infer<typeof configurationInput>): unknown {
    const stored = this.#alive(id);
    if (stored.configSrc !== 'cloudflare') {
      throw tunnelRefusal.locallyConfigured();
    }
    const config = input.config ?? {};
    checkIngress(config);
    const version = (stored.configuration?.version ?? 0) + 1;
    stored.configuration = { config, version, created_at: this.#now().toISOString() };
    return this.configuration(id);
  }

  /** Echoes what was sent: anything more would drift (facts (c)). */
  configuration(id: string): unknown {
    const stored = this.#known(id);
    const { config, version, created_at } = stored.configuration ?? {
      config: null,
      version: 0,
      created_at: stored.createdAt,
    };
    return {
      account_id: this.accountId,
      tunnel_id: id,
      version,
      config,
      source: stored.configSrc,
      created_at,
    };
  }

  connections(id: string): unknown[] {
    return this.#known(id).connectors.all();
  }

  /** @param clientId one connector's; all of them where null */
  dropConnections(id: string, clientId: string | null): void {
    this.#alive(id).connectors.drop(clientId);
  }

  /**
   * A connector comes: what cloudflared does with its token.
   * @param comesBack milliseconds after which it connects again when it was dropped, as long as its token is right; null: never
   * @returns its id
   */
  connect(token: string, comesBack: number | null): string {
    const { id, secret } = read(token);
    const stored = this.#alive(id);
    const isRight = (): boolean => stored.deletedAt === null && stored.secret === secret;
    if (!isRight()) {
      throw tunnelRefusal.connectorUnauthorized();
    }
    return stored.connectors.add(comesBack, isRight);
  }

  /** A connector is gone without a word: Cloudflare keeps its connections for minutes. */
  lose(connectorId: string): void {
    for (const { connectors } of this.#tunnels.values()) {
      connectors.lose(connectorId);
    }
  }

  /** All tunnels as they are, without their connectors, to be loaded again. */
  save(): Omit<Stored, 'connectors'>[] {
    return structuredClone([...this.#tunnels.values()].map(({ connectors: _, ...stored }) => stored));
  }

  load(saved: readonly Omit<Stored, 'connectors'>[]): void {
    for (const { connectors } of this.#tunnels.values()) connectors.drop(null);
    this.#tunnels.clear();
    for (const stored of structuredClone(saved)) {
      this.#tunnels.set(stored.id, { ...stored, connectors: new Connectors(this.#now) });
    }
  }

  #known(id: string): Stored {
    const stored = this.#tunnels.get(id);
    if (stored === undefined) {
      throw tunnelRefusal.notFound();
    }
    return stored;
  }

  #alive(id: string): Stored {
    const stored = this.#known(id);
    if (stored.deletedAt !== null) {
      throw tunnelRefusal.notFound();
    }
    return stored;
  }

  #free(name: string | undefined): string {
    if (name === undefined || name.trim() === '') {
      throw tunnelRefusal.input('name is required');
    }
    if ([...this.#tunnels.values()].some((other) => other.deletedAt === null && other.name === name)) {
      throw tunnelRefusal.nameTaken();
    }
    return name;
  }

  #tokenOf({ id, secret }: Stored): string {
    return tokenFor(this.accountId, id, secret);
  }

  #view({ id, name, configSrc, createdAt, deletedAt, connectors }: Stored): TunnelView {
    const { status, activeAt, inactiveAt } = connectors.health();
    return {
      id,
      account_tag: this.accountId,
      name,
      config_src: configSrc,
      remote_config: configSrc === 'cloudflare',
      status,
      tun_type: 'cfd_tunnel',
      metadata: {},
      created_at: createdAt,
      deleted_at: deletedAt,
      conns_active_at: activeAt,
      conns_inactive_at: inactiveAt,
      connections: [],
    };
  }
}

function valid(secret: string): string {
  const bytes = Buffer.from(secret, 'base64');
  if (bytes.length < SECRET_BYTES || bytes.toString('base64') !== secret) {
    throw tunnelRefusal.input('tunnel_secret must be at least 32 bytes, encoded as base64');
  }
  return secret;
}

function read(token: string): { id: string; secret: string } {
  try {
    const { t, s } = z
      .object({ t: z.string(), s: z.string() })
      .parse(JSON.parse(Buffer.from(token, 'base64').toString('utf8')));
    return { id: t, secret: s };
  } catch {
    throw tunnelRefusal.connectorUnauthorized();
  }
}

const tokenFor = (accountId: string, id: string, secret: string): string =>
  Buffer.from(JSON.stringify({ a: accountId, t: id, s: secret })).toString('base64');
