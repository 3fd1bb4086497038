import { bracketed } from '../../model/address.ts';
import { isVouched } from '../../model/identity.ts';
import type { TunnelIngress } from '../../model/tunnel-plan.ts';
import type { Case } from '../../model/view/case.ts';
import { listeningOf } from '../../model/view/host.ts';
import { control } from '../../model/view/service.ts';

const LOOPBACK: readonly string[] = ['127.0.0.1', '::1'];

/** Where cloudflared on the server finds the service: as it was seen to listen, else at the target's port. */
export function serviceOf(the: Case): string {
  const { protocol, port } = the.target;
  const { sockets } = listeningOf(the);
  const isEverywhere = sockets.some(({ address }) => address === null || LOOPBACK.includes(address));
  const [only] = isEverywhere ? [] : sockets;
  const host = only?.address == null ? 'localhost' : bracketed(only.address);
  return `${protocol === 'tls' ? 'https' : 'http'}://${host}:${port}`;
}

/** What cloudflared is told of a program: for whose certificate to look, and whether it can be verified. */
export function ingressTo(service: string, name: string, the: Case): TunnelIngress {
  if (!service.startsWith('https:')) return { service, originServerName: null, noTlsVerify: false };
  const identity = control(the)?.identity;
  const isOwnCertificate = identity?.kind === 'tls' && !isVouched(identity);
  // Inside the server nobody is in between. On its way to another host, what isn't verified may be anybody's.
  return { service, originServerName: name, noTlsVerify: isOwnCertificate && isLocal(service, the) };
}

/** On the server itself. */
export function isLocal(service: string, the: Case): boolean {
  const host = new URL(service).hostname.replace(/^\[(.*)\]$/u, '$1');
  return (
    host === 'localhost' ||
    LOOPBACK.includes(host) ||
    listeningOf(the).sockets.some(({ address }) => address === host)
  );
}

/**
 * The program at the HTTP port sends everybody to HTTPS. Behind a tunnel that leads to it, that would go in circles: the
 * visitor comes by HTTPS already.
 */
export function redirectsToHttps(service: string, the: Case): boolean {
  const identity = control(the)?.identity;
  const isIt = service === serviceOf(the) && identity?.kind === 'http';
  return isIt && identity.location?.startsWith('https://') === true;
}
