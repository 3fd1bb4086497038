import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ORIGIN_IPV6 } from './network.ts';

/** Something on the relay's host that forwards a port to the origin's web server. */
export interface Relay {
  readonly name: string;
  readonly port: number;
  /** Writes what it needs into the folder. @returns the command, which stays in the foreground */
  prepare(folder: string): Promise<readonly string[]>;
}

export const ORIGIN_PORT = 8080;
const origin = `[${ORIGIN_IPV6}]:${ORIGIN_PORT}`;

async function file(folder: string, name: string, lines: readonly string[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `${lines.join('\n')}\n`);
  return path;
}

/** As their manuals configure them for this; each may use all processors. */
export const PEERS: readonly Relay[] = [
  {
    name: 'nginx stream',
    port: 8002,
    prepare: async (folder) => [
      'nginx',
      '-c',
      await file(folder, 'peer-nginx.conf', [
        'load_module /usr/lib/nginx/modules/ngx_stream_module.so;',
        'daemon off;',
        'worker_processes auto;',
        `pid ${folder}/peer-nginx.pid;`,
        `error_log ${folder}/peer-nginx.log;`,
        'events { worker_connections 8192; }',
        `stream { server { listen 8002; proxy_pass ${origin}; } }`,
      ]),
    ],
  },
  {
    name: 'socat',
    port: 8003,
    prepare: async () => ['socat', 'TCP4-LISTEN:8003,fork,reuseaddr,backlog=1024', `TCP6:${origin}`],
  },
  {
    name: '6tunnel',
    port: 8004,
    prepare: async () => ['6tunnel', '-4', '-d', '8004', ORIGIN_IPV6, String(ORIGIN_PORT)],
  },
  {
    name: 'sniproxy',
    port: 8005,
    prepare: async (folder) => [
      'sniproxy',
      '-f',
      '-c',
      await file(folder, 'sniproxy.conf', [
        'user root',
        'listener 0.0.0.0:8005 {',
        '  proto http',
        '  table origins',
        '}',
        'table origins {',
        `  bench\\.example\\.org ${origin}`,
        '}',
      ]),
    ],
  },
];

/** The web server that all ways lead to. */
export async function originCommand(folder: string): Promise<readonly string[]> {
  const config = await file(folder, 'origin-nginx.conf', [
    'daemon off;',
    'worker_processes auto;',
    `pid ${folder}/origin-nginx.pid;`,
    `error_log ${folder}/origin-nginx.log;`,
    'events { worker_connections 8192; }',
    'http {',
    '  access_log off;',
    '  sendfile on;',
    '  tcp_nopush on;',
    '  keepalive_requests 100000000;',
    `  server { listen ${origin}; root ${folder}/www; }`,
    '}',
  ]);
  return ['nginx', '-c', config];
}
