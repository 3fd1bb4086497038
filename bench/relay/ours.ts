import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { haproxyConfig } from '../../src/relay/haproxy.ts';
import { ORIGIN_IPV6 } from './network.ts';
import { ORIGIN_PORT, type Relay } from './peers.ts';
import { OURS } from './table.ts';

const PORT = 8001;

/** The relay's own configuration, as a host gets it; only /run is private, so that the machine's own is left alone. */
export const ours: Relay = {
  name: OURS,
  port: PORT,
  prepare: async (folder) => {
    const path = join(folder, 'haproxy.cfg');
    const origin = { host: ORIGIN_IPV6, port: ORIGIN_PORT };
    const service = { kind: 'tcp' as const, port: PORT, origin, proxyProtocol: false };
    await writeFile(path, haproxyConfig({ services: [service], rebootAt: '04:30' }));
    const script = 'mount -t tmpfs none /run && mkdir -p /run/haproxy && exec haproxy -W -db -f "$1"';
    return ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', path];
  },
};
