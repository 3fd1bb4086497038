import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { fromAuthority, lookup, records, resolvers } from '../../src/model/by-hand/dns.ts';
import { page, sshKeys, tcp, web } from '../../src/model/by-hand/reach.ts';
import { datagram, natPmpRequest, upnpAdd, upnpList, upnpRemove } from '../../src/model/by-hand/router.ts';
import type { System } from '../../src/model/facts/host.ts';
import { LAN4, NAME, STABLE6 } from '../support/names.ts';

const SIX = '2001:db8::1';
const URL = 'http://192.168.77.1:5000/x.xml';
const site = { address: LAN4, port: 443, scheme: 'https', name: NAME, path: '/a?b=1&c=2' } as const;
const mapping = { client: LAN4, internalPort: 443, externalPort: 8443, protocol: 'udp' } as const;
const COM = '(New-Object -ComObject HNetCfg.NATUPnP).StaticPortMappingCollection';

/** As each system's own manual has it: OpenBSD's nc(1), Apple's nc(1) and dscacheutil(1), Microsoft Learn. */
const COMMANDS: readonly [string, (system: System) => string, string, string, string][] = [
  [
    'a port',
    (system) => tcp(system, SIX, 443),
    `nc -vz -w 4 ${SIX} 443`,
    `nc -vz -G 4 ${SIX} 443`,
    `Test-NetConnection '${SIX}' -Port 443`,
  ],
  [
    'a site',
    (system) => web(system, site),
    `curl -4 -skv -o /dev/null --connect-timeout 4 --connect-to ::${LAN4}:443 'https://${NAME}:443/a?b=1&c=2'`,
    `curl -4 -skv -o /dev/null --connect-timeout 4 --connect-to ::${LAN4}:443 'https://${NAME}:443/a?b=1&c=2'`,
    `curl.exe -4 -skv -o NUL --connect-timeout 4 --connect-to '::${LAN4}:443' 'https://${NAME}:443/a?b=1&c=2'`,
  ],
  [
    'what a service tells',
    (system) => page(system, 'https://one.example.net/ip', 4),
    'curl -4 https://one.example.net/ip',
    'curl -4 https://one.example.net/ip',
    'curl.exe -4 https://one.example.net/ip',
  ],
  [
    'keys of SSH',
    (system) => sshKeys(system, STABLE6, 22),
    `ssh-keyscan -T 4 -p 22 ${STABLE6}`,
    `ssh-keyscan -T 4 -p 22 ${STABLE6}`,
    `ssh-keyscan -T 4 -p 22 '${STABLE6}'`,
  ],
  [
    'records of a resolver',
    (system) => records(system, '9.9.9.9', NAME),
    `dig @9.9.9.9 ${NAME} A ${NAME} AAAA`,
    `dig @9.9.9.9 ${NAME} A ${NAME} AAAA`,
    `Resolve-DnsName ${NAME} -Type A_AAAA -Server 9.9.9.9 -DnsOnly`,
  ],
  [
    'records of an authoritative server',
    (system) => records(system, SIX, NAME, false),
    `dig +norecurse @${SIX} ${NAME} A ${NAME} AAAA`,
    `dig +norecurse @${SIX} ${NAME} A ${NAME} AAAA`,
    `Resolve-DnsName ${NAME} -Type A_AAAA -Server '${SIX}' -DnsOnly -NoRecursion`,
  ],
  [
    'past every resolver',
    (system) => fromAuthority(system, NAME),
    `dig +trace ${NAME} A`,
    `dig +trace ${NAME} A`,
    `Resolve-DnsName ${NAME} -Type A -DnsOnly -Server (Resolve-DnsName ${NAME} -Type SOA -DnsOnly).PrimaryServer`,
  ],
  [
    'what programs get',
    (system) => lookup(system, NAME),
    `getent ahosts ${NAME}`,
    `dscacheutil -q host -a name ${NAME}`,
    `[Net.Dns]::GetHostAddresses('${NAME}')`,
  ],
  ['resolvers', resolvers, 'cat /etc/resolv.conf', 'scutil --dns', 'Get-DnsClientServerAddress'],
  [
    'NAT-PMP',
    (system) => natPmpRequest(system, '192.168.77.1', '', Uint8Array.of(0, 0)),
    'natpmpc -g 192.168.77.1',
    'natpmpc -g 192.168.77.1',
    "$u = New-Object Net.Sockets.UdpClient('192.168.77.1', 5351); $u.Client.ReceiveTimeout = 2000; $b = [byte[]](0, 0); [void]$u.Send($b, $b.Length); $e = New-Object Net.IPEndPoint([Net.IPAddress]::Any, 0); [BitConverter]::ToString($u.Receive([ref]$e))",
  ],
  ['a search for a router', (system) => upnpList(system, null), 'upnpc -s', 'upnpc -s', COM],
  ['mappings', (system) => upnpList(system, URL), `upnpc -u ${URL} -l`, `upnpc -u ${URL} -l`, COM],
  [
    'a mapping',
    (system) => upnpAdd(system, URL, mapping),
    `upnpc -u ${URL} -e reach4 -a ${LAN4} 443 8443 UDP`,
    `upnpc -u ${URL} -e reach4 -a ${LAN4} 443 8443 UDP`,
    `${COM}.Add(8443, 'UDP', 443, '${LAN4}', $true, 'reach4')`,
  ],
  [
    'its end',
    (system) => upnpRemove(system, null, mapping),
    'upnpc -d 8443 UDP',
    'upnpc -d 8443 UDP',
    `${COM}.Remove(8443, 'UDP')`,
  ],
];

describe.each(COMMANDS)('by hand: %s', (_, command, linux, macos, windows) => {
  test.each([
    ['linux', linux],
    ['other', linux],
    ['macos', macos],
    ['windows', windows],
  ] as const)('%s', (system, expected) => {
    expect(command(system)).toBe(expected);
  });
});

test('a datagram holds the bytes that are sent', () => {
  const bytes = Uint8Array.of(2, 0, 39, 92, 255, 10);
  const [printf = ''] = datagram('linux', '192.168.77.1', 5351, bytes).split(' | ');
  expect([...execFileSync('sh', ['-c', printf])]).toEqual([...bytes]);
  const inPowershell = /\[byte\[\]\]\(([\d, ]+)\)/u.exec(
    datagram('windows', '192.168.77.1', 5351, bytes),
  )?.[1];
  expect(inPowershell?.split(', ').map(Number)).toEqual([...bytes]);
});
