import type { HostName } from './addresses.ts';
import type { RunningWorld } from './lab.ts';
import { HOME_NAME } from './world.ts';
import { WHOAMI_NAME } from './zones.ts';

/** What the tests of the lab see, with tools that know nothing of reach4. */
export interface Observer {
  /** Status and values that a name server gives; without `server`, the host's own resolver. */
  dns(host: HostName, type: string, options?: { server?: string; name?: string }): Promise<string>;
  /** The page at the home's name, or why there is none: `timeout`, `refused`, `unreachable` or `no-address`. */
  page(host: HostName, family: 4 | 6, options?: { at?: string; port?: number }): Promise<string>;
  /** The public key that answers on port 443 of an address. */
  tlsKey(host: HostName, address: string): Promise<string>;
  /** The host's address as the whoami service sees it. */
  whoami(host: HostName, family: 4 | 6): Promise<string>;
}

/** s; what a dead path costs a test. The living ones of the lab take some hundredths, and a second on a busy machine. */
const TIMEOUT = '3';

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
    async tlsKey(host, address) {
      const where = address.includes(':') ? `[${address}]:443` : `${address}:443`;
      const fetch = `openssl s_client -connect '${where}' -servername ${HOME_NAME} < /dev/null 2> /dev/null`;
      const { stdout } = await exec(host, ['sh', '-c', `${fetch} | openssl x509 -noout -pubkey`]);
      return stdout;
    },
    whoami: (host, family) => curl(host, [`-${family}`, `http://${WHOAMI_NAME}/`]),
  };
}
