import { Provider } from '@pulumi/aws/provider.js';
import * as pulumi from '@pulumi/pulumi';
import { cloudFrontSdk } from '../src/cloud/aws/cdn.ts';
import { noCredentialsSentence } from '../src/cloud/aws/client.ts';
import { missingCredentials } from '../src/cloud/aws/credentials.ts';
import { CDN_REGION, cdn as cdnComponent } from '../src/components/cdn.ts';
import { removeMarkedDistributions } from '../src/components/cdn-leftovers.ts';
import type { CdnPlan } from '../src/model/cdn-plan.ts';
import { nodePorts } from '../src/ports/node/node-ports.ts';
import { DISTRIBUTION_DEADLINE_MS, proveDistribution } from '../src/proof/distribution.ts';
import { proofMs } from './prove-host.ts';

/** CloudFront in front of the server; docs/decisions/0011-cdn.md has the order and its reasons. */
export async function cdn(plan: CdnPlan): Promise<Record<string, unknown>> {
  const missing = await missingCredentials(CDN_REGION);
  if (missing !== null) throw new pulumi.RunError(noCredentialsSentence(missing));
  const { domainName, distributionId } = cdnComponent(plan, {
    provider: new Provider('aws', { region: CDN_REGION }),
    prove: proveFor(plan),
    clear: async () => removeMarkedDistributions(await cloudFrontSdk(), plan.id),
  });
  return { domainName, distributionId, name: plan.name };
}

/** Before anybody is led there: IPv6 visitors have a way that works, which this would take from them. */
const proveFor =
  ({ name, target }: CdnPlan) =>
  async (domainName: string): Promise<void> => {
    const { net, dns, clock } = nodePorts();
    const proof = await proveDistribution({
      domainName,
      name,
      target,
      net,
      dns,
      clock,
      deadlineMs: proofMs(DISTRIBUTION_DEADLINE_MS),
      tell: (text) => void pulumi.log.info(text),
      signal: new AbortController().signal,
    });
    if (!proof.ok) {
      throw new Error(
        `${proof.why}. DNS stays as it is. See that a firewall lets IPv6 in from everywhere, and run up again.`,
      );
    }
    if (proof.untold !== null) {
      await pulumi.log.warn(
        `Whether CloudFront gets to the server could not be told from here: ${proof.untold}. reach4 verify tells.`,
      );
    }
  };
