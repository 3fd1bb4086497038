import { lookFromOutside } from '../../agent/client.ts';
import { worthAsking } from '../../causes/dns/caches.ts';
import type { Evidence, Vantage } from '../../model/evidence.ts';
import { decideVantage, withVantage } from '../../model/view/vantage.ts';
import type { Ports } from '../../ports/ports.ts';
import { addresses } from '../../probes/addresses.ts';
import { authority } from '../../probes/authority.ts';
import { evidenceOf, type ProbeContext } from '../../probes/context.ts';
import { osLookup } from '../../probes/os-lookup.ts';
import { reach } from '../../probes/reach.ts';
import { resolver } from '../../probes/resolver.ts';
import { whoami } from '../../probes/whoami.ts';
import type { DiagnoseOptions, OutsideAgent } from './options.ts';
import { joined, ownTrials, serviceHint, type Trial, trials } from './plan-reach.ts';
import type { Progress } from './progress.ts';

/** How long after the first answer a cache must have counted its time to live down, milliseconds: TTLs are whole seconds. */
const CACHE_AGES_MS = 1_200;

/** Everything that was seen, and where this machine turned out to stand. */
export interface Gathered {
  readonly evidence: readonly Evidence[];
  readonly vantage: Vantage;
}

/**
 * Runs all probes, each as soon as what it needs is known. Never throws for what the network does; when the signal
 * aborts, what is still open ends as `interrupted` evidence.
 */
export async function gather(
  options: DiagnoseOptions,
  ports: Ports,
  progress: Progress,
  signal: AbortSignal,
): Promise<Gathered> {
  const run = new Run(options, ports, progress, signal);
  await run.lookUp();
  await Promise.all([run.tryAddresses(), run.askResolversAgain()]);
  // What was learnt may be worth another look: addresses that only the outside was told, and the server's own.
  await run.tryAddresses();
  return run.result();
}

class Run {
  readonly #options: DiagnoseOptions;
  readonly #ports: Ports;
  readonly #progress: Progress;
  readonly #context: ProbeContext;
  readonly #tried = new Map<string, Set<string>>();
  readonly #evidence: Evidence[] = [];

  constructor(options: DiagnoseOptions, ports: Ports, progress: Progress, signal: AbortSignal) {
    this.#options = options;
    this.#ports = ports;
    this.#progress = progress;
    this.#context = { vantage: options.from ?? 'unknown', where: 'here', signal };
  }

  /** Names and addresses: what DNS says, what this machine has, how it is seen. */
  async lookUp(): Promise<void> {
    const { target } = this.#options;
    const ports = this.#ports;
    const context = this.#context;
    const byName =
      target.hostKind === 'name'
        ? [
            this.#add('here', 'resolvers', resolver(target.host, ports, context)),
            this.#add('here', "the zone's servers", authority(target.host, ports, context)),
            this.#add('here', 'hosts file', osLookup(target.host, ports, context)),
          ]
        : [];
    await Promise.all([
      ...byName,
      this.#add('here', 'own addresses', addresses(ports, context)),
      ...this.#askServices(),
    ]);
  }

  #askServices(): Promise<void>[] {
    const { whoami: services, whoamiSkipped } = this.#options;
    if (whoamiSkipped !== null) {
      const skipped = evidenceOf('whoami', 'services', this.#context, this.#ports.clock).skipped({
        code: whoamiSkipped,
      });
      return [this.#add('here', 'public address', Promise.resolve(skipped))];
    }
    return services.flatMap((url) =>
      (['ipv4', 'ipv6'] as const).map((family) =>
        this.#add(
          'here',
          `public ${family === 'ipv4' ? 'IPv4' : 'IPv6'} address`,
          whoami(url, family, this.#ports, this.#context),
        ),
      ),
    );
  }

  /** TCP to every address that was mentioned and not tried yet, from here and from each outside agent at once. */
  async tryAddresses(): Promise<void> {
    const { target, ipv4 } = this.#options;
    const hint = serviceHint(target);
    const wanted = trials(target, ipv4, this.#evidence);
    if (hint === null) {
      if (this.#tried.size > 0) return;
      this.#tried.set('here', new Set());
      const skipped = evidenceOf('reach', target.host, this.#context, this.#ports.clock).skipped({
        code: 'unsupported',
        detail: 'UDP',
      });
      return this.#add('here', 'UDP', Promise.resolve(skipped));
    }
    const own = ownTrials(this.#evidence);
    const here = this.#untried('here', joined(wanted, own));
    const { vantage } = decideVantage(this.#options.from, target, this.#evidence);
    const fromOutside = vantage === 'server' ? joined(wanted, own) : wanted;
    await Promise.all([
      ...here.map((trial) =>
        this.#add(
          'here',
          trial.address,
          reach({ ...trial, port: target.port, hint }, this.#ports, this.#context),
        ),
      ),
      ...this.#options.outside.map((agent) => this.#lookFrom(agent, this.#untried(agent.label, fromOutside))),
    ]);
  }

  async #lookFrom(agent: OutsideAgent, open: readonly Trial[]): Promise<void> {
    const { target } = this.#options;
    const hint = serviceHint(target);
    const first = !this.#evidence.some(({ id }) => id.split(':')[1] === agent.label);
    const resolve = first && target.hostKind === 'name' ? target.host : null;
    if (hint === null || (open.length === 0 && resolve === null)) return;
    const request = { addresses: [...open], port: target.port, hint, resolve };
    const look = lookFromOutside({ ...agent, request }, this.#ports, this.#context.signal);
    await this.#add(`outside (${agent.label})`, 'IPv4 and IPv6', look);
  }

  #untried(where: string, wanted: readonly Trial[]): Trial[] {
    const tried = this.#tried.get(where) ?? new Set<string>();
    const open = wanted.filter(({ address }) => !tried.has(address));
    this.#tried.set(where, new Set([...tried, ...open.map(({ address }) => address)]));
    return open;
  }

  /** A cache's copy ages between two looks, an answer made up on the spot doesn't. */
  async askResolversAgain(): Promise<void> {
    const { target, from } = this.#options;
    const suspects = worthAsking({ target, vantage: from ?? 'unknown', evidence: this.#evidence });
    if (suspects.length === 0) return;
    const later = async (): Promise<Evidence[]> => {
      await this.#ports.clock.sleep(CACHE_AGES_MS, this.#context.signal).catch(() => {});
      const all = await resolver(target.host, this.#ports, this.#context);
      return all.flatMap((item): Evidence[] =>
        item.probe === 'resolver' && item.status === 'ok' && suspects.includes(item.facts.server)
          ? [{ ...item, probe: 'resolver-again', id: item.id.replace(/^resolver:/u, 'resolver-again:') }]
          : [],
      );
    };
    await this.#add('here', 'resolvers again', later());
  }

  result(): Gathered {
    const facts = decideVantage(this.#options.from, this.#options.target, this.#evidence);
    const decided = evidenceOf('vantage', 'self', this.#context, this.#ports.clock).ok(facts, 'ip address');
    const evidence = withVantage([...this.#evidence, decided], facts.vantage);
    return { evidence, vantage: facts.vantage };
  }

  async #add(where: string, what: string, probing: Promise<Evidence | Evidence[]>): Promise<void> {
    this.#progress.begin(where, what);
    try {
      const seen = await probing;
      this.#evidence.push(...[seen].flat());
    } finally {
      this.#progress.end(where, what);
    }
  }
}
