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

/** Milliseconds between two drawings: dozens of probes end within one, and each drawing would be a flicker. */
const DRAW_EVERY_MS = 100;
/** Where the terminal doesn't tell its width (the VT100's), columns. */
const USUAL_WIDTH = 80;
const MIN_WIDTH = 20;

/** One line a vantage with what it still waits for, on a terminal. */
export function onTerminal(stream: NodeJS.WriteStream): Progress {
  const update: typeof logUpdate = createLogUpdate(stream);
  const waiting = new Map<string, string[]>();
  let shown = '';
  let timer: NodeJS.Timeout | null = null;
  const draw = (): void => {
    timer = null;
    // The last column stays free: some terminals wrap when it is written to.
    const width = Math.max(MIN_WIDTH, (stream.columns || USUAL_WIDTH) - 1);
    const text = [...waiting].map(([where, what]) => progressLine(where, what, width)).join('\n');
    if (text === shown) return;
    shown = text;
    update(text);
  };
  // Nothing is kept alive for it, and nothing is drawn that is over within a moment.
  const later = (): void => {
    timer ??= setTimeout(draw, DRAW_EVERY_MS).unref();
  };
  return {
    begin(where, what) {
      waiting.set(where, [...(waiting.get(where) ?? []), what]);
      later();
    },
    end(where, what) {
      const left = [...(waiting.get(where) ?? [])];
      const index = left.indexOf(what);
      if (index !== -1) left.splice(index, 1);
      waiting.set(where, left);
      later();
    },
    clear() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      waiting.clear();
      shown = '';
      update.clear();
      update.done();
    },
  };
}

/** `  here: routes, firewall and 3 more`, in one line of at most `width` columns; what doesn't fit is counted. */
export function progressLine(where: string, what: readonly string[], width: number): string {
  const start = `  ${where}: `;
  if (what.length === 0) return `${start}done`.slice(0, width);
  for (let shown = what.length; shown > 0; shown -= 1) {
    const rest = what.length - shown;
    const line = `${start}${what.slice(0, shown).join(', ')}${rest === 0 ? '' : ` and ${rest} more`}`;
    if (line.length <= width) return line;
  }
  return `${start}${what.length} probes`.slice(0, width);
}
