import type { RunningProvider } from './server.ts';

/** What a process does until it is told to end, and the line that it prints when it is ready. */
export interface Started {
  running: AsyncDisposable;
  ready: string;
}

/** As a process that a test started: one line of JSON. */
export function started(provider: RunningProvider): Started {
  return { running: provider, ready: JSON.stringify({ port: provider.port, attach: provider.attach }) };
}

/** As a plugin that the engine started: its port, and the engine's end is its own. */
export function startedByEngine(provider: RunningProvider): Started {
  // The engine holds the other end: a plugin must not outlive it.
  const stop = () => void stopProcess(provider);
  process.stdin.on('end', stop).on('error', stop).resume();
  return { running: provider, ready: String(provider.port) };
}

/** Prints the line, and ends on SIGTERM or SIGINT. */
export function runUntilStopped({ running, ready }: Started): void {
  process.once('SIGTERM', () => void stopProcess(running));
  process.once('SIGINT', () => void stopProcess(running));
  // Only now: who reads this may send the signal at once.
  console.log(ready);
}

async function stopProcess(running: AsyncDisposable): Promise<void> {
  await running[Symbol.asyncDispose]();
  process.exit(0);
}
