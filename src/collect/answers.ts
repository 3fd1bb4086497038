import { parseAddress } from '../model/address.ts';
import type { Reason } from '../model/evidence.ts';
import { plainText } from '../ports/plain-text.ts';
import type { HttpResult } from '../ports/ports.ts';
import type { Recorded } from './transcript.ts';

type Whole = Exclude<Recorded, { kind: 'broken' }>;

/** Characters of a complaint. */
const TEXT_LENGTH = 100;

/** `192.0.2.7 STREAM home.example.org` of getent, a line for each kind of socket. */
export const FOUND = /^([\da-f:.]+)(?:%\S*)?\s/gmu;
/** `ip_address: 192.0.2.7` and `ipv6_address: 2001:db8::1` of dscacheutil. */
export const MAC_FOUND = /^ip(?:v6)?_address: ([\da-f:.]+)/gmu;

/** What a look-up gave; where it gave nothing, nobody knows why. */
export function addressesFound(
  recorded: Whole,
  pattern: RegExp,
  refuse: (reason: Reason) => never,
): string[] {
  if (recorded.kind === 'not-found') return refuse({ code: 'no-tool', detail: 'getent' });
  if (recorded.exitCode !== 0 && recorded.exitCode !== 2) {
    const detail = plainText(recorded.stderr, TEXT_LENGTH) || 'the look-up failed';
    return refuse({ code: 'unsupported', detail });
  }
  const found = [...recorded.stdout.matchAll(pattern)].flatMap(([, text = '']) => parseAddress(text) ?? []);
  // It says the same of a name that doesn't exist, and where no resolver answers.
  if (found.length === 0) {
    return refuse({ code: 'unreachable', detail: 'nothing was found there, or no resolver answered' });
  }
  return [...new Set(found)];
}

/** curl's exit codes (curl(1)); the rest are told by their number. */
const CURL_EXITS: Readonly<Record<number, Reason['code']>> = {
  5: 'unreachable',
  6: 'unreachable',
  7: 'unreachable',
  22: 'refused',
  28: 'timed-out',
  124: 'timed-out',
  125: 'too-large',
};

/** What curl brought. */
export function httpAnswer(recorded: Whole): HttpResult {
  const failed = (code: Reason['code'], detail: string): HttpResult => ({
    ok: false,
    reason: { code, detail },
    ms: 0,
  });
  if (recorded.kind === 'not-found') return failed('no-tool', 'curl');
  const { exitCode, stdout, stderr } = recorded;
  if (exitCode === 0) return { ok: true, status: 200, headers: {}, body: stdout, ms: 0 };
  const said = plainText(stderr, TEXT_LENGTH) || `curl: exit code ${exitCode}`;
  return failed(CURL_EXITS[exitCode] ?? 'unsupported', said);
}
