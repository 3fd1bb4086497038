/** Whose a process is, as its control group tells (`/proc/PID/cgroup`, cgroups(7)). */
export interface Owner {
  /** The systemd unit; null for sessions and containers. */
  readonly unit: string | null;
  /** The id of the container that it runs in, as `docker ps` shows it. */
  readonly container: string | null;
}

/** Characters of a container's id that tools show. */
const SHORT_ID = 12;
/** Docker, containerd and podman put the whole id into the group's name, each with its own words around it. */
const CONTAINER =
  /(?:^|[/:-])(?:docker|libpod|cri-containerd|crio|containerd|lxc)[-/]([\da-f]{64})(?:\.scope)?(?:\/|$)/u;
/** A unit that systemd runs programs in. */
const UNIT = /^[\w@.:\\-]{1,200}\.service$/u;

export function parseCgroup(text: string): Owner {
  const paths = text.split('\n').flatMap((line) => {
    // Version 2 has one line, version 1 one for each controller: systemd's own says which unit.
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/u.exec(line) ?? [];
    return path !== undefined && (controllers === '' || controllers === 'name=systemd') ? [path] : [];
  });
  const id = paths.map((path) => CONTAINER.exec(path)?.[1]).find((found) => found !== undefined);
  const units = paths.flatMap((path) => path.split('/')).filter((part) => UNIT.test(part));
  return {
    unit: id === undefined ? (units.at(-1) ?? null) : null,
    container: id?.slice(0, SHORT_ID) ?? null,
  };
}

/** `docker ps` through the machine's own socket only: an environment may name another machine. */
export const DOCKER_SOCKET = '/var/run/docker.sock';
export const DOCKER_PS: readonly string[] = [
  '-H',
  `unix://${DOCKER_SOCKET}`,
  'ps',
  '--format',
  '{{.ID}}\t{{.Names}}\t{{.Ports}}',
];

export interface PublishedPort {
  readonly id: string;
  readonly name: string;
  readonly protocol: string;
  readonly port: number;
}

/** Ports published on this machine: `0.0.0.0:8080->80/tcp, [::]:8080->80/tcp, 0.0.0.0:9000-9002->9000-9002/tcp`. */
export function parseDockerPs(text: string): { names: Map<string, string>; published: PublishedPort[] } {
  const names = new Map<string, string>();
  const published: PublishedPort[] = [];
  for (const line of text.split('\n')) {
    // Neither has spaces within; a terminal may have made some of the tabs.
    const [, id = '', name = '', ports = ''] = /^(\S+)\s+(\S+)(?:\s+(.*))?$/u.exec(line) ?? [];
    if (!/^[\da-f]{12,64}$/u.test(id) || !/^[\w.,-]{1,255}$/u.test(name)) continue;
    names.set(id.slice(0, SHORT_ID), name);
    for (const [, first, last, protocol = ''] of ports.matchAll(
      /:(\d{1,5})(?:-(\d{1,5}))?->[\d-]{1,11}\/(tcp|udp)\b/gu,
    )) {
      const end = Math.min(Number(last ?? first), 65535);
      for (let port = Number(first); port <= end; port += 1) published.push({ id, name, protocol, port });
    }
  }
  return { names, published };
}

export const LIST_SOCKETS: readonly string[] = [
  'list-sockets',
  '--all',
  '--no-legend',
  '--no-pager',
  '--plain',
];

/** Which socket unit holds a port: `[::]:22 ssh.socket ssh.service`, `0.0.0.0:9090 cockpit.socket …`, of both protocols. */
export function parseSocketUnits(text: string): Map<number, string> {
  const units = new Map<number, string>();
  for (const line of text.split('\n')) {
    const [, port, unit] = /^\s*\S*:(\d{1,5})(?: \(\w+\))?\s+([\w@.:\\-]{1,200}\.socket)\b/u.exec(line) ?? [];
    if (port !== undefined && unit !== undefined && !units.has(Number(port))) units.set(Number(port), unit);
  }
  return units;
}
