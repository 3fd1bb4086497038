import { addressOf, type HostName, LAN_HOSTS } from './addresses.ts';
import type { RunningWorld } from './lab.ts';
import { UPNP_PORT } from './router/upnp.ts';
import { HOME_NAME } from './world.ts';
import { WHOAMI_NAME } from './zones.ts';

/** What the tests of the lab see, with tools that know nothing of reach4. */
export interface Observer {
  /** Status and values that a name server gives; without `server`, the host's own resolver. */
  dns(host: HostName, type: string, options?: { server?: string; name?: string }): Promise<string>;
  /** The page at the home's name, or why there is none: `timeout`, `refused`, `unreachable` or `no-address`. */
  page(host: HostName, family: 4 | 6, options?: { at?: string; port?: number }): Promise<string>;
  /** The host key of the SSH server at the home's name; empty without one. */
  sshKey(host: HostName, family: 4 | 6): Promise<string>;
  /** The public key that answers on port 443 of an address. */
  tlsKey(host: HostName, address: string): Promise<string>;
  /** The host's address as the whoami service sees it. */
  whoami(host: HostName, family: 4 | 6): Promise<string>;
  /** What answers at each distance, `*` for nothing; over TCP where a port is given, otherwise over UDP. */
  hops(host: HostName, address: string, options?: { port?: number; most?: number }): Promise<string[]>;
  /** What `upnpc` tells of the router: its WAN address (`empty` where the answer is, `none` without an answer) and the external ports that it lists, with where they lead. */
  igd(host: HostName): Promise<{ wan: string; mappings: string[] }>;
  /** The answer to a NAT-PMP (0) or PCP (2) request for the external address, in hexadecimal; empty without one. */
  ask5351(host: HostName, gateway: string, version: 0 | 2): Promise<string>;
  /** The host's IPv4 address and port as the STUN server sees them. */
  stun(host: HostName): Promise<{ address: string; port: number }>;
}

/** s; what a dead path costs a test. The living ones of the lab take some hundredths, and a second on a busy machine. */
const TIMEOUT = '3';

const DESCRIPTION = `http://${LAN_HOSTS.router[4][0]}:${UPNP_PORT}/rootDesc.xml`;

/** s; of each hop that doesn't answer. */
const HOP_TIMEOUT = '1';

/** ANNOUNCE of PCP (RFC 6887, section 14.1) and NAT-PMP's request (RFC 6886, section 3.2) in octal for printf. */
const REQUESTS = {
  0: String.raw`\0\0`,
  2: String.raw`\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\377\377\300\250\115\012`,
} as const;

export function observe({ exec }: RunningWorld): Observer {
  const curl = async (host: HostName, args: string[]) => {
    // -v: only there does every version of curl name the error of the socket.
    const { exitCode, stderr, stdout } = await exec(host, ['curl', '-skv', '--max-time', TIMEOUT, ...args]);
    if (exitCode === 0) return stdout.trim();
    if (exitCode === 6 || stderr.includes('Resolving timed out')) return 'no-address';
    if (exitCode === 28) return 'timeout';
    if (stderr.includes('Connection refused')) return 'refused';
    return /No route to host|Network is unreachable/u.test(stderr) ? 'unreachable' : stderr;
  };
  return {
    async dns(host, type, { server, name = HOME_NAME } = {}) {
      const question = [...(server === undefined ? [] : [`@${server}`]), name, type];
      const { stdout } = await exec(host, [
        'dig',
        '+tries=1',
        `+time=2`,
        '+nocomments',
        '+comments',
        ...question,
      ]);
      const status = /status: (\w+)/u.exec(stdout)?.[1] ?? 'SILENCE';
      const answers = [...stdout.matchAll(/^\S+\s+\d+\s+IN\s+(\w+)\s+(.+)$/gmu)];
      const values = answers.filter(([, found]) => found === type).map(([, , value]) => value);
      return values.length === 0 ? status : values.sort().join(' ');
    },
    page(host, family, { at, port = 443 } = {}) {
      const scheme = port === 443 ? 'https' : 'http';
      const to = at === undefined ? [] : ['--resolve', `${HOME_NAME}:${port}:${at}`];
      return curl(host, [`-${family}`, ...to, `${scheme}://${HOME_NAME}:${port}/`]);
    },
    async sshKey(host, family) {
      const scan = ['ssh-keyscan', `-${family}`, '-T', TIMEOUT, '-t', 'ed25519', HOME_NAME];
      return (await exec(host, scan)).stdout;
    },
    async tlsKey(host, address) {
      const where = address.includes(':') ? `[${address}]:443` : `${address}:443`;
      const fetch = `openssl s_client -connect '${where}' -servername ${HOME_NAME} < /dev/null 2> /dev/null`;
      const { stdout } = await exec(host, ['sh', '-c', `${fetch} | openssl x509 -noout -pubkey`]);
      return stdout;
    },
    async hops(host, address, { port, most = 6 } = {}) {
      const method = port === undefined ? [] : ['-T', '-p', `${port}`];
      const options = ['-n', '-q', '1', '-w', HOP_TIMEOUT, '-m', `${most}`, ...method];
      const { stdout } = await exec(host, ['traceroute', ...options, address]);
      return [...stdout.matchAll(/^ *\d+ +(\S+)/gmu)].map(([, hop]) => hop ?? '');
    },
    async igd(host) {
      const ask = (what: string) => exec(host, ['upnpc', '-u', DESCRIPTION, what]);
      const [status, list] = [await ask('-s'), await ask('-l')];
      const told = /^ExternalIPAddress = (.*)$/mu.exec(status.stdout)?.[1];
      const wan = told ?? (status.stdout.includes('(empty string)') ? 'empty' : 'none');
      const mappings = [...list.stdout.matchAll(/^ *\d+ TCP +(\d+->\S+)/gmu)].map(([, each]) => each ?? '');
      return { wan, mappings: mappings.sort() };
    },
    async ask5351(host, gateway, version) {
      const ask = `printf '${REQUESTS[version]}' | socat -t 1 - UDP4:${gateway}:5351 2> /dev/null | od -An -tx1`;
      const { stdout } = await exec(host, ['sh', '-c', ask]);
      return stdout.replaceAll(/\s/gu, '');
    },
    async stun(host) {
      const { stdout } = await exec(host, ['turnutils_stunclient', '-p', '3478', addressOf('outside', 4)]);
      const [, address = 'none', port] = /reflexive addr: ([\d.]+):(\d+)/u.exec(stdout) ?? [];
      return { address, port: Number(port) };
    },
    whoami: (host, family) => curl(host, [`-${family}`, `http://${WHOAMI_NAME}/`]),
  };
}
