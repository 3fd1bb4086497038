import type { Ports } from '../ports.ts';
import { clock } from './clock.ts';
import { connect } from './connect.ts';
import { createDns } from './dns/dns.ts';
import { exec } from './exec.ts';
import { files } from './files.ts';
import { thisMachine } from './host.ts';
import { http } from './http.ts';
import { identify } from './identify.ts';
import { udp } from './udp.ts';

/** The world as it is: sockets, programs, files and the clock of this machine. */
export const nodePorts = (): Ports => ({
  net: {
    connect: (address, port, timeoutMs, signal) => connect(address, port, { timeoutMs, signal }),
    identify: (address, port, hint, timeoutMs, signal) =>
      identify(address, port, hint, { timeoutMs, signal }),
    http,
    udp,
  },
  dns: createDns(),
  exec,
  files,
  clock,
  host: thisMachine(),
});
