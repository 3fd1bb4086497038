import type { Evidence } from '../evidence.ts';

/**
 * ms; what was seen within a quarter of an hour was seen together: a look takes up to 40 seconds, clocks differ by minutes,
 * and who carries a file from one machine to the other takes as long.
 */
export const TOGETHER_MS = 15 * 60_000;

/** It was seen before the other, and may have been otherwise by then. */
export const isOutdatedBy = ({ at }: Pick<Evidence, 'at'>, newer: Pick<Evidence, 'at'>): boolean =>
  Date.parse(newer.at) - Date.parse(at) > TOGETHER_MS;
