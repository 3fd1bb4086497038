import type { Reason } from '../../model/evidence.ts';
import type { Ports } from '../../ports/ports.ts';
import { parseWindowsReading, type WindowsReading } from './parse.ts';
import { WINDOWS_COMMAND } from './script.ts';

/**
 * ms; a start takes one, the sockets and addresses another, and the firewall's rules up to eight on a small machine.
 * What comes later hangs: what is left of the deadline of a patient probe (15 s) is for netstat.
 */
const TIMEOUT = 12_000;
/** ms that a reading counts as being of this moment: the probes of one diagnosis share it. */
const FRESH_FOR = 60_000;

/** Windows PowerShell, which every Windows has but Nano Server, then PowerShell 7. */
const SHELLS = ['powershell.exe', 'pwsh.exe'] as const;

/**
 * The script goes as plain text: `-EncodedCommand`, above all beside `-ExecutionPolicy Bypass`, is what malware does, and
 * Defender and Kaspersky stop it (stablyai/orca#17861, #17876). The policy is about files and lets `-Command` pass.
 */
export const shellArgs: readonly string[] = [
  '-NoLogo',
  '-NoProfile',
  '-NonInteractive',
  '-Command',
  WINDOWS_COMMAND,
];

interface Kept {
  readonly at: number;
  readonly reading: Promise<WindowsReading>;
}
const kept = new WeakMap<Ports, Kept>();

/** What PowerShell tells of this machine: one start for all the probes that ask with the same ports. */
export async function windowsReading(ports: Ports, signal: AbortSignal): Promise<WindowsReading> {
  const now = ports.clock.monotonic();
  const before = kept.get(ports);
  if (before !== undefined && now - before.at < FRESH_FOR) {
    const reading = await before.reading;
    // Another caller's end is no reason why this one may not look.
    if (reading.complete || signal.aborted || !wasInterrupted(reading)) return reading;
    if (kept.get(ports) !== before) return windowsReading(ports, signal);
  }
  const reading = read(ports, signal);
  kept.set(ports, { at: now, reading });
  return reading;
}

async function read(ports: Ports, signal: AbortSignal): Promise<WindowsReading> {
  for (const shell of SHELLS) {
    const result = await ports.exec.run(shell, shellArgs, { timeoutMs: TIMEOUT, signal });
    if (result === null) continue;
    return parseWindowsReading(result.stdout, reasonOf(result.exitCode, signal));
  }
  return parseWindowsReading('', { code: 'no-tool', detail: 'PowerShell' });
}

function reasonOf(exitCode: number, signal: AbortSignal): Reason {
  if (signal.aborted) return { code: 'interrupted' };
  if (exitCode === 124) return { code: 'timed-out', detail: 'PowerShell' };
  if (exitCode === 125) return { code: 'too-large', detail: 'PowerShell' };
  if (exitCode !== 0) return { code: 'unsupported', detail: `PowerShell ended with ${exitCode}` };
  return { code: 'malformed', detail: 'the output of PowerShell is cut off' };
}

function wasInterrupted(reading: WindowsReading): boolean {
  const last = reading.section('firewall-rules');
  return 'reason' in last && last.reason.code === 'interrupted';
}
