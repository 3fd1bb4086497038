import { Provider } from '@pulumi/aws/provider.js';
import * as pulumi from '@pulumi/pulumi';
import { noCredentialsSentence } from '../src/cloud/aws/client.ts';
import { missingCredentials } from '../src/cloud/aws/credentials.ts';
import { checkHostedNameFree } from '../src/cloud/aws/route53.ts';
import { addressSets } from '../src/components/address-sets.ts';
import type { RecordsAtRoute53 } from '../src/model/plan.ts';

/** Route 53 is one for all regions, and its API is in this one (AWS General Reference, "Service endpoints"). */
const REGION = 'us-east-1';

/** The sets of a plan at Route 53. @throws RunError where there are no credentials, so that a preview fails too */
export async function atRoute53(plan: RecordsAtRoute53): Promise<Record<string, unknown>> {
  const missing = await missingCredentials(REGION);
  if (missing !== null) throw new pulumi.RunError(noCredentialsSentence(missing));
  const { signal } = new AbortController();
  const sets = addressSets(plan, {
    provider: new Provider('aws', { region: REGION }),
    guard: (set) => checkHostedNameFree(set, signal),
  });
  return {
    records: plan.records.map(({ name, type }, index) => ({ name, type, content: sets[index]?.records })),
  };
}
