import { isIP } from 'node:net';
import { z } from 'zod';
import { tunnelRefusal } from './errors.ts';

/** What is set for the way from cloudflared to the server; its parts are not this stand-in's business. */
const originRequest = z.record(z.string(), z.unknown());

export const tunnelConfig = z.object({
  ingress: z
    .array(
      z.object({
        hostname: z.string().optional(),
        path: z.string().optional(),
        service: z.string(),
        originRequest: originRequest.optional(),
      }),
    )
    .optional(),
  originRequest: originRequest.optional(),
});
export type TunnelConfig = z.infer<typeof tunnelConfig>;
type Rule = NonNullable<TunnelConfig['ingress']>[number];

/** Schemes that the API's reference lists for a service (terraform-provider-cloudflare, the configuration's schema). */
const SCHEMES: readonly string[] = ['http', 'https', 'ws', 'wss', 'tcp', 'ssh', 'rdp', 'smb'];

/**
 * cloudflared's own rules (cloudflare/cloudflared, ingress/ingress.go `validateIngress`), in its words. A configuration
 * that breaks one is taken by no connector, so it is refused here.
 */
export function checkIngress({ ingress }: TunnelConfig): void {
  if (ingress === undefined || ingress.length === 0) {
    throw tunnelRefusal.configuration("The config file doesn't contain any ingress rules");
  }
  for (const [index, rule] of ingress.entries()) {
    checkService(rule.service);
    checkHostname(rule, index, ingress.length);
  }
}

function checkService(service: string): void {
  if (service.startsWith('unix:') || service.startsWith('unix+tls:')) {
    return;
  }
  if (['hello_world', 'hello-world', 'socks-proxy', 'bastion'].includes(service)) {
    return;
  }
  if (service.startsWith('http_status:')) {
    const code = service.slice('http_status:'.length);
    if (!/^\d+$/.test(code) || Number(code) < 100 || Number(code) > 999) {
      throw tunnelRefusal.configuration(`invalid HTTP status code: ${code}`);
    }
    return;
  }
  const [, scheme = '', authority = '', path = ''] = /^([a-z+]+):\/\/([^/]*)(.*)$/.exec(service) ?? [];
  if (scheme === '' || authority.replace(/:\d*$/, '') === '') {
    throw tunnelRefusal.configuration(
      `${service} is an invalid address, please make sure it has a scheme and a hostname`,
    );
  }
  if (path !== '') {
    throw tunnelRefusal.configuration(
      `${service} is an invalid address, ingress rules don't support proxying to a different path on the origin service`,
    );
  }
  if (!SCHEMES.includes(scheme)) {
    throw tunnelRefusal.configuration(`${service} has a scheme that is not supported`);
  }
}

function checkHostname({ hostname = '', path = '' }: Rule, index: number, all: number): void {
  if (/:\d*$/.test(hostname) && isIP(hostname) === 0) {
    throw tunnelRefusal.configuration('Hostname cannot contain a port');
  }
  if (hostname.lastIndexOf('*') > 0) {
    throw tunnelRefusal.configuration(
      'Hostname patterns can have at most one wildcard character ("*") and it can only be used for subdomains, e.g. "*.example.com"',
    );
  }
  const isCatchAll = (hostname === '' || hostname === '*') && path === '';
  const isLast = index === all - 1;
  if (isLast && !isCatchAll) {
    throw tunnelRefusal.configuration(
      'The last ingress rule must match all URLs (i.e. it should not have a hostname or path filter)',
    );
  }
  if (!isLast && isCatchAll) {
    throw tunnelRefusal.configuration(
      `Rule #${index + 1} is matching the hostname '${hostname}', but this will match every hostname, meaning the rules which follow it will never be triggered.`,
    );
  }
}
