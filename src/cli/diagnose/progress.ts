import type logUpdate from 'log-update';
import { createLogUpdate } from 'log-update';

/** Told what is waited for, and where; shown while it runs. */
export interface Progress {
  begin(where: string, what: string): void;
  end(where: string, what: string): void;
  /** Takes the lines away again. */
  clear(): void;
}

export const silent: Progress = { begin: () => {}, end: () => {}, clear: () => {} };

/** One line a vantage with what it still waits for, on a terminal. */
export function onTerminal(stream: NodeJS.WriteStream): Progress {
  const update: typeof logUpdate = createLogUpdate(stream);
  const waiting = new Map<string, string[]>();
  const draw = (): void => {
    const lines = [...waiting].map(([where, what]) => {
      const text = what.length === 0 ? 'done' : what.join(', ');
      return `  ${where}: ${text}`.slice(0, Math.max(20, (stream.columns || 80) - 1));
    });
    update(lines.join('\n'));
  };
  return {
    begin(where, what) {
      waiting.set(where, [...(waiting.get(where) ?? []), what]);
      draw();
    },
    end(where, what) {
      const left = [...(waiting.get(where) ?? [])];
      const index = left.indexOf(what);
      if (index !== -1) left.splice(index, 1);
      waiting.set(where, left);
      draw();
    },
    clear() {
      update.clear();
      update.done();
    },
  };
}
