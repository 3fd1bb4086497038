import * as pulumi from '@pulumi/pulumi';

/** ms that one call may take before it is tried again; as the frozen calls have it. */
const TIMEOUTS = { connectionTimeout: 10_000, requestTimeout: 20_000, throwOnRequestTimeout: true };

/**
 * A hook before a static IP is attached: frees it where it is attached already. An `up` that broke off may have attached
 * it without having recorded that, and Lightsail doesn't say that it attaches what is attached.
 */
export const freesStaticIp = (region: string): pulumi.ResourceHook =>
  new pulumi.ResourceHook('address-is-free', async ({ newInputs }) => {
    const staticIpName = String(newInputs?.staticIpName);
    const { DetachStaticIpCommand, GetStaticIpCommand, LightsailClient } = await import(
      '@aws-sdk/client-lightsail'
    );
    const client = new LightsailClient({ region, maxAttempts: 5, requestHandler: TIMEOUTS });
    const { staticIp } = await client.send(new GetStaticIpCommand({ staticIpName }));
    if (staticIp?.isAttached === true) await client.send(new DetachStaticIpCommand({ staticIpName }));
  });
