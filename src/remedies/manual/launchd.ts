import type { ManualStep } from '../../model/remedy-offer.ts';
import { asRoot, written } from '../manual.ts';

/** Where Homebrew puts programs, on Apple's processors and on Intel's (docs.brew.sh, Installation). */
const PATHS = '/opt/homebrew/bin:/usr/local/bin:/usr/bin:/bin';

interface Job {
  readonly label: string;
  /** The program and what it is told: without quotes, `<` and `&`. */
  readonly words: readonly string[];
  /** s after which it is started again; null keeps it running. */
  readonly every: number | null;
}

/** A job of launchd that is there after a restart too (launchd.plist(5), launchctl(1)); env(1) finds what Homebrew brought. */
export function launchdJob({ label, words, every }: Job): Pick<ManualStep, 'change' | 'undo'> {
  const file = `/Library/LaunchDaemons/${label}.plist`;
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<plist version="1.0"><dict>',
    `<key>Label</key><string>${label}</string>`,
    '<key>ProgramArguments</key><array>',
    ...['/usr/bin/env', `PATH=${PATHS}`, ...words].map((word) => `<string>${word}</string>`),
    '</array>',
    '<key>RunAtLoad</key><true/>',
    every === null ? '<key>KeepAlive</key><true/>' : `<key>StartInterval</key><integer>${every}</integer>`,
    '</dict></plist>',
  ];
  return {
    change: asRoot(written(file, lines), `launchctl bootstrap system ${file}`),
    undo: asRoot(`launchctl bootout system/${label}`, `rm ${file}`),
  };
}
