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

/** To try it. ngrok reads the account's token from its own file: `ngrok config edit` opens that. */
export const ngrok = ({ kind, local, host }: Passed): ManualStep => ({
  where: 'server',
  software: 'ngrok',
  does: `opens a tunnel to an address that ngrok gives, and \`journalctl --user -u ${UNIT}\` shows; until you log out, and with the authtoken of your account in the file that \`ngrok config edit\` opens`,
  change: asUser(
    `systemd-run --user --unit ${UNIT} ngrok ${kind} '${local}'${host === null ? '' : ` --host-header=${host}`} --log=stdout`,
  ),
  undo: asUser(`systemctl --user stop ${UNIT}`),
});

const FILE = '/etc/ngrok.yml';

/** As a service of the system (ngrok.com/docs/agent: `ngrok service`; the file's second version, which every agent of today reads). */
export function ngrokService({ kind, local, host }: Passed): ManualStep {
  const lines = [
    'version: 2',
    'authtoken: NGROK-AUTHTOKEN',
    'tunnels:',
    '  reach4:',
    `    proto: ${kind}`,
    `    addr: "${local}"`,
    ...(host === null ? [] : [`    host_header: ${host}`]),
  ].join('\n');
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
