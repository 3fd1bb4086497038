import type { UdpProtocol } from '../../model/facts/udp.ts';
import { bedrock } from './bedrock.ts';
import type { Dialect } from './dialect.ts';
import { dns } from './dns.ts';
import { none } from './none.ts';
import { quic } from './quic.ts';
import { sourceQuery } from './source-query.ts';
import { stun } from './stun.ts';
import { wireguard } from './wireguard.ts';

export const DIALECTS = {
  dns,
  quic,
  wireguard,
  stun,
  bedrock,
  'source-query': sourceQuery,
  none,
} satisfies Record<UdpProtocol, Dialect>;
