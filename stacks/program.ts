import * as pulumi from '@pulumi/pulumi';
import { z } from 'zod';
import { PLAN_CONFIG, type Plan, planSchema } from '../src/model/plan.ts';
import { aRecord } from './a-record.ts';
import { checkDeployment } from './checks/deployment.ts';
import { edgeProxy } from './edge-proxy.ts';

type Outputs = Record<string, unknown>;

type Program<Code extends Plan['remedy']> = (
  plan: Extract<Plan, { remedy: Code }>,
) => Outputs | Promise<Outputs>;

const PROGRAMS: { readonly [Code in Plan['remedy']]: Program<Code> } = {
  'a-record': aRecord,
  'edge-proxy': edgeProxy,
  // Loaded when it is needed: it brings AWS's resources along.
  relay: async (plan) => (await import('./relay.ts')).relay(plan),
  tunnel: async (plan) => (await import('./tunnel.ts')).tunnel(plan),
  cdn: async (plan) => (await import('./cdn.ts')).cdn(plan),
};

/** The DNS provider that a plan's records are written at. */
const writesAt = (plan: Plan): string => (plan.remedy === 'relay' ? plan.dns.provider : plan.provider);

/**
 * The Pulumi program: reads the plan from the stack's configuration and runs its remedy. Everything that can be wrong
 * beforehand is checked first, so that a preview fails too.
 * @throws RunError with one sentence; Pulumi shows it without a stack
 */
export async function program(): Promise<Outputs> {
  const { plan, given } = readPlan();
  if (writesAt(plan) === 'cloudflare' && (process.env.CLOUDFLARE_API_TOKEN ?? '') === '') {
    throw new pulumi.RunError(
      'CLOUDFLARE_API_TOKEN is not set; expected an API token with the rights Zone:Read and DNS:Edit in the environment.',
    );
  }
  checkDeployment(plan, given);
  const run = PROGRAMS[plan.remedy] as Program<Plan['remedy']>;
  return run(plan);
}

function readPlan(): { readonly plan: Plan; readonly given: unknown } {
  const file = `Pulumi.${pulumi.getStack()}.yaml`;
  const given = new pulumi.Config(PLAN_CONFIG.project).getObject<unknown>(PLAN_CONFIG.name);
  if (given === undefined) {
    throw new pulumi.RunError(`There is no plan in ${file}; expected the one that \`reach4 plan\` writes.`);
  }
  const read = planSchema.safeParse(given);
  if (!read.success) {
    const what = z.prettifyError(read.error).replaceAll(/\s*\n\s*/gu, ' ');
    throw new pulumi.RunError(
      `The plan in ${file} can't be used: ${what}; write it anew with \`reach4 plan\`.`,
    );
  }
  return { plan: read.data, given };
}
