import type { ResourceType } from './bridge/resource-type.ts';
import { lightsailInstance } from './lightsail/instance.ts';
import { instancePublicPorts } from './lightsail/instance-public-ports.ts';
import { staticIp } from './lightsail/static-ip.ts';
import { staticIpAttachment } from './lightsail/static-ip-attachment.ts';

/** The resources that reach4 may use, by their token. */
export const resources: ReadonlyMap<string, ResourceType> = new Map(
  [lightsailInstance, instancePublicPorts, staticIp, staticIpAttachment].map((type) => [type.token, type]),
);
