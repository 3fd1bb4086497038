import type { Family } from '../model/address.ts';
import { HOSTS_FILE } from '../probes/os-lookup.ts';
import { commandKey } from './transcript.ts';

/** Commands that stand in for what Node tells where it runs. */
export const SAYS = {
  time: ['date', '-u', '+%Y-%m-%dT%H:%M:%SZ'],
  system: ['uname', '-s'],
  release: ['uname', '-r'],
  user: ['id', '-u'],
  /** 1 where the lower byte comes first, 256 where the higher does. */
  byteOrder: ['sh', '-c', "printf '\\001\\000' | od -An -tu2"],
} as const;

/** What `uname -s` would say of Windows, as the variable OS has it there. */
export const WINDOWS_SYSTEM = 'Windows_NT';
/** The one start of PowerShell that all probes of Windows share, by a name for the transcript. */
export const WINDOWS_READING = ['powershell', 'WINDOWS_SCRIPT'] as const;

/** Own addresses in JSON, and as text where `ip` is too old or busybox's. */
export const LINK_ADDRESSES = {
  json: ['ip', '-j', '-d', 'addr'],
  text: ['ip', '-o', 'addr'],
} as const;

/** What programs get for a name (getaddrinfo). */
export const lookUp = (name: string): string[] => ['getent', 'ahosts', name];

/** The same on a Mac, which has no getent: dscacheutil(1). */
export const macLookUp = (name: string): string[] => ['dscacheutil', '-q', 'host', '-a', 'name', name];

/** The lines of the hosts file that have the name: the others are nobody's business. */
export const hostsLines = (name: string): string[] => ['grep', '-i', '-F', '-e', name, HOSTS_FILE];

/** The first word of a process's command line: the others may hold a password. @param path `/proc/PID/cmdline` */
export const firstWord = (path: string): string[] => ['sh', '-c', 'tr "\\000" "\\n" <"$0" | head -n 1', path];

/** s for one request; curl(1). */
const CURL_TIMEOUT = 5;
/** The page at a URL: without the user's own settings, and past proxies, whose address would be told instead. */
export const curl = (url: string, family: Family | null): string[] => [
  ...['curl', '-q', '-sSf', '--noproxy', '*', '-m', String(CURL_TIMEOUT)],
  ...(family === null ? [] : [family === 'ipv4' ? '-4' : '-6']),
  url,
];

const ASKED = new RegExp(
  `^${commandKey(curl('', 'ipv4'))
    .replace(/[.*+?^${}()|[\]\\]/gu, '\\$&')
    .replace('-4', '-([46])')} (https?://\\S{1,500})$`,
  'u',
);

/** Which services were asked for the public address, and over which family. @param keys of a transcript */
export const askedServices = (keys: Iterable<string>): { url: string; family: Family }[] =>
  [...keys].flatMap((key) => {
    const [, digit, url = ''] = ASKED.exec(key) ?? [];
    return digit === undefined || !URL.canParse(url)
      ? []
      : [{ url, family: digit === '4' ? ('ipv4' as const) : ('ipv6' as const) }];
  });
