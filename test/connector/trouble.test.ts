import { expect, test } from 'vitest';
import { troubleIn } from '../../src/connector/trouble.ts';

/** As cloudflared 2026.8.2 wrote them, but for the refusal, which only the real edge writes. */
const DNS =
  '2026-11-27T09:07:04Z ERR edge discovery: error looking up Cloudflare edge IPs: the DNS query failed error="lookup _v2-origintunneld._tcp.argotunnel.com on 127.0.0.53:53: server misbehaving" event=0';
const FEATURES =
  '2026-11-27T09:07:18Z ERR Failed to fetch features, default to disable error="lookup cfd-features.argotunnel.com on 127.0.0.53:53: server misbehaving"';
const QUIC =
  '2026-11-27T09:07:23Z ERR Failed to dial a quic connection error="failed to dial to edge with quic: timeout: no recent network activity" connIndex=0 event=0 ip=203.0.113.99';
const REFUSED_PORT =
  '2026-11-27T08:45:56Z ERR Unable to establish connection with Cloudflare edge error="DialContext error: dial tcp 127.0.0.1:7844: connect: connection refused" connIndex=0 event=0 ip=127.0.0.1';
const MIDDLE =
  '2026-11-27T08:52:25Z ERR Unable to establish connection with Cloudflare edge error="TLS handshake with edge error: tls: failed to verify certificate: x509: certificate is valid for proxy.example.org, not h2.cftunnel.com" connIndex=0';
const UNAUTHORIZED =
  '2026-11-27T08:52:25Z ERR Register tunnel error from server side error="Unauthorized: Invalid tunnel secret" connIndex=0 event=0 ip=2606:4700:a0::1';
const NO_TOKEN = 'Provided Tunnel token is not valid.';
const PORT =
  '2026-11-27T08:52:25Z ERR Error opening metrics server listener error="failed to bind to address (127.0.0.1:20246): listen tcp 127.0.0.1:20246: bind: address already in use"';
const NOTES = [
  '2026-11-27T09:07:09Z WRN Unable to lookup protocol percentage.',
  'reach4-connector-x.service: Scheduled restart job, restart counter is at 1.',
];

test.each([
  ['dns', [FEATURES, DNS], DNS],
  ['egress', [FEATURES, DNS, QUIC, QUIC.replace('07:23Z', '07:28Z')], QUIC.replace('07:23Z', '07:28Z')],
  ['egress', [REFUSED_PORT], REFUSED_PORT],
  ['intercepted', [QUIC, MIDDLE], MIDDLE],
  ['refused', [QUIC, UNAUTHORIZED], UNAUTHORIZED],
  ['token', [NO_TOKEN], NO_TOKEN],
  ['port', [FEATURES, PORT], PORT],
] as const)('%s', (code, log, line) => {
  expect(troubleIn([...log, ...NOTES])).toEqual({ code, line });
});

test('what nobody knows is quoted; of nothing, nothing', () => {
  const unknown = '2026-11-27T08:52:25Z ERR Something new';
  expect(troubleIn([unknown, ...NOTES])).toEqual({ code: 'unknown', line: unknown });
  expect(troubleIn(NOTES)).toEqual({ code: 'unknown', line: NOTES[1] });
  expect(troubleIn([])).toEqual({ code: 'unknown', line: null });
});
