/** Until `stop` is called, interruptions don't end this process but ask the engine to end in order. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** Whether it was asked for, here or by the terminal. */
  readonly happened: boolean;
  stop(): void;
}

/**
 * A signal to pass on to the engine. Ctrl-C on a terminal reaches the engine by itself, being sent to both; a second
 * one would make it end at once and leave a lock, so it isn't passed on.
 */
export function passOnInterrupts(onTerminal = process.stdin.isTTY === true): Interruption {
  const controller = new AbortController();
  let happened = false;
  const onInterrupt = (): void => {
    happened = true;
    if (!onTerminal) controller.abort();
  };
  const onTerminate = (): void => {
    happened = true;
    controller.abort();
  };
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onTerminate);
  return {
    signal: controller.signal,
    get happened() {
      return happened;
    },
    stop: () => {
      process.removeListener('SIGINT', onInterrupt);
      process.removeListener('SIGTERM', onTerminate);
    },
  };
}
