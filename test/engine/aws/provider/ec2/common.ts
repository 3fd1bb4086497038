/** What EC2's resources have in common in hashicorp/terraform-provider-aws, internal/service/ec2. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateTagsCommand,
  DeleteTagsCommand,
  DescribeNetworkInterfacesCommand,
  type EC2Client,
  type ResourceType as Kind,
  type TagSpecification,
} from '@aws-sdk/client-ec2';
import type { ResourceData } from '../bridge/data.ts';
import type { Cloud } from '../cloud.ts';
import { doing, hasCode } from '../errors.ts';
import { LIMIT_MS, PAUSE_MS } from '../wait.ts';

/** internal/service/ec2/tags.go, `getTagSpecificationsIn` */
export function tagSpecifications(kind: Kind, data: ResourceData): TagSpecification[] | undefined {
  const Tags = Object.entries(data.tags).map(([Key, Value]) => ({ Key, Value }));
  return Tags.length === 0 ? undefined : [{ ResourceType: kind, Tags }];
}

/** internal/service/ec2/tags_gen.go, `updateTags`; also of what isn't a resource of its own, such as an instance's volume. */
export async function retag(
  { ec2 }: Pick<Cloud, 'ec2'>,
  id: string,
  removed: readonly string[],
  updated: Readonly<Record<string, string>>,
): Promise<void> {
  const what = `updating tags for EC2 resource (${id})`;
  if (removed.length > 0) {
    const Tags = removed.map((Key) => ({ Key }));
    await doing(what, ec2.send(new DeleteTagsCommand({ Resources: [id], Tags })));
  }
  const Tags = Object.entries(updated).map(([Key, Value]) => ({ Key, Value }));
  if (Tags.length > 0) {
    await doing(what, ec2.send(new CreateTagsCommand({ Resources: [id], Tags })));
  }
}

/** Undefined if the answer is one of these codes: what is asked for is not there. */
export async function unless<Answer>(
  codes: readonly string[],
  call: Promise<Answer>,
): Promise<Answer | undefined> {
  try {
    return await call;
  } catch (error) {
    if (hasCode(error, ...codes)) {
      return undefined;
    }
    throw error;
  }
}

/** Again and again while the answer is one of these codes (`RetryWhenAWSErrCodeEquals`). */
export async function retrying<Answer>(
  codes: readonly string[],
  call: () => Promise<Answer>,
): Promise<Answer> {
  const end = performance.now() + LIMIT_MS;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!hasCode(error, ...codes) || performance.now() > end) {
        throw error;
      }
      await sleep(PAUSE_MS);
    }
  }
}

/** Looks for interfaces that other services left behind; none of theirs is here (`deleteLingeringENIs`). */
export async function lookForLingeringInterfaces(ec2: EC2Client, name: string, value: string): Promise<void> {
  const Filters = [{ Name: name, Values: [value] }];
  const call = ec2.send(new DescribeNetworkInterfacesCommand({ Filters }));
  await doing('listing EC2 Network Interfaces', call);
}

export function ec2Arn({ region, accountId }: Cloud, resource: string): string {
  return `arn:aws:ec2:${region}:${accountId}:${resource}`;
}
