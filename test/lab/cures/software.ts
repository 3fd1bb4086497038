import { mkdir, rm, writeFile } from 'node:fs/promises';
import { addressOf } from '../addresses.ts';
import type { OwnedWorld } from './owner.ts';

/** Each resolver's file, as Debian's package lays it out but for the daemon's user and sockets; and how it starts. */
const RESOLVERS = {
  dnsmasq: {
    file: 'dnsmasq.conf',
    folder: 'dnsmasq.d',
    text: `no-resolv
server=${addressOf('resolver', 4)}
listen-address=127.0.0.1
bind-interfaces
conf-dir=/etc/dnsmasq.d
`,
    start: 'dnsmasq --keep-in-foreground --user=root --pid-file=',
  },
  unbound: {
    file: 'unbound/unbound.conf',
    folder: 'unbound/unbound.conf.d',
    text: `server:
  interface: 127.0.0.1
  chroot: ""
  username: ""
  pidfile: ""
  use-syslog: no
  module-config: "iterator"
include: "/etc/unbound/unbound.conf.d/*.conf"
forward-zone:
  name: "."
  forward-addr: ${addressOf('resolver', 4)}
`,
    start: 'unbound -d',
  },
} as const;

/** Lets the laptop ask a resolver of its own, which asks the public one. */
export async function runResolver(lab: OwnedWorld, name: keyof typeof RESOLVERS): Promise<void> {
  const { file, folder, start, text } = RESOLVERS[name];
  await rm(lab.etc('laptop', folder), { recursive: true, force: true });
  await mkdir(lab.etc('laptop', folder), { recursive: true });
  await writeFile(lab.etc('laptop', file), text);
  await writeFile(lab.etc('laptop', 'resolv.conf'), 'nameserver 127.0.0.1\n');
  await lab.setUnit(name, start);
  const { exitCode, stderr } = await lab.exec('laptop', ['systemctl', 'restart', name]);
  if (exitCode !== 0) throw new Error(`${name} did not start: ${stderr}`);
}

/** Writes the server's rules into /etc/nftables.conf, as their owner keeps them: in the words of `nft list ruleset`. */
export async function keepRules(lab: OwnedWorld): Promise<void> {
  const { stdout } = await lab.exec('server', ['nft', '--stateless', 'list', 'ruleset']);
  await writeFile(lab.etc('server', 'nftables.conf'), `flush ruleset\n${stdout}\n`);
}

/** What a restart of the server does with them. */
export async function reloadRules(lab: OwnedWorld): Promise<void> {
  const { exitCode, stderr } = await lab.exec('server', ['nft', '-f', '/etc/nftables.conf']);
  if (exitCode !== 0) throw new Error(`/etc/nftables.conf can't be loaded: ${stderr}`);
}
