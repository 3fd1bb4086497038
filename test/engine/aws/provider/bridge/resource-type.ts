import type { Cloud } from '../cloud.ts';
import type { ResourceData } from './data.ts';
import type { Schema, Tags } from './schema.ts';

type Step = (cloud: Cloud, data: ResourceData) => Promise<void>;

/**
 * One resource of the real provider (`schema.Resource` of Terraform's plugin SDK). What throws has failed; if it has
 * given the resource an id before, the resource is in the state all the same.
 */
export interface ResourceType {
  /** `aws:lightsail/staticIp:StaticIp` */
  token: string;
  schema: Schema;
  /** Gives the id. `read` follows. */
  create: Step;
  read: Step;
  /** Without it everything is `forceNew`. `read` follows. */
  update?: Step;
  delete: Step;
  /** The id of an import to properties that `read` needs; an error if there is no import of this type. */
  import?: (data: ResourceData) => void;
  /** Transparent tagging (internal/provider/sdkv2/tags_interceptor.go): before `update`, if the tags have changed. */
  retag?: (cloud: Cloud, id: string, removed: string[], updated: Tags) => Promise<void>;
  /**
   * Of Terraform's newer plugin framework: what failed in `update` leaves the state as it was (internal/fwserver of
   * hashicorp/terraform-plugin-framework).
   */
  framework?: true;
  /** Set for the type in provider/resources.go of pulumi/pulumi-aws. */
  deleteBeforeReplace?: true;
  /** `CustomizeDiff`: throws at what the real one refuses. */
  refuse?: (cloud: Cloud, change: PlannedChange) => void;
  /** `CustomizeDiff`: properties, beside those of the schema, whose change is a new resource. */
  alsoReplaces?: (change: PlannedChange) => string[];
}

interface PlannedChange {
  /** Empty before a create. */
  prior: Readonly<Record<string, unknown>>;
  planned: Readonly<Record<string, unknown>>;
}

/** For types whose real importer takes the id as it is (`schema.ImportStatePassthroughContext`). */
export function importById(): void {}
