import { Provider } from '@pulumi/aws/provider.js';
import * as pulumi from '@pulumi/pulumi';
import { cloudFrontSdk } from '../src/cloud/aws/cdn.ts';
import { noCredentialsSentence } from '../src/cloud/aws/client.ts';
import { missingCredentials } from '../src/cloud/aws/credentials.ts';
import { CDN_REGION, cdn as cdnComponent } from '../src/components/cdn.ts';
import { removeMarkedDistributions } from '../src/components/cdn-leftovers.ts';
import type { CdnPlan } from '../src/model/cdn-plan.ts';

/** CloudFront in front of the server; docs/decisions/0011-cdn.md has the order and its reasons. */
export async function cdn(plan: CdnPlan): Promise<Record<string, unknown>> {
  const missing = await missingCredentials(CDN_REGION);
  if (missing !== null) throw new pulumi.RunError(noCredentialsSentence(missing));
  const { domainName, distributionId } = cdnComponent(plan, {
    provider: new Provider('aws', { region: CDN_REGION }),
    clear: async () => removeMarkedDistributions(await cloudFrontSdk(), plan.id),
  });
  return { domainName, distributionId, name: plan.name };
}
