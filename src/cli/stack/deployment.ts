import { z } from 'zod';

const resourceSchema = z.object({
  type: z.string(),
  urn: z.string().optional(),
  /** It is replaced, and goes with the next update. */
  delete: z.boolean().optional(),
  id: z.string().optional(),
  importID: z.string().optional(),
  outputs: z.record(z.string(), z.unknown()).optional(),
});

/** The part of Pulumi's deployment, version 3, that is read (sdk/go/common/apitype, DeploymentV3). */
const deploymentSchema = z.object({
  resources: z.array(resourceSchema).nullish(),
  pending_operations: z.array(z.unknown()).nullish(),
});

/** A resource in a stack's state. */
export type StateResource = z.infer<typeof resourceSchema>;

/** The resources in a stack's state, as `pulumi stack export` gives it; none where there is no state. */
export const resourcesIn = (deployment: unknown): StateResource[] =>
  deploymentSchema.parse(deployment ?? {}).resources ?? [];

/** The same without those that are only still there until the engine has deleted them: these aren't the stack's any more. */
export const ownResources = (deployment: unknown): StateResource[] =>
  resourcesIn(deployment).filter((each) => each.delete !== true);

/** Something was provisioned, or was about to be. */
export const isStarted = (deployment: unknown): boolean => {
  const { resources, pending_operations: pending } = deploymentSchema.parse(deployment ?? {});
  return (resources ?? []).length > 0 || (pending ?? []).length > 0;
};
