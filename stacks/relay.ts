import { Provider } from '@pulumi/aws/provider.js';
import * as pulumi from '@pulumi/pulumi';
import { noCredentialsSentence } from '../src/cloud/aws/client.ts';
import { missingCredentials } from '../src/cloud/aws/credentials.ts';
import { inTheWay } from '../src/cloud/aws/in-the-way.ts';
import { freeStaticIp } from '../src/cloud/aws/static-ip.ts';
import { Ec2Host } from '../src/components/ec2-host.ts';
import { Ec2Leftovers } from '../src/components/ec2-leftovers.ts';
import { LightsailHost } from '../src/components/lightsail-host.ts';
import { LightsailLeftovers } from '../src/components/lightsail-leftovers.ts';
import { relayDns } from '../src/components/relay-dns.ts';
import type { RelayPlan } from '../src/model/relay-plan.ts';
import { refusalSentence } from '../src/relay/refusal.ts';
import { allRefusals, userData } from '../src/relay/user-data.ts';
import { proveFor } from './prove-host.ts';
import { recordGuard } from './record-guard.ts';

/**
 * A host that forwards, the address that outlives it, and the records that lead there; docs/decisions/0007-relay.md has
 * the order and its reasons.
 */
export async function relay(plan: RelayPlan): Promise<Record<string, unknown>> {
  await check(plan);
  const { id, host, settings } = plan;
  const { region } = host;
  const options = { provider: new Provider('aws', { region }) };
  const args = {
    id,
    services: settings.services,
    userData: userData(settings),
    prove: proveFor(plan),
  };
  const isLightsail = host.kind === 'lightsail';
  const freeAddress = (name: string) => freeStaticIp(region, name);
  const { address, attachment, hostId, kept } = isLightsail
    ? new LightsailHost('relay', { ...args, host, freeAddress }, options)
    : new Ec2Host('relay', { ...args, host, inTheWay: inTheWay(region, id) }, options);
  const names = relayDns(plan, address, [attachment], { ...options, guard: recordGuard(plan.dns) });
  const Leftovers = isLightsail ? LightsailLeftovers : Ec2Leftovers;
  const leftovers = { region, mark: id, kept, sweeps: 'always' } as const;
  new Leftovers('leftovers-last', leftovers, { dependsOn: [attachment, ...names.resources] });
  return { address, host: hostId, records: names.records };
}

/** What is wrong with the plan or the account, before anything is declared, so that a preview fails too. */
async function check({ settings, host }: RelayPlan): Promise<void> {
  const [refusal] = allRefusals(settings);
  if (refusal !== undefined) {
    throw new pulumi.RunError(`${refusalSentence(refusal)} Change the plan with \`reach4 plan\`.`);
  }
  const missing = await missingCredentials(host.region);
  if (missing !== null) {
    throw new pulumi.RunError(noCredentialsSentence(missing));
  }
}
