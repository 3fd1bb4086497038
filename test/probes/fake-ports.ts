import type { Dns, Ports } from '../../src/ports/ports.ts';

const unexpected = (what: string) => () => {
  throw new Error(`the probe uses ${what}, which the test doesn't give it`);
};

/** Ports of which only the parts given work; what else a probe touches fails the test. The clock's sleeps end at once. */
export function fakePorts(parts: {
  readonly net?: Partial<Ports['net']>;
  readonly dns?: Partial<Dns>;
  readonly exec?: Partial<Ports['exec']>;
  readonly files?: Partial<Ports['files']>;
  readonly clock?: Partial<Ports['clock']>;
  readonly host?: Partial<Ports['host']>;
}): Ports {
  let now = Date.UTC(2026, 0, 1);
  return {
    net: {
      connect: unexpected('net.connect'),
      identify: unexpected('net.identify'),
      http: unexpected('net.http'),
      udp: unexpected('net.udp'),
      ...parts.net,
    },
    dns: {
      resolvers: async () => [],
      ask: unexpected('dns.ask'),
      nameServers: unexpected('dns.nameServers'),
      caa: unexpected('dns.caa'),
      lookup: unexpected('dns.lookup'),
      ...parts.dns,
    },
    exec: { run: unexpected('exec.run'), watch: async () => null, ...parts.exec },
    files: {
      read: async () => null,
      write: unexpected('files.write'),
      exists: async () => false,
      ...parts.files,
    },
    clock: {
      now: () => new Date(now),
      monotonic: () => now++,
      sleep: async () => {},
      ...parts.clock,
    },
    host: { platform: 'linux', release: null, isRoot: null, interfaces: () => [], ...parts.host },
  };
}

/** The context of a probe that runs here; never interrupted unless a signal is given. */
export const here = (signal: AbortSignal = new AbortController().signal) =>
  ({ vantage: 'server', where: 'here', signal }) as const;
