import type { Diagnosis, Verdict } from '../model/diagnosis.ts';

export const isNamed = ({ verdict }: Pick<Verdict, 'verdict'>): boolean =>
  verdict === 'confirmed' || verdict === 'suspected';

/** Nothing listens: what else is wrong shows only when the service runs. */
export const isDown = ({ conditions }: Pick<Diagnosis, 'conditions'>): boolean =>
  conditions.some(({ condition, verdict }) => condition === 'service-down' && verdict === 'confirmed');

/** This server has no way out over IPv4, so that nobody answers it. */
export const hasNoWayOut = ({ conditions }: Pick<Diagnosis, 'conditions'>): boolean =>
  conditions.some(({ because }) => because.some(({ code }) => code === 'no-ipv4-route'));
