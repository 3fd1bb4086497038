import { Provider } from '@pulumi/aws/provider.js';
import * as pulumi from '@pulumi/pulumi';
import { cloudFrontSdk } from '../src/cloud/aws/cdn.ts';
import { noCredentialsSentence } from '../src/cloud/aws/client.ts';
import { missingCredentials } from '../src/cloud/aws/credentials.ts';
import { CDN_REGION, cdn as cdnComponent } from '../src/components/cdn.ts';
import { removeMarkedDistributions } from '../src/components/cdn-leftovers.ts';
import type { CdnPlan } from '../src/model/cdn-plan.ts';
import { nodePorts } from '../src/ports/node/node-ports.ts';
import { DISTRIBUTION_DEADLINE_MS, notUnseen, proveDistribution } from '../src/proof/distribution.ts';
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

/** `yes`: go on though nothing could be told, for who can't ask CloudFront from where the stack is brought up. */
const UNPROVEN_VARIABLE = 'REACH4_UNPROVEN';

/** Before anybody is led there: IPv6 visitors have a way that works, which this would take from them. */
const proveFor =
  ({ name, target, types, origin, proven, identity }: CdnPlan) =>
  async (domainName: string): Promise<void> => {
    const { net, dns, clock } = nodePorts();
    const proof = await proveDistribution({
      domainName,
      name,
      target,
      server: {
        addresses: origin.addresses ?? proven,
        status: identity?.kind === 'http' ? identity.status : null,
      },
      net,
      dns,
      clock,
      deadlineMs: proofMs(DISTRIBUTION_DEADLINE_MS),
      tell: (text) => void pulumi.log.info(text),
      signal: new AbortController().signal,
    });
    if (!proof.ok) {
      throw new Error(
        `${proof.why}. DNS stays as it is. See that the server and its firewall let everybody in over IPv6, and run up again.`,
      );
    }
    if (proof.untold !== null) {
      const held = notUnseen(proof.untold, types, process.env[UNPROVEN_VARIABLE] === 'yes');
      if (held !== null) {
        throw new Error(
          `${held}. DNS stays as it is. Run up from a machine that can ask CloudFront, leave IPv6 as it is (reach4 plan --remedy cdn --ipv4-only), or go on unseen: ${UNPROVEN_VARIABLE}=yes reach4 up.`,
        );
      }
      await pulumi.log.warn(
        `Whether CloudFront gets to the server could not be told from here: ${proof.untold}. reach4 verify tells.`,
      );
    }
  };
