import * as pulumi from '@pulumi/pulumi';
import {
  type Declared,
  declaredBy,
  faultSentence,
  faultsOf,
  LATER,
  secretsIn,
} from '../../src/components/declared.ts';
import type { Plan } from '../../src/model/plan.ts';

/** Variables whose values belong nowhere but in requests. */
const SECRET_VARIABLES = [
  'CLOUDFLARE_API_TOKEN',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'PULUMI_CONFIG_PASSPHRASE',
  'REACH4_AGENT_TOKEN',
] as const;

/** Characters: a shorter one may be in any text by chance. */
const SHORTEST_SECRET = 16;

/**
 * Looks at the plan, and at each resource as it is declared, so that a preview fails wherever it is run.
 * @param given the plan as it stands in the stack's configuration, which is kept in clear
 * @throws RunError with one sentence, at once or when something is declared
 */
export function checkDeployment(plan: Plan, given: unknown): void {
  const secrets = secretsOf(process.env);
  const [inPlan] = [
    ...secretsIn(given, secrets),
    ...declaredBy(plan).flatMap((each) => faultsOf(plan, each, secrets)),
  ];
  if (inPlan !== undefined) throw refused(faultSentence(inPlan));
  // Without a stack nothing can be declared: somebody only asks what is wrong with the plan.
  if (pulumi.runtime.getStackResource() === undefined) return;
  // Once more, of what the program makes of the plan: that holds whatever is changed there.
  pulumi.runtime.registerStackTransformation(({ type, name, props, opts }) => {
    const [fault] = faultsOf(plan, { type, name, inputs: known(props), stays: staysOf(opts) }, secrets);
    if (fault !== undefined) throw refused(faultSentence(fault));
    return undefined;
  });
}

const refused = (sentence: string): pulumi.RunError =>
  new pulumi.RunError(`${sentence} Nothing is deployed; write the plan anew with \`reach4 plan\`.`);

function secretsOf(env: Readonly<Record<string, string | undefined>>): Map<string, string> {
  return new Map(
    SECRET_VARIABLES.flatMap((variable) => {
      const value = env[variable]?.trim() ?? '';
      return value.length < SHORTEST_SECRET ? [] : [[variable, value] as const];
    }),
  );
}

function staysOf(options: pulumi.ResourceOptions): Declared['stays'] {
  const { retainOnDelete, import: from } = options as pulumi.CustomResourceOptions;
  return retainOnDelete === true ? { importedFrom: typeof from === 'string' ? from : null } : null;
}

/** Values that are known already; the text of a dynamic provider is none of them. */
function known(props: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(props)
      .filter(([key]) => key !== '__provider')
      .map(([key, value]) => [key, literal(value)]),
  );
}

function literal(value: unknown): unknown {
  if (pulumi.Output.isInstance(value) || value instanceof Promise || typeof value === 'function')
    return LATER;
  if (Array.isArray(value)) return value.map(literal);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, literal(each)]));
}
