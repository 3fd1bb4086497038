import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { Existing, Region } from '../account.ts';

export interface Alarm extends MetricAlarm {
  AlarmName: string;
  tags: Record<string, string>;
}

/** CloudWatch's alarms in one region, by name. */
export class Alarms {
  readonly region: Region;
  byName = new Map<string, Alarm>();

  constructor(region: Region) {
    this.region = region;
  }

  exists(): Omit<Existing, 'region'>[] {
    return [...this.byName.values()].map(({ AlarmName, tags }) => ({
      service: 'cloudwatch' as const,
      type: 'alarm',
      id: AlarmName,
      tags,
    }));
  }
}
