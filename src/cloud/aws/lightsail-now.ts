import type { LightsailClient } from '@aws-sdk/client-lightsail';
import { MARK_TAG, markedName } from '../../model/marks.ts';
import { PATIENCE, withClient } from './client.ts';
import { DAY, type Marked, monthOf, type Traffic, total } from './marked.ts';
import { allPages } from './pages.ts';

/**
 * What bears a stack's mark at Lightsail: hosts by their tag or name, static IPs, which have no tags, by name.
 * @param mark the plan's id
 * @throws what the SDK throws: see `awsSentence`
 */
export async function markedAtLightsail(region: string, mark: string): Promise<Marked> {
  const { GetInstancesCommand, GetStaticIpsCommand } = await import('@aws-sdk/client-lightsail');
  return atLightsail(region, async (client) => {
    const isNamed = (name: string): boolean => name.startsWith(markedName(mark, ''));
    const hosts = await allPages(async (pageToken) => {
      const page = await client.send(new GetInstancesCommand({ pageToken }));
      return { items: page.instances, next: page.nextPageToken };
    });
    const addresses = await allPages(async (pageToken) => {
      const page = await client.send(new GetStaticIpsCommand({ pageToken }));
      return { items: page.staticIps, next: page.nextPageToken };
    });
    const ours = hosts.flatMap(({ name = '', tags = [], state, createdAt }) =>
      isNamed(name) || tags.some(({ key, value }) => key === MARK_TAG && value === mark)
        ? [{ id: name, state: state?.name ?? 'unknown', createdAt: createdAt ?? null }]
        : [],
    );
    return {
      hosts: ours,
      things: [
        ...ours.map(({ id }) => ({
          type: 'Lightsail instance',
          id,
          remove: `aws lightsail delete-instance --region ${region} --instance-name ${id} --force-delete-add-ons`,
        })),
        ...addresses.flatMap(({ name = '' }) =>
          isNamed(name)
            ? [
                {
                  type: 'Lightsail static IP',
                  id: name,
                  remove: `aws lightsail release-static-ip --region ${region} --static-ip-name ${name}`,
                },
              ]
            : [],
        ),
      ],
    };
  });
}

/** What a host has sent and got this month. @throws as above */
export async function trafficAtLightsail(region: string, instanceName: string, now: Date): Promise<Traffic> {
  const { GetInstanceMetricDataCommand } = await import('@aws-sdk/client-lightsail');
  const since = monthOf(now);
  return atLightsail(region, async (client) => {
    const sum = async (metricName: 'NetworkIn' | 'NetworkOut'): Promise<number> => {
      const { metricData } = await client.send(
        new GetInstanceMetricDataCommand({
          instanceName,
          metricName,
          period: DAY,
          startTime: since,
          endTime: now,
          unit: 'Bytes',
          statistics: ['Sum'],
        }),
      );
      return total(metricData ?? []);
    };
    return { since, inBytes: await sum('NetworkIn'), outBytes: await sum('NetworkOut') };
  });
}

async function atLightsail<T>(region: string, work: (client: LightsailClient) => Promise<T>): Promise<T> {
  const { LightsailClient: Client } = await import('@aws-sdk/client-lightsail');
  return withClient(new Client({ region, ...PATIENCE }), work);
}
