import { parseAddress } from '../model/address.ts';
import type { Exec, Net, Ports } from '../ports/ports.ts';
import { DATAGRAM_BYTES, DATAGRAMS } from './limits.ts';

/** The only programs that an agent runs: those that a trace may need. */
const TRACERS: ReadonlySet<string> = new Set(['traceroute', 'traceroute6', 'tracepath', 'mtr']);

const stray = (what: string): never => {
  throw new Error(`a probe of the agent ${what}, which nobody asked for`);
};

/**
 * A second lock behind the policy: whatever a probe does, it connects to nothing but what was allowed.
 * @param allowed null for a probe that only asks the resolvers
 */
export function dialling(
  ports: Ports,
  allowed: { readonly address: string; readonly port: number } | null,
): Ports {
  const check = (address: string, port: number): void => {
    if (address !== allowed?.address || port !== allowed.port) stray(`dials ${address} port ${port}`);
  };
  const { net } = ports;
  return {
    ...ports,
    exec: noPrograms,
    net: {
      ...noNet,
      connect: async (address, port, ...rest) => {
        check(address, port);
        return net.connect(address, port, ...rest);
      },
      identify: async (address, port, ...rest) => {
        check(address, port);
        return net.identify(address, port, ...rest);
      },
    },
  };
}

/** The same for a question over UDP: short datagrams to the one address and port, and answers from nobody else. */
export function asking(ports: Ports, allowed: { readonly address: string; readonly port: number }): Ports {
  return {
    ...ports,
    exec: noPrograms,
    net: {
      ...noNet,
      udp: async (question, signal) => {
        const { to, payload, onlyFromPeer, repeatAfterMs } = question;
        const isAllowed = to.address === allowed.address && to.port === allowed.port && onlyFromPeer;
        if (!isAllowed) stray(`asks ${to.address} port ${to.port}`);
        if (payload.length > DATAGRAM_BYTES || repeatAfterMs.length >= DATAGRAMS) stray('sends too much');
        return ports.net.udp(question, signal);
      },
    },
  };
}

/** The same for a trace: a program that traces, to the one address. */
export function tracing(ports: Ports, address: string): Ports {
  return {
    ...ports,
    net: noNet,
    exec: {
      ...noPrograms,
      run: async (file, args, options) => {
        if (!TRACERS.has(file.split('/').at(-1) ?? '')) stray(`runs ${file}`);
        const others = args.filter((arg) => parseAddress(arg) !== null && arg !== address);
        if (others.length > 0) stray(`traces ${others.join(', ')}`);
        return ports.exec.run(file, args, options);
      },
    },
  };
}

const noNet: Net = {
  connect: async (address, port) => stray(`dials ${address} port ${port}`),
  identify: async (address, port) => stray(`dials ${address} port ${port}`),
  http: async () => stray('makes an HTTP request'),
  udp: async () => stray('sends a datagram'),
};

const noPrograms: Exec = {
  run: async (file) => stray(`runs ${file}`),
  watch: async (file) => stray(`runs ${file}`),
};
