import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../src/model/address.ts';
import { plainText } from '../../src/ports/plain-text.ts';
import { parsePacket } from '../../src/probes/arrivals/tcpdump.ts';
import { parseIptablesSave } from '../../src/probes/firewall/iptables-save.ts';
import { parseNftTexts } from '../../src/probes/firewall/nft-texts.ts';
import { parseNetstat } from '../../src/probes/listeners/netstat.ts';
import { parseCgroup, parseDockerPs, parseSocketUnits } from '../../src/probes/listeners/owner.ts';
import { parseSs } from '../../src/probes/listeners/ss.ts';
import { hostsEntries } from '../../src/probes/os-lookup.ts';
import { readSsdp } from '../../src/probes/router/ssdp.ts';
import { parseTracepath, parseTraceroute } from '../../src/probes/trace/traceroute.ts';

/** Characters: a fortieth of what a tool may print at most. What takes time by the square would take minutes. */
const LENGTH = 200_000;
/** ms for all of a reader's texts, each of which takes some ten. */
const HANGS = 60_000;

/** What nearly fits, over and over: the cost of an expression that tries again from each place shows here. */
const PARTS = [
  ...[
    '(',
    '("',
    '("a",pid=',
    '",pid=1,fd=',
    ' ',
    '\t',
    '1',
    '1:',
    '::',
    '0:',
    '0.0',
    '"',
    '\\',
    '\\"',
    '%',
    '[',
  ],
  ...['*', '! ', '!A\r', '\r', '1 ', ':1->', ':1->/', '-A ', 'a b ', '\n', ' \n', 'docker-', '/docker-'],
  ...['chain x {\n', '# handle 1 ', 'a # handle 1\n', '1.1.1.1 ', 'x.', 'LISTEN ', 'x: y\n'],
];

const READERS: readonly (readonly [string, string, (text: string) => unknown])[] = [
  ['ss', 'tcp LISTEN 0 5 *:443 *:* ', parseSs],
  ['netstat', 'tcp 0 0 0.0.0.0:1 0.0.0.0:* LISTEN 1/', parseNetstat],
  ['traceroute', ' 1  ', (text) => parseTraceroute(text, '192.0.2.1')],
  ['tracepath', ' 1:  ', parseTracepath],
  [
    'tcpdump',
    '1.1 e In IP 192.0.2.1.1 > 192.0.2.2.2: ICMP ',
    (text) => text.split('\n').map((line) => parsePacket(line)),
  ],
  ['nft', 'table ip x {\nchain y {\n', parseNftTexts],
  [
    'iptables-save',
    '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT ',
    (text) =>
      parseIptablesSave({ text: `${text}\nCOMMIT\n`, origin: 'iptables-legacy', family: 'ipv4' }, new Map()),
  ],
  ['docker ps', 'ab12cd34ef56\tweb\t', parseDockerPs],
  ['cgroup', '0::/', parseCgroup],
  ['systemctl', ' [::]:22 ', parseSocketUnits],
  ['the hosts file', '192.0.2.1 ', (text) => hostsEntries(text, 'home.example.org')],
  ['an SSDP answer', 'HTTP/1.1 200 OK\r\n', (text) => readSsdp(Buffer.from(text))],
  ['an address', '2001:db8::', parseAddress],
  ['any text', '', (text) => plainText(text, 200)],
];

describe.each(READERS)('%s', (_, head, read) => {
  it('is read to the end, whatever it holds', { timeout: HANGS }, () => {
    for (const begin of ['', head]) {
      for (const part of PARTS) {
        const text = `${begin}${part.repeat(Math.floor(LENGTH / part.length))}x`;
        expect(() => read(text), JSON.stringify([begin, part])).not.toThrow();
      }
    }
  });
});
