import { parseAddress } from '../../model/address.ts';
import type { Identity } from '../../model/identity.ts';
import type { ServiceHint } from '../ports.ts';
import { identifyBanner } from './identify-banner.ts';
import { identifyHttp } from './identify-http.ts';
import { identifyTls } from './identify-tls.ts';
import type { Limits } from './limits.ts';
import { identifySsh } from './ssh/identify.ts';

/** Connects to a literal address and reads who answers; see `Net.identify`. */
export function identify(
  address: string,
  port: number,
  hint: ServiceHint,
  limits: Limits,
): Promise<Identity> {
  const host = parseAddress(address);
  if (host === null) return Promise.resolve({ kind: 'none', why: 'closed', detail: 'EINVAL' });
  switch (hint.protocol) {
    case 'tls':
      return identifyTls(host, port, hint, limits);
    case 'http':
      return identifyHttp(host, port, hint, limits);
    case 'ssh':
      return identifySsh(host, port, hint, limits);
    case 'tcp':
      return identifyBanner(host, port, hint, limits);
  }
}
