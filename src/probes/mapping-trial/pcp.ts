import { randomBytes } from 'node:crypto';
import { mappingRequest } from '../../model/by-hand/router.ts';
import { systemOfPlatform } from '../../model/platform.ts';
import { askMappingServer } from '../router/ask.ts';
import { budgetOf } from '../router/budget.ts';
import {
  announceRequest,
  NONCE_BYTES,
  PCP_RESULTS,
  type PcpMapping,
  pcpMapRequest,
  readAnnounce,
  readPcpMapping,
} from '../router/pcp-message.ts';
import { forRemoval, LEASE_SECONDS, LONGEST_GRANT, type Method, tooLong } from './method.ts';

/** ms for each of two requests. */
const TIMEOUT = 1_200;

/**
 * Opens the mapping by PCP MAP (RFC 6887 11), at exactly this port or not at all. The random nonce keeps it from
 * changing a mapping that is there: the server refuses whoever doesn't know that one's nonce.
 */
export const overPcp: Method = async ({ gateway, client, internalPort, externalPort }, ports, signal) => {
  const nonce = randomBytes(NONCE_BYTES);
  const mapping: PcpMapping = { client, nonce, internalPort, externalPort, lifetime: LEASE_SECONDS };
  const request = pcpMapRequest(mapping);
  const how = mappingRequest(systemOfPlatform(ports.host.platform), gateway, request);

  // Asked first, so that silence after the request for a mapping isn't taken for the lack of a server.
  const budget = () => budgetOf(TIMEOUT, ports.clock);
  const there = await askMappingServer(gateway, announceRequest(client), budget(), ports, signal);
  if (!there.ok) return { kind: 'absent', reason: there.reason, how };
  const hello = readAnnounce(there.payload);
  if (hello.kind !== 'answer')
    return { kind: 'absent', reason: { code: hello.kind, detail: hello.detail }, how };

  const remove = async (): Promise<boolean> => {
    const removal: PcpMapping = { ...mapping, externalPort: 0, lifetime: 0 };
    const limits = forRemoval(ports);
    const asked = await askMappingServer(
      gateway,
      pcpMapRequest(removal),
      limits.budget,
      ports,
      limits.signal,
    );
    const reply = asked.ok ? readPcpMapping(asked.payload, removal) : null;
    return reply?.kind === 'answer' && reply.result === 0;
  };
  const asked = await askMappingServer(gateway, request, budget(), ports, signal);
  const reply = asked.ok ? readPcpMapping(asked.payload, mapping) : null;
  if (reply?.kind !== 'answer') return { kind: 'in-doubt', remove, how };
  const { mapped, result, lifetime } = reply;
  if (mapped === null) {
    const refusal = { code: result, text: PCP_RESULTS[result] ?? '' };
    return { kind: 'refused', refusal, isFinal: false, how };
  }
  // A success that opens nothing: whatever was made is to go.
  if (mapped.externalPort === 0 || lifetime === 0) return { kind: 'in-doubt', remove, how };
  if (lifetime > LONGEST_GRANT && (await remove())) {
    return { kind: 'refused', refusal: tooLong(lifetime), isFinal: false, how };
  }
  const external = mapped.external === '0.0.0.0' || mapped.external === '::' ? null : mapped.external;
  return { kind: 'opened', externalPort: mapped.externalPort, external, remove, how };
};
