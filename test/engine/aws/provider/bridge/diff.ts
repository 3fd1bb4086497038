import type { Change, Properties } from '../../../provider/messages.ts';
import type { Cloud } from '../cloud.ts';
import { changes } from './changes.ts';
import { DEFAULTS, defaultsOf } from './inputs.ts';
import { plan } from './plan.ts';
import type { ResourceType } from './resource-type.ts';
import { isAutoNamed } from './schema.ts';

export interface Wanted {
  /** Not there before a create. */
  prior?: Properties;
  /** Inputs, checked. */
  news: Properties;
  /** Paths that `ignoreChanges` names. */
  ignored: readonly string[];
}

export interface Planned {
  planned: Properties;
  changes: Change[];
}

export function diff(type: ResourceType, cloud: Cloud, { prior, news, ignored }: Wanted): Planned {
  const { [DEFAULTS]: _, ...config } = news;
  const planned = plan(type.schema, prior, config);
  for (const path of ignored) {
    // Whole properties only: the engine has put the old inputs back already.
    const [name = ''] = path.split(/[.[]/);
    if (prior !== undefined) {
      planned[name] = prior[name];
    }
  }
  type.refuse?.(cloud, { prior: prior ?? {}, planned });
  if (prior === undefined) {
    return { planned, changes: [] };
  }
  const found = changes(type.schema, prior, planned, config);
  const also = type.alsoReplaces?.({ prior, planned }) ?? [];
  return {
    planned,
    changes: found.map((change) => ({
      ...change,
      replaces: change.replaces || also.some((name) => change.property.split(/[.[]/)[0] === name),
    })),
  };
}

/**
 * A name that the program wrote itself can't be had by two at once (pkg/tfbridge/schema.go,
 * `nameRequiresDeleteBeforeReplace`).
 */
export function deletesBeforeReplace(type: ResourceType, news: Properties, planned: Planned): boolean {
  const replaces = planned.changes.some((change) => change.replaces);
  const named = isAutoNamed(type.schema.name) && news.name !== undefined;
  return (
    replaces && (type.deleteBeforeReplace === true || (named && defaultsOf(news)?.includes('name') === false))
  );
}
