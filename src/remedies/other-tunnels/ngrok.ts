import type { ManualStep } from '../../model/remedy-offer.ts';
import { asUser, edit } from '../manual.ts';

/** The user's own service manager: it runs without root, and is ended by its name. */
const UNIT = 'reach4-ngrok';

/** What ngrok is to pass on. */
export interface Passed {
  /** `http` ends TLS at ngrok; `tcp` passes everything on. */
  readonly kind: 'http' | 'tcp';
  /** As the server itself reaches it. */
  readonly local: string;
  /** The name that the program answers to: ngrok has another. Null where that is nothing to it. */
  readonly host: string | null;
}

/** What ngrok is told. @param quote around the address, for a shell that would read its brackets */
export const ngrokWords = ({ kind, local, host }: Passed, quote = ''): string =>
  `${kind} ${quote}${local}${quote}${host === null ? '' : ` --host-header=${host}`} --log=stdout`;

/** To try it. ngrok reads the account's token from its own file: `ngrok config edit` opens that. */
export const ngrok = (passed: Passed): ManualStep => ({
  where: 'server',
  software: 'ngrok',
  does: `opens a tunnel to an address that ngrok gives, and \`journalctl --user -u ${UNIT}\` shows; until you log out, and with the authtoken of your account in the file that \`ngrok config edit\` opens`,
  change: asUser(`systemd-run --user --unit ${UNIT} ngrok ${ngrokWords(passed, "'")}`),
  undo: asUser(`systemctl --user stop ${UNIT}`),
});

const FILE = '/etc/ngrok.yml';

/** As a service of the system (ngrok.com/docs/agent: `ngrok service`; the file's second version, which every agent of today reads). */
export function ngrokService(passed: Passed): ManualStep {
  const lines = ngrokFile(passed);
  return {
    where: 'server',
    software: 'ngrok',
    does: 'opens a tunnel to an address that ngrok gives, and its dashboard shows; also after a restart',
    change: edit(FILE, null, lines, [
      `chmod 600 ${FILE}`,
      `ngrok config check --config ${FILE}`,
      `ngrok service install --config ${FILE}`,
      'ngrok service start',
    ]),
    undo: edit(FILE, lines, null, ['ngrok service stop', 'ngrok service uninstall']),
  };
}

/** ngrok's own file: the account's token is for the reader to fill in. */
export const ngrokFile = ({ kind, local, host }: Passed): string =>
  [
    'version: 2',
    'authtoken: NGROK-AUTHTOKEN',
    'tunnels:',
    '  reach4:',
    `    proto: ${kind}`,
    `    addr: "${local}"`,
    ...(host === null ? [] : [`    host_header: ${host}`]),
  ].join('\n');
