import type { RelaySettings } from '../model/relay.ts';
import { haproxyConfig } from './haproxy.ts';
import { nftablesConfig } from './nftables.ts';
import { nginxConfig } from './nginx.ts';
import { aptConfig, aptTimers, JOURNALD, RESOLVED, sysctlConfig } from './system.ts';
import { RELAY_TIMES, type RelayTimes } from './times.ts';
import { filterConfig, recursorConfig } from './unbound.ts';
import { FILTER_UNIT, HARDENING, UNITS } from './units.ts';

/** A file of the relay's host. */
export interface HostFile {
  /** Absolute; more than one where several hold the same. */
  readonly paths: readonly string[];
  readonly text: string;
}

/** All files that make the host a relay: what they say follows from the settings alone. */
export function hostFiles(settings: RelaySettings, times: RelayTimes = RELAY_TIMES): HostFile[] {
  const nginx = nginxConfig(settings, times);
  const timers = aptTimers(settings);
  const unit = (name: string, text: string): HostFile => ({
    paths: [dropIn(name, 'relay')],
    text,
  });
  const hardened = ['haproxy', 'unbound', 'unbound-filter', ...(nginx === null ? [] : ['nginx'])];
  return [
    { paths: hardened.map((name) => dropIn(`${name}.service`, 'hardened')), text: HARDENING },
    { paths: ['/etc/haproxy/haproxy.cfg'], text: haproxyConfig(settings, times) },
    unit('haproxy.service', UNITS.haproxy),
    ...(nginx === null
      ? []
      : [{ paths: ['/etc/nginx/nginx.conf'], text: nginx }, unit('nginx.service', UNITS.nginx)]),
    { paths: ['/etc/unbound/unbound.conf.d/relay.conf'], text: recursorConfig(times) },
    { paths: ['/etc/unbound/filter.conf'], text: filterConfig(times) },
    { paths: ['/etc/systemd/system/unbound-filter.service'], text: FILTER_UNIT },
    unit('unbound.service', UNITS.unbound),
    { paths: ['/etc/nftables.conf'], text: nftablesConfig(settings) },
    { paths: ['/etc/sysctl.d/90-relay.conf'], text: sysctlConfig(settings, times) },
    { paths: ['/etc/systemd/journald.conf.d/relay.conf'], text: JOURNALD },
    { paths: ['/etc/systemd/resolved.conf.d/relay.conf'], text: RESOLVED },
    { paths: ['/etc/apt/apt.conf.d/90relay'], text: aptConfig(settings) },
    unit('apt-daily.timer', timers['apt-daily']),
    unit('apt-daily-upgrade.timer', timers['apt-daily-upgrade']),
  ];
}

const dropIn = (unit: string, name: string): string => `/etc/systemd/system/${unit}.d/${name}.conf`;
