import type { Finding } from '../../model/finding.ts';
import type { Forward } from '../../model/view/forward.ts';
import type { Sight } from '../sight.ts';

/** What the router, or a person who read its page, says of the port's mapping. */
export function mappingFindings(forward: Forward, sight?: Sight): Finding[] {
  switch (forward.state) {
    case 'right':
    case 'unclear': {
      const { source, externalPort, client, port } = forward;
      return forward.state === 'right'
        ? [{ code: 'mapping-right', args: { source, externalPort, client, port } }]
        : [];
    }
    case 'wrong-host': {
      const { source, externalPort, client, port } = forward;
      return [
        {
          code: 'mapping-wrong-host',
          args: { source, externalPort, client, port, server: sight?.serverAddresses ?? [] },
        },
      ];
    }
    case 'wrong-port': {
      const { source, externalPort, client, port } = forward;
      return [
        { code: 'mapping-wrong-port', args: { source, externalPort, client, port, expected: externalPort } },
      ];
    }
    case 'disabled':
      return [
        { code: 'mapping-disabled', args: { externalPort: forward.externalPort, client: forward.client } },
      ];
    case 'told-none':
      return [{ code: 'mapping-told-none', args: { port: sight?.port ?? 1 } }];
    case 'not-listed':
      return [
        {
          code: 'mapping-not-listed',
          args: { port: sight?.port ?? 1, gateway: forward.gateway, listed: forward.listed },
        },
      ];
    case 'unknown':
      return [];
  }
}
