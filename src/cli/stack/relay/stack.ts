import { checkAws } from '../../../cloud/aws/access.ts';
import { checkHostedZone } from '../../../cloud/aws/route53.ts';
import { checkAccess as checkCloudflare } from '../../../cloud/cloudflare.ts';
import { UserError } from '../../../model/error.ts';
import type { RelayPlan } from '../../../model/relay-plan.ts';
import type { Promised } from '../../verify/check.ts';
import { openStack } from '../automation.ts';
import { cloudflareWorld } from '../cloudflare-world.ts';
import { openSetting, type StackContext } from '../context.ts';
import type { StackRemedy } from '../remedy.ts';
import { planRelay } from './plan.ts';
import { relayState } from './state.ts';
import { relayStatus } from './status.ts';
import { afterwards, heading } from './text.ts';

/** A host that forwards. */
export const relayStack: StackRemedy<RelayPlan> = {
  plan: planRelay,
  checkAccess,
  heading,
  afterwards,
  promised,
  status: relayStatus,
  hostsIn: (deployment) => relayState(deployment).hostUrns,
};

async function checkAccess({ host, dns }: RelayPlan, context: StackContext): Promise<void> {
  const { signal } = context;
  await checkAws(host.kind, host.region);
  if (dns.provider === 'cloudflare') {
    await checkCloudflare(dns.zone, cloudflareWorld(context), signal);
  } else if (dns.provider === 'route53') {
    const records = dns.records.map(({ name }) => ({ name, type: 'A' }) as const);
    await checkHostedZone(dns.zone, records, signal);
  }
}

/** The address is known once there is one. */
async function promised(plan: RelayPlan, stack: string, context: StackContext): Promise<Promised> {
  const opened = await openStack(await openSetting(context), stack, false);
  const { address } = relayState(opened === null ? null : await opened.state());
  if (address === null) {
    throw new UserError(
      `The relay of the stack ${stack} has no address: it isn't up; expected \`reach4 up\` to be run first.`,
    );
  }
  const isNamed = plan.dns.records.some(({ name }) => name === plan.target.host);
  return {
    records: isNamed ? [{ type: 'A', content: address }] : [],
    address,
    identity: plan.identity,
  };
}
