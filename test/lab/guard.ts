import { setTimeout as delay } from 'node:timers/promises';
import { clear, clearNow, type Place } from './leftovers.ts';
import { foregroundEnded } from './processes.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** ms; what a command on the terminal gets to say after Ctrl-C, which it receives as well. */
const LAST_WORDS = 2_000;

/** Worlds that are up or starting, with what stops each. */
const guarded = new Map<Place, () => Promise<void>>();

/**
 * Makes sure that a world is removed however this process ends.
 * @returns what stops the world: it gives up a start that is under way, and may be called many times.
 */
export function guard(
  place: Place,
  controller: AbortController,
  starting: Promise<unknown>,
): () => Promise<void> {
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    controller.abort(new Error('The world is being stopped.'));
    // Whatever the start still makes must be there before it can be removed.
    await starting.catch(() => undefined);
    await clear(place);
    guarded.delete(place);
    if (guarded.size === 0) unwatch();
  };
  if (guarded.size === 0) watch();
  guarded.set(place, () => {
    stopping ??= stop();
    return stopping;
  });
  return guarded.get(place) ?? stop;
}

function watch(): void {
  for (const signal of SIGNALS) process.on(signal, onSignal);
  process.on('exit', onExit);
}

function unwatch(): void {
  for (const signal of SIGNALS) process.off(signal, onSignal);
  process.off('exit', onExit);
}

function onSignal(signal: NodeJS.Signals): void {
  void (async () => {
    await Promise.race([foregroundEnded(), delay(LAST_WORDS)]);
    await Promise.allSettled([...guarded.values()].map((stop) => stop()));
    onExit();
    unwatch();
    // Now nobody handles it any more: the process ends as its parent expects after this signal.
    process.kill(process.pid, signal);
  })();
}

function onExit(): void {
  for (const place of guarded.keys()) clearNow(place);
}
