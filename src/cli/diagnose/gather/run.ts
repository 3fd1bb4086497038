import { type Evidence, evidenceSchema, isHere } from '../../../model/evidence.ts';
import { decideVantage } from '../../../model/view/vantage.ts';
import type { Ports } from '../../../ports/ports.ts';
import { evidenceOf, type ProbeContext } from '../../../probes/context.ts';
import type { DiagnoseOptions } from '../options.ts';
import type { Probes } from '../probes.ts';
import type { Progress } from '../progress.ts';

/**
 * How long anything but a look at an address may take, milliseconds from the start: one probe's time-out. A dead
 * resolver, service or router costs no more, and nothing waits for it.
 */
const PROMPT_MS = 4_000;
/** Looks that began late still get their whole time; above this, milliseconds, something hangs. */
const PATIENT_MS = 15_000;
/** Looks by way of others, who queue and report back: Globalping says 10 s on top of a test's own time (5 s), twice over. */
const DISTANT_MS = 30_000;

/** `prompt` probes share the one deadline; `patient` and `distant` ones have time-outs of their own. */
type Patience = 'prompt' | 'patient' | 'distant';

interface Task {
  /** Unique; those that belong together begin alike. */
  readonly name: string;
  /** For the progress lines: whom it concerns, and what is waited for. */
  readonly where: string;
  readonly what: string;
  readonly patience?: Patience;
}

/** One gathering under way: what is known so far, what is under way, and what still has to end. */
export class Run {
  readonly options: DiagnoseOptions;
  readonly ports: Ports;
  readonly probes: Probes;
  /** The caller's: Ctrl-C and the command's own deadline. */
  readonly signal: AbortSignal;
  /** Addresses that any DNS server gave for the name, before its probe has ended. */
  readonly overheard = { a: new Set<string>(), aaaa: new Set<string>() };
  readonly #progress: Progress;
  readonly #evidence: Evidence[] = [];
  readonly #begun = new Set<string>();
  readonly #open = new Map<string, { readonly callOff: AbortController }>();
  /** Tasks that were called off because nothing is left to explain. */
  readonly #needless = new Set<string>();
  readonly #ended = new AbortController();
  readonly #signals: Readonly<Record<Patience, AbortSignal>>;
  readonly #started: number;
  #failure: { readonly error: unknown } | null = null;
  #wake: () => void = () => {};

  constructor(
    options: DiagnoseOptions,
    ports: Ports,
    probes: Probes,
    progress: Progress,
    signal: AbortSignal,
  ) {
    this.options = options;
    this.ports = ports;
    this.probes = probes;
    this.signal = signal;
    this.#progress = progress;
    this.#started = ports.clock.monotonic();
    this.#signals = {
      prompt: this.#deadline(PROMPT_MS),
      patient: this.#deadline(PATIENT_MS),
      distant: this.#deadline(DISTANT_MS),
    };
  }

  get evidence(): readonly Evidence[] {
    return this.#evidence;
  }

  /** Milliseconds since the start. */
  get elapsed(): number {
    return this.ports.clock.monotonic() - this.#started;
  }

  get vantage() {
    return this.decided().vantage;
  }

  /** Where this machine stands, as far as is known. What another machine told of itself has no say. */
  decided(): ReturnType<typeof decideVantage> {
    const { from, target } = this.options;
    const own = this.#evidence.filter((item) => item.probe !== 'addresses' || isHere(item));
    return decideVantage(from, target, own);
  }

  context(patience: Patience = 'prompt'): ProbeContext {
    return { vantage: this.options.from ?? 'unknown', where: 'here', signal: this.#signals[patience] };
  }

  /** An observation from here that no probe makes. */
  item<P extends Evidence['probe']>(probe: P, subject: string) {
    return evidenceOf(probe, subject, this.context(), this.ports.clock);
  }

  /** Keeps what is known without probing. */
  keep(items: readonly Evidence[]): void {
    for (const item of items) {
      const taken = new Set(this.#evidence.map(({ id }) => id));
      let id = item.id;
      for (let again = 2; taken.has(id); again += 1) id = `${item.id}-${again}`;
      this.#evidence.push(evidenceSchema.parse({ ...this.#asItEnded(item), id }));
    }
  }

  /** Starts a task, unless one of the name was started before. */
  start(
    { name, where, what, patience = 'prompt' }: Task,
    probing: (context: ProbeContext) => Promise<Evidence | readonly Evidence[]>,
  ): void {
    if (this.#begun.has(name) || this.#failure !== null) return;
    this.#begun.add(name);
    this.#progress.begin(where, what);
    const callOff = new AbortController();
    const general = this.context(patience);
    const context = { ...general, signal: AbortSignal.any([general.signal, callOff.signal]) };
    const running = async (): Promise<void> => {
      try {
        const items = [await probing(context)].flat();
        this.keep(this.#needless.has(name) ? items.map(asNeedless) : items);
      } catch (error) {
        // A bug: the rest is called off, so that nothing is left behind, and then it is thrown.
        this.#failure ??= { error };
        this.#ended.abort();
      } finally {
        this.#progress.end(where, what);
        this.#open.delete(name);
        this.changed();
      }
    };
    this.#open.set(name, { callOff });
    void running();
  }

  hasBegun(name: string): boolean {
    return this.#begun.has(name);
  }

  /** The rest of the names of those tasks, begun or ended, that begin so. */
  begun(prefix: string): string[] {
    return [...this.#begun].flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
  }

  /** Some task whose name begins so is under way. */
  isOpen(...prefixes: readonly string[]): boolean {
    return [...this.#open.keys()].some((name) => prefixes.some((prefix) => name.startsWith(prefix)));
  }

  /** Ends tasks whose names begin so: what they would explain is no question any more. */
  callOff(...prefixes: readonly string[]): void {
    for (const [name, { callOff }] of this.#open) {
      if (!prefixes.some((prefix) => name.startsWith(prefix))) continue;
      this.#needless.add(name);
      callOff.abort();
    }
  }

  /** Has the stages look again at what is known. */
  changed(): void {
    this.#wake();
  }

  /** The stages look once more at this time, milliseconds from the start, if anything is still under way. */
  wakeAt(ms: number): void {
    const left = Math.max(0, ms - this.elapsed);
    this.ports.clock.sleep(left, AbortSignal.any([this.signal, this.#ended.signal])).then(
      () => this.changed(),
      () => {},
    );
  }

  /** Lets each stage start what has become possible, until nothing is under way. */
  async through(stages: readonly ((run: Run) => void)[]): Promise<void> {
    try {
      for (;;) {
        const woken = new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        for (const stage of stages) stage(this);
        if (this.#open.size === 0) break;
        await woken;
      }
    } finally {
      this.#ended.abort();
    }
    if (this.#failure !== null) throw this.#failure.error;
  }

  #deadline(ms: number): AbortSignal {
    const late = new AbortController();
    const stop = AbortSignal.any([this.signal, this.#ended.signal]);
    this.ports.clock.sleep(ms, stop).then(
      () => late.abort(),
      () => {},
    );
    return AbortSignal.any([stop, late.signal]);
  }

  /** What a deadline of ours called off has timed out; only the user interrupts. */
  #asItEnded(item: Evidence): Evidence {
    if (item.status !== 'failed' || item.reason.code !== 'interrupted' || this.signal.aborted) return item;
    return { ...item, reason: { code: 'timed-out' } };
  }
}

/** Called off by ourselves: nothing failed. */
const asNeedless = (item: Evidence): Evidence =>
  item.status === 'failed' && item.reason.code === 'interrupted'
    ? {
        ...item,
        status: 'skipped',
        reason: { code: 'not-applicable', detail: 'the service answers over both families from outside' },
      }
    : item;
