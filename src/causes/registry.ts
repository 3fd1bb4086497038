import type { CauseCode } from '../model/diagnosis.ts';
import type { Cause } from './cause.ts';
import { dns } from './dns.ts';
import { notBuilt } from './not-built.ts';

export const CAUSES = {
  dns,
  cgnat: notBuilt('cgnat'),
  'isp-block': notBuilt('isp-block'),
  'port-forward': notBuilt('port-forward'),
  'host-firewall': notBuilt('host-firewall'),
  'ipv6-only-listener': notBuilt('ipv6-only-listener'),
  hairpin: notBuilt('hairpin'),
} satisfies Record<CauseCode, Cause>;
