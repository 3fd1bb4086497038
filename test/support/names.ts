import type { Identity } from '../../src/model/identity.ts';

export const NAME = 'home.example.org';
export const ZONE = 'example.org';
export const TARGET = `https://${NAME}`;

/** The line's public address, an earlier one that nobody has, one that somebody else has now, a VPS, a VPN's exit. */
export const WAN4 = '81.2.99.2';
export const OLD4 = '81.2.99.77';
export const OTHER4 = '81.2.99.130';
export const VPS4 = '152.53.20.80';
export const VPN4 = '185.159.197.9';
export const LAN4 = '192.168.77.10';
export const STABLE6 = '2a0b:4341:7700::10';
export const TEMPORARY6 = '2a0b:4341:7700:0:8d1c:22ff:fe3b:9001';
export const OLD6 = '2a0b:4341:6600::10';
export const PROXY4 = '104.16.132.229';
export const PROXY6 = '2606:4700::6810:84e5';

export const RESOLVER = '192.168.77.1';
export const NAME_SERVERS: Readonly<Record<string, string>> = { ns1: '91.203.110.53', ns2: '194.156.163.53' };

export const tls = (digit: string, more: Partial<Extract<Identity, { kind: 'tls' }>> = {}): Identity => ({
  kind: 'tls',
  spkiSha256: digit.repeat(64),
  subject: `CN=${NAME}`,
  issuer: 'CN=R11',
  coversName: true,
  trusted: false,
  ...more,
});
export const SERVICE = tls('a');
export const STRANGER = tls('b', { subject: 'CN=router.invalid', coversName: false });
/** Another program on the server itself. */
export const OTHER_PROGRAM = tls('c', { subject: 'CN=other.invalid', coversName: false });
export const SILENT: Identity = { kind: 'none', why: 'silent' };
