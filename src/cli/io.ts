import { asTyped, MAX_WIDTH, type Page } from '../report/page.ts';

/** Where a command writes, and what the reader's screen can do. */
export interface Io {
  out(text: string): void;
  err(text: string): void;
  readonly isTTY: boolean;
  readonly page: Page;
}

/** The process's own streams. Colour and drawing only on a terminal; NO_COLOR (no-color.org) and TERM=dumb are heeded. */
export function standardIo(): Io {
  const isTTY = process.stdout.isTTY === true;
  const dumb = process.env.TERM === 'dumb';
  // In a checkout, reach4 is on no PATH.
  const command = process.env.npm_lifecycle_event === 'start' ? { command: 'npm start --' } : {};
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(asTyped(command, text)),
    isTTY,
    page: {
      ...command,
      width: isTTY ? process.stdout.columns || MAX_WIDTH : MAX_WIDTH,
      color: isTTY && !dumb && (process.env.NO_COLOR ?? '') === '',
      drawing:
        isTTY &&
        !dumb &&
        /utf-?8/iu.test(process.env.LC_ALL || process.env.LC_CTYPE || process.env.LANG || 'utf-8'),
    },
  };
}
