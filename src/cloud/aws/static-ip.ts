import { PATIENCE, withClient } from './client.ts';

/**
 * Frees a static IP of Lightsail where it is attached to a host: an `up` that broke off may have attached it without
 * having recorded that, and Lightsail doesn't say that it attaches what is attached.
 */
export async function freeStaticIp(region: string, staticIpName: string): Promise<void> {
  // Loaded when it is needed: a preview doesn't.
  const { DetachStaticIpCommand, GetStaticIpCommand, LightsailClient } = await import(
    '@aws-sdk/client-lightsail'
  );
  await withClient(new LightsailClient({ region, ...PATIENCE }), async (client) => {
    const { staticIp } = await client.send(new GetStaticIpCommand({ staticIpName }));
    if (staticIp?.isAttached === true) await client.send(new DetachStaticIpCommand({ staticIpName }));
  });
}
