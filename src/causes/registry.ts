import type { CauseCode } from '../model/cause-code.ts';
import type { Cause } from './cause.ts';
import { cgnat } from './cgnat.ts';
import { dns } from './dns.ts';
import { hairpin } from './hairpin.ts';
import { hostFirewall } from './host-firewall.ts';
import { ipv6OnlyListener } from './ipv6-only-listener.ts';
import { ispBlock } from './isp-block.ts';
import { portForward } from './port-forward.ts';

export const CAUSES = {
  dns,
  cgnat,
  'isp-block': ispBlock,
  'port-forward': portForward,
  'host-firewall': hostFirewall,
  'ipv6-only-listener': ipv6OnlyListener,
  hairpin,
} satisfies Record<CauseCode, Cause>;
