import type { ManualStep } from '../../model/remedy-offer.ts';
import { type Bound, bareAddress, type Program, program } from './socket.ts';

/** A line of a program of one's own, as most write it. */
function line(software: string, find: string, replace: string): ManualStep {
  const load: string[] = [];
  return {
    where: 'server',
    software,
    does: 'takes both families in the program itself, where it binds; then start it again',
    change: {
      kind: 'edit',
      root: false,
      shell: 'sh',
      file: "the program's source or settings",
      edits: [{ find, replace }],
      load,
    },
    undo: {
      kind: 'edit',
      root: false,
      shell: 'sh',
      file: "the program's source or settings",
      edits: [{ find: replace, replace: find }],
      load,
    },
  };
}

/** Beside a listener on 127.0.0.1 there is one for IPv6, which leaves no room for a second one on `::`. */
const everybody = ({ how }: Bound): string => (how === 'loopback' ? '0.0.0.0' : '::');

/** Node binds `::` for both families unless it is told otherwise (Node's docs, net.Server.listen). */
const node = program('Node.js', ['node', 'nodejs', 'MainThread', 'bun', 'deno'], (bound) => [
  bound.how === 'v6only'
    ? line('Node.js', 'ipv6Only: true', 'ipv6Only: false')
    : line(
        'Node.js',
        `server.listen(${bound.port}, '${bareAddress(bound)}')`,
        `server.listen(${bound.port}, '${everybody(bound)}')`,
      ),
]);

const PYTHON_V6ONLY = 'sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY,';

/** On Windows a socket takes IPv6 alone unless it is told otherwise (Microsoft Learn, "IPPROTO_IPV6 socket options"). */
const before = (software: string, binds: string, first: string): ManualStep =>
  line(software, binds, `${first}\n${binds}`);

const python = program('Python', ['python', 'python3', 'gunicorn', 'uvicorn', 'hypercorn'], (bound) => [
  bound.socket.program?.name.startsWith('python') === true
    ? bound.how === 'v6only'
      ? bound.system === 'windows'
        ? before('Python', `sock.bind(('::', ${bound.port}))`, `${PYTHON_V6ONLY} 0)`)
        : line('Python', `${PYTHON_V6ONLY} 1)`, `${PYTHON_V6ONLY} 0)`)
      : line(
          'Python',
          `bind(('${bareAddress(bound)}', ${bound.port}))`,
          bound.how === 'loopback'
            ? `bind(('0.0.0.0', ${bound.port}))`
            : `bind(('::', ${bound.port}))  # with IPV6_V6ONLY 0`,
        )
    : line(
        'Python',
        `--bind ${bound.written}:${bound.port}`,
        `--bind 0.0.0.0:${bound.port} --bind [::]:${bound.port}`,
      ),
]);

export const CODE: readonly Program[] = [node, python];

/** What every program that opens sockets can do (RFC 3493, 5.3). */
export function anyProgram(bound: Bound, name: string): ManualStep {
  if (bound.how === 'v6only' && bound.system === 'windows') {
    return before(
      name,
      'bind(s, (struct sockaddr *)&address, sizeof address);',
      'setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, (const char *)&zero, sizeof zero);',
    );
  }
  return bound.how === 'v6only'
    ? line(
        name,
        'setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);',
        'setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof zero);  /* before bind() */',
      )
    : line(
        name,
        `bind to ${bound.written}:${bound.port}`,
        bound.how === 'loopback'
          ? `bind to 0.0.0.0:${bound.port}`
          : `bind to [::]:${bound.port} with IPV6_V6ONLY 0, or to 0.0.0.0:${bound.port} as well`,
      );
}
