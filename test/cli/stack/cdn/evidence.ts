import type { Evidence } from '../../../../src/model/evidence.ts';
import { reach } from '../../../support/evidence.ts';
import { LINE, zone } from '../../../support/home.ts';
import { STABLE6, tls } from '../../../support/names.ts';

/** As a public authority gives it. */
export const TRUSTED = tls('a', { trusted: true });

/** A home server that answers over IPv6, in a zone whose name servers are Route 53's. */
export const atRoute53 = (a: readonly string[] = []): Evidence[] => [
  ...LINE,
  reach(STABLE6, { identity: TRUSTED }),
  reach(STABLE6, { identity: TRUSTED, from: 'outside-1' }),
  ...zone(a).map(
    (item): Evidence =>
      item.probe === 'authority' && item.status === 'ok'
        ? {
            ...item,
            facts: { ...item.facts, server: { ...item.facts.server, name: 'ns-1.awsdns-01.org' } },
          }
        : item,
  ),
];
