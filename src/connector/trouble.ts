/** Why a connector doesn't get its first connection, as far as its log says. */
export interface Trouble {
  readonly code: 'token' | 'refused' | 'port' | 'intercepted' | 'egress' | 'dns' | 'unknown';
  /** The line that says so; null where none does. */
  readonly line: string | null;
}

/**
 * How cloudflared says it (2026.8.2; seen, but for the refusal, which the edge writes: supervisor/supervisor.go looks
 * for the word). The first that is found counts: without DNS it never comes to dial, and a refusal means that it dialled.
 */
const SIGNS: readonly (readonly [Exclude<Trouble['code'], 'unknown'>, RegExp])[] = [
  ['token', /Tunnel token is not valid|Failed to read token file/u],
  ['refused', /Unauthorized/u],
  ['port', /address already in use/u],
  ['intercepted', /failed to verify certificate|x509: /u],
  [
    'egress',
    /Unable to establish connection|Failed to dial a quic connection|DialContext error|failed to dial to edge|no recent network activity|network is unreachable|dial (?:tcp|udp) .*:7844/u,
  ],
  ['dns', /lookup \S*argotunnel\.com|edge discovery|Could not lookup srv records/u],
];

/** @param log lines of cloudflared that aren't mere information, the oldest first */
export function troubleIn(log: readonly string[]): Trouble {
  for (const [code, sign] of SIGNS) {
    const line = log.findLast((each) => sign.test(each));
    if (line !== undefined) return { code, line };
  }
  return { code: 'unknown', line: log.findLast((each) => / (?:ERR|FTL) /u.test(each)) ?? log.at(-1) ?? null };
}
