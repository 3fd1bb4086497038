import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { execa } from 'execa';
import type { Exec } from '../ports.ts';
import { EXIT, exitCodeOf, KILL_AFTER, letGoAfter } from './exec-exit.ts';

/** Characters in which `ready` is looked for: what tells it comes first, and what follows may be long. */
const READY_WITHIN = 16 * 1024;

/** A program that runs until it is stopped, the signal aborts, this process ends, or it has said more than is wanted. */
export const watch: Exec['watch'] = async (file, args, { ready, readyMs, maxBytes, signal }) => {
  const running = execa(file, [...args], {
    reject: false,
    stdin: 'ignore',
    env: { LC_ALL: 'C' },
    buffer: false,
    cancelSignal: signal,
    forceKillAfterDelay: KILL_AFTER,
    cleanup: true,
  });
  const became = withResolvers<'ready' | 'late' | 'ended'>();
  let cutOff = false;
  const collected = (stream: Readable): (() => string) => {
    const decoder = new StringDecoder('utf8');
    let text = '';
    let room = maxBytes;
    let begun = true;
    stream.on('data', (part: Buffer) => {
      text += decoder.write(part.subarray(0, Math.max(0, room)));
      room -= part.length;
      if (begun && text.slice(0, READY_WITHIN).search(ready) !== -1) became.resolve('ready');
      begun = text.length < READY_WITHIN;
      if (room >= 0 || cutOff) return;
      cutOff = true;
      running.kill();
    });
    return () => text;
  };
  const stdout = collected(running.stdout);
  const stderr = collected(running.stderr);
  const stopped = new AbortController();
  const over = AbortSignal.any([signal, stopped.signal]);
  const hasEnded = letGoAfter(over, [running.stdout, running.stderr]);
  const ended = running.then((result) => {
    hasEnded();
    became.resolve('ended');
    return result;
  });

  const late = setTimeout(() => became.resolve('late'), readyMs);
  const state = await became.promise;
  clearTimeout(late);
  if (state === 'ended' && (await ended).code === 'ENOENT') return null;
  return {
    isReady: state === 'ready',
    async stop() {
      running.kill();
      stopped.abort();
      const result = await ended;
      return {
        exitCode: cutOff ? EXIT.outputCutOff : exitCodeOf(result),
        stdout: stdout(),
        stderr: stderr(),
      };
    },
  };
};

/** Promise.withResolvers, which TypeScript's library for ES2023 lacks. */
function withResolvers<T>(): { promise: Promise<T>; resolve(value: T): void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
