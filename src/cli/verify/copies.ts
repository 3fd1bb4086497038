import type { Diagnosis } from '../../model/diagnosis.ts';
import { uniqueBy } from '../../model/unique.ts';
import { answerOf, resolvers, serverOf } from '../../model/view/records.ts';
import type { Check } from './check.ts';

/** What resolvers are to say of one type. */
interface Wanted {
  readonly type: 'A' | 'AAAA';
  readonly isRight: (address: string) => boolean;
}

/** Resolvers that still keep an earlier answer, and for how long. */
export function copies(wanted: readonly Wanted[], diagnosis: Diagnosis): Check[] {
  const asked = [...resolvers(diagnosis, 'here'), ...resolvers(diagnosis, 'outside')];
  const all = wanted.flatMap(({ type, isRight }) =>
    asked.flatMap((item): Check[] => {
      const { outcome, addresses, soa } = answerOf(item, type);
      const others = addresses.filter(({ address }) => !isRight(address));
      const negative = outcome === 'no-data' || outcome === 'nxdomain';
      if (others.length === 0 && !negative) return [];
      const seconds = negative ? (soa?.negativeTtl ?? 0) : Math.max(...others.map(({ ttl }) => ttl));
      const says = negative ? `no ${type}` : `${type} ${others.map(({ address }) => address).join(', ')}`;
      const text = `the resolver ${serverOf(item)} still says ${says}, for up to ${seconds} s`;
      return [{ code: 'copies', state: 'waiting', text, seconds }];
    }),
  );
  // An agent may use the same resolver as this machine.
  return uniqueBy(all, ({ text }) => text);
}
