/**
 * Carries a plan out as helper/schema/resource.go (`Apply`, `RefreshWithoutUpgrade`) does, and answers as
 * pkg/tfbridge/provider.go does: what was made and then failed is in the state, with the error.
 */

import { InitError } from '../../../provider/errors.ts';
import type { Properties } from '../../../provider/messages.ts';
import type { Cloud } from '../cloud.ts';
import { ResourceData, tagChanges, tagsIn } from './data.ts';
import type { ResourceType } from './resource-type.ts';

export interface Applied {
  id: string;
  state: Properties;
}

export async function create(
  type: ResourceType,
  cloud: Cloud,
  urn: string,
  planned: Properties,
): Promise<Applied> {
  const data = new ResourceData({ id: '', schema: type.schema, prior: {}, planned });
  try {
    await type.create(cloud, data);
    await type.read(cloud, data);
  } catch (error) {
    if (data.id === '') {
      throw error;
    }
    throw new InitError(data.id, data.state(), `creating ${urn}: ${listed(error)}`);
  }
  if (data.id === '') {
    throw new Error(`expected non-nil error with nil state during Create of ${urn}`);
  }
  return { id: data.id, state: data.state() };
}

export interface Update {
  id: string;
  prior: Properties;
  planned: Properties;
}

/** Also with nothing to change: so the engine continues what has failed after its creation. */
export async function update(
  type: ResourceType,
  cloud: Cloud,
  urn: string,
  { id, prior, planned }: Update,
): Promise<Applied> {
  const data = new ResourceData({ id, schema: type.schema, prior, planned });
  if (type.update === undefined) {
    throw new InitError(id, prior, `updating ${urn}: ${listed(new Error("doesn't support update"))}`);
  }
  try {
    await retag(type, cloud, data);
    await type.update(cloud, data);
    await type.read(cloud, data);
  } catch (error) {
    if (data.id === '') {
      throw error;
    }
    // With the values that were wanted: the next update finds nothing to do (pulumi/pulumi#21458).
    const state = type.framework ? prior : data.state();
    throw new InitError(data.id, state, `updating ${urn}: ${listed(error)}`);
  }
  if (data.id === '') {
    throw new Error(
      `Resource provider reported that the resource did not exist while updating ${urn}.\n\n` +
        'This is usually a result of the resource having been deleted outside of Pulumi, and can often be ' +
        'fixed by running `pulumi refresh` before updating.',
    );
  }
  return { id: data.id, state: data.state() };
}

/** Tags first, then the rest (`Before` of an `Update` in the interceptor). */
async function retag(type: ResourceType, cloud: Cloud, data: ResourceData): Promise<void> {
  if (type.retag === undefined || !data.changed('tagsAll')) {
    return;
  }
  const { removed, updated } = tagChanges(tagsIn(data.before('tagsAll')), data.tags);
  await type.retag(cloud, data.id, removed, updated);
}

/** Undefined if it is not there any more. */
export async function refresh(
  type: ResourceType,
  cloud: Cloud,
  id: string,
  prior: Properties,
): Promise<Applied | undefined> {
  const data = new ResourceData({ id, schema: type.schema, prior });
  await type.read(cloud, data);
  return data.id === '' ? undefined : { id: data.id, state: data.state() };
}

/** For an import and for `get`: only the id is known. */
export async function adopt(type: ResourceType, cloud: Cloud, id: string): Promise<Applied | undefined> {
  if (type.import === undefined) {
    throw new Error(`importer for ${type.token} returned no matching resources`);
  }
  const prior = type.schema.region === undefined ? {} : { region: cloud.region };
  const data = new ResourceData({ id, schema: type.schema, prior });
  type.import(data);
  await type.read(cloud, data);
  return data.id === '' ? undefined : { id: data.id, state: data.state() };
}

export async function remove(type: ResourceType, cloud: Cloud, id: string, prior: Properties): Promise<void> {
  await type.delete(cloud, new ResourceData({ id, schema: type.schema, prior }));
}

/** As go-multierror prints them. */
function listed(error: unknown): string {
  return `1 error occurred:\n\t* ${error instanceof Error ? error.message : error}\n\n`;
}
