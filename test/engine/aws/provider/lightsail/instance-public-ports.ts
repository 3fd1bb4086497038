/** hashicorp/terraform-provider-aws, internal/service/lightsail/instance_public_ports.go */
import { isIP } from 'node:net';
import { crc32 } from 'node:zlib';
import {
  CloseInstancePublicPortsCommand,
  GetInstancePortStatesCommand,
  type NetworkProtocol,
  type PortInfo,
  PutInstancePublicPortsCommand,
} from '@aws-sdk/client-lightsail';
import type { Properties } from '../../../provider/messages.ts';
import { textsIn } from '../bridge/data.ts';
import type { ResourceType } from '../bridge/resource-type.ts';
import { between, oneOf } from '../bridge/validators.ts';
import { doing, failed, hasCode } from '../errors.ts';
import { regional } from '../tags.ts';

function cidrProblem(cidr: string | number): string | undefined {
  const [, address = '', length = ''] = /^(.+)\/(\d+)$/.exec(String(cidr)) ?? [];
  const version = isIP(address);
  const valid = version !== 0 && Number(length) <= (version === 4 ? 32 : 128);
  return valid ? undefined : 'to be a valid IPv4 or IPv6 CIDR';
}

/**
 * Everything replaces, and its id is of its ports. What is not in it is closed at its creation (`PutInstancePublicPorts`
 * sets them all), and its own are closed at its end. There is no import of it.
 */
export const instancePublicPorts: ResourceType = {
  token: 'aws:lightsail/instancePublicPorts:InstancePublicPorts',
  schema: {
    ...regional,
    instanceName: { type: 'string', required: true, forceNew: true },
    portInfos: {
      type: 'set',
      required: true,
      forceNew: true,
      fields: {
        cidrs: { type: 'set', optional: true, computed: true, validate: cidrProblem },
        cidrListAliases: { type: 'set', optional: true, computed: true },
        ipv6Cidrs: { type: 'set', optional: true, computed: true, validate: cidrProblem },
        // -1 stands for all types or codes of ICMP (TestAccLightsailInstancePublicPorts_icmpAll).
        fromPort: { type: 'number', required: true, forceNew: true, validate: between(-1, 65_535) },
        toPort: { type: 'number', required: true, forceNew: true, validate: between(-1, 65_535) },
        protocol: {
          type: 'string',
          required: true,
          forceNew: true,
          validate: oneOf('tcp', 'all', 'udp', 'icmp', 'icmpv6'),
        },
      },
    },
  },
  create: async ({ lightsail }, data) => {
    const instanceName = data.text('instanceName');
    const portInfos = data.blocks('portInfos').map(portInfo);
    const call = lightsail.send(new PutInstancePublicPortsCommand({ instanceName, portInfos }));
    await doing(`unable to create public ports for instance ${instanceName}`, call);
    const all = portInfos.map(({ protocol, fromPort, toPort }) => `${protocol}-${fromPort}-${toPort}\n`);
    data.id = `${instanceName}-${crc32(all.join(''))}`;
  },
  read: async ({ lightsail }, data) => {
    const instanceName = data.text('instanceName');
    try {
      const { portStates = [] } = await lightsail.send(new GetInstancePortStatesCommand({ instanceName }));
      if (portStates.length > 0) {
        data.set({ portInfos: portStates.map(({ state: _, ...port }) => port) });
        return;
      }
    } catch (error) {
      if (data.isNew || !hasCode(error, 'NotFoundException')) {
        throw failed(`reading Lightsail instance public ports (${data.id})`, error);
      }
    }
    data.gone();
  },
  delete: async ({ lightsail }, data) => {
    const instanceName = data.text('instanceName');
    const calls = data
      .blocks('portInfos')
      .map(portInfo)
      .map(
        (port) => () => lightsail.send(new CloseInstancePublicPortsCommand({ instanceName, portInfo: port })),
      );
    const errors: unknown[] = [];
    for (const call of calls) {
      await call().catch((error: unknown) => errors.push(error));
    }
    if (errors.length > 0) {
      throw failed(`unable to close public ports for instance ${instanceName}`, errors[0]);
    }
  },
};

function portInfo(block: Properties): PortInfo {
  const some = (name: string) => {
    const texts = textsIn(block[name]);
    return texts.length > 0 ? { [name]: texts } : {};
  };
  return {
    fromPort: Number(block.fromPort),
    toPort: Number(block.toPort),
    protocol: block.protocol as NetworkProtocol,
    ...some('cidrs'),
    ...some('cidrListAliases'),
    ...some('ipv6Cidrs'),
  };
}
