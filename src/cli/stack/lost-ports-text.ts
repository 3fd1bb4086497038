import type { LostPort, LostPorts } from '../../model/lost-port.ts';

/** What people call it (IANA service name registry). */
const NAMES: Readonly<Record<string, string>> = {
  'tcp 21': 'FTP',
  'tcp 22': 'SSH',
  'tcp 25': 'mail (SMTP)',
  'tcp 53': 'DNS',
  'udp 53': 'DNS',
  'tcp 110': 'mail (POP3)',
  'tcp 143': 'mail (IMAP)',
  'tcp 445': 'file shares',
  'tcp 465': 'mail (SMTP)',
  'tcp 587': 'mail (SMTP)',
  'tcp 993': 'mail (IMAP)',
  'tcp 995': 'mail (POP3)',
  'tcp 1883': 'MQTT',
  'tcp 3389': 'remote desktop',
  'tcp 8883': 'MQTT',
  'udp 1194': 'OpenVPN',
  'udp 51820': 'WireGuard',
};

/** Ports named in one sentence; the others are counted. */
const MAX_NAMED = 8;

/** Ports as people know them: `SSH (22, sshd)`. */
export function portsText(ports: readonly LostPort[]): string {
  const named = ports.slice(0, MAX_NAMED).map(({ protocol, port, program }) => {
    const known = NAMES[`${protocol} ${port}`];
    const by = program === null ? '' : `, ${program}`;
    return known === undefined
      ? `${protocol.toUpperCase()} ${port}${program === null ? '' : ` (${program})`}`
      : `${known} (${port}${by})`;
  });
  const others = ports.length - named.length;
  return [...named, ...(others > 0 ? [`${others} more`] : [])].join(', ');
}

/** A name beside this one, for what must not change. */
const beside = (name: string, zone: string, label: string): string =>
  name === zone ? `${label}.${name}` : `${label}.${name.slice(name.indexOf('.') + 1)}`;

/**
 * Why a name is not put behind an edge before its owner has said so.
 * @param edge who answers for the name then: `Cloudflare`
 */
export function losesPortsText(name: string, { looked, ports }: LostPorts, edge: string): string {
  const what =
    ports.length > 0
      ? `This server also answers ${portsText(ports)} over IPv6`
      : 'What else this server answers was not seen, because the diagnosis was not made on it';
  const more = ports.length > 0 && !looked ? ' (there may be more: nobody looked on the server itself)' : '';
  return `${what}${more}. ${edge} carries the web only: under ${name} nothing else would be reached any more, not even over IPv6.`;
}

/** What to type where other ports must not be lost: say so, or give one of the two a name of its own. */
export const losesPortsNext = (command: string, name: string, zone: string): string[] => [
  `${command} --yes-lose-ports   nobody uses them under ${name}`,
  `or give them a name of their own first, such as ${beside(name, zone, 'direct')} (AAAA only);`,
  `or give the web one, such as ${beside(name, zone, 'web')}, and diagnose that`,
];

/** What was agreed to, for the plan. */
export const lostNote = (name: string, ports: readonly LostPort[]): string[] =>
  ports.length === 0
    ? []
    : [
        `Not reached under ${name} any more, not even over IPv6: ${portsText(ports)}. Other names of the server are not affected.`,
      ];
