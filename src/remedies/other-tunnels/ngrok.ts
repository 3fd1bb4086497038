import type { ManualStep } from '../../model/remedy-offer.ts';
import { asUser } from '../manual.ts';

/** The user's own service manager: it runs without root, and is ended by its name. */
const UNIT = 'reach4-ngrok';

/** @param kind `http` ends TLS at ngrok; `tcp` passes everything on. @param local as the server itself reaches it */
export const ngrok = (kind: 'http' | 'tcp', local: string): ManualStep => ({
  where: 'server',
  software: 'ngrok',
  does: `opens a tunnel to an address that ngrok gives; \`journalctl --user -u ${UNIT}\` shows it`,
  change: asUser(`systemd-run --user --unit ${UNIT} ngrok ${kind} '${local}' --log stdout`),
  undo: asUser(`systemctl --user stop ${UNIT}`),
});
