import type { Region } from './account.ts';

export interface Window {
  /** Seconds. */
  period: number;
  startTime: Date;
  endTime: Date;
}

/** Bytes that an instance (its name or id) sent, by period, as CloudWatch sums them: periods without any are left out. */
export function sums(region: Region, instance: string, window: Window): { timestamp: Date; sum: number }[] {
  const { period, startTime, endTime } = window;
  const milliseconds = period * 1000;
  const byPeriod = new Map<number, number>();
  for (const { at, bytes } of region.sent.get(instance) ?? []) {
    if (at >= startTime && at < endTime) {
      const start = Math.floor((at.getTime() - startTime.getTime()) / milliseconds) * milliseconds;
      byPeriod.set(start, (byPeriod.get(start) ?? 0) + bytes);
    }
  }
  return [...byPeriod]
    .sort(([one], [other]) => one - other)
    .map(([start, sum]) => ({ timestamp: new Date(startTime.getTime() + start), sum }));
}
