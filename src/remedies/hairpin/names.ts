import type { ManualStep } from '../../model/remedy-offer.ts';
import { asRoot, form, written } from '../manual.ts';

/** What the name has to mean on the local network. */
export interface Inside {
  readonly name: string;
  readonly four: string;
  /** The AAAA that the name has; an entry of one's own may hide them, so that they are repeated. */
  readonly six: readonly string[];
}

const all = ({ four, six }: Inside): string[] => [four, ...six];

/** One file of a resolver's own, written and taken away again. @param load checks it, and starts the resolver again */
function ownFile(
  software: string,
  file: string,
  lines: readonly string[],
  [check, restart]: readonly [string, string],
): ManualStep {
  return {
    where: 'dns',
    software,
    does: "answers the name with the server's address on the local network",
    change: asRoot(written(file, lines), check, restart),
    undo: asRoot(`rm ${file}`, restart),
  };
}

const DNSMASQ_FILE = '/etc/dnsmasq.d/reach4.conf';

/** dnsmasq(8), --host-record: A and AAAA in one line. Without the file's name, --test passes over the folder that it is in. */
export const dnsmasq = (the: Inside): ManualStep =>
  ownFile(
    'dnsmasq',
    DNSMASQ_FILE,
    [`host-record=${[the.name, ...all(the)].join(',')}`],
    [`dnsmasq --test --conf-file=${DNSMASQ_FILE}`, 'systemctl restart dnsmasq'],
  );

/** `typetransparent` lets types that aren't said here, such as AAAA and MX, be asked for as before (unbound.conf(5)). */
export const unbound = ({ name, four }: Inside): ManualStep =>
  ownFile(
    'Unbound',
    '/etc/unbound/unbound.conf.d/reach4.conf',
    ['server:', `  local-zone: "${name}." typetransparent`, `  local-data: "${name}. IN A ${four}"`],
    ['unbound-checkconf', 'systemctl restart unbound'],
  );

/** Where the entries belong, by product. */
const PAGES = {
  'Pi-hole': { page: 'Settings › Local DNS Records', name: 'Domain', address: 'IP' },
  'AdGuard Home': { page: 'Filters › DNS rewrites', name: 'Domain', address: 'Answer' },
  'your router': { page: 'Local DNS (host names, static DNS)', name: 'Host name', address: 'Address' },
} as const;

/** One entry an address, on the page of the product. */
export function onPage(software: keyof typeof PAGES, the: Inside): ManualStep[] {
  const { page, name, address } = PAGES[software];
  return all(the).map((each) => ({
    where: software === 'your router' ? 'router' : 'dns',
    software,
    does: "answers the name with the server's address on the local network",
    change: form(page, { [name]: the.name, [address]: each }),
    undo: form(page, { 'Delete the entry': `${the.name} ${each}` }),
  }));
}

/** Marks our lines, so that they can be taken out again. */
const MARK = '# reach4';

/** A name with only one family in the file has only that one for most programs (nsswitch.conf(5): files first). */
export const hostsFile = (the: Inside): ManualStep => ({
  where: 'lan-client',
  software: 'hosts file (Linux, macOS)',
  does: "sends this one machine to the server's address on the local network",
  change: asRoot(
    `printf '%s\\n' ${all(the)
      .map((address) => `'${address} ${the.name} ${MARK}'`)
      .join(' ')} >> /etc/hosts`,
  ),
  undo: asRoot(`sed -i.bak '/ ${MARK}$/d' /etc/hosts`),
});

export const windowsHosts = (the: Inside): ManualStep => {
  const file = 'C:\\Windows\\System32\\drivers\\etc\\hosts';
  const lines = all(the).map((address) => `${address} ${the.name} ${MARK}`);
  return {
    where: 'lan-client',
    software: 'hosts file (Windows)',
    does: "sends this one machine to the server's address on the local network",
    change: {
      kind: 'edit',
      root: true,
      shell: 'powershell',
      file,
      edits: lines.map((replace) => ({ find: null, replace })),
      load: ['ipconfig /flushdns'],
    },
    undo: {
      kind: 'edit',
      root: true,
      shell: 'powershell',
      file,
      edits: lines.map((find) => ({ find, replace: null })),
      load: ['ipconfig /flushdns'],
    },
  };
};
