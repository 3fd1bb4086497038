import { withClient } from './client.ts';

/**
 * Whether AWS's credentials can be found, in the SDK's own order: environment, profiles, single sign-on, the machine's
 * role. What they allow is not asked.
 * @returns why not, or null
 */
export async function missingCredentials(region: string): Promise<string | null> {
  const { LightsailClient } = await import('@aws-sdk/client-lightsail');
  return withClient(new LightsailClient({ region }), async (client) => {
    try {
      await client.config.credentials();
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  });
}
