import { natPmpRequest } from '../../model/by-hand/router.ts';
import { systemOfPlatform } from '../../model/platform.ts';
import { askMappingServer } from '../router/ask.ts';
import { budgetOf } from '../router/budget.ts';
import {
  EXTERNAL_ADDRESS_REQUEST,
  NAT_PMP_RESULTS,
  natPmpMapRequest,
  readExternalAddress,
  readMapping,
} from '../router/nat-pmp-message.ts';
import { forRemoval, LEASE_SECONDS, LONGEST_GRANT, type Method, tooLong } from './method.ts';

/** ms for each of two requests. */
const TIMEOUT = 1_200;

/**
 * Opens the mapping by NAT-PMP (RFC 6886 3.3), which can't tell what is mapped: a mapping that this machine itself holds
 * over NAT-PMP for the same internal port would be shortened and taken away. So it comes last.
 */
export const overNatPmp: Method = async ({ gateway, internalPort, externalPort }, ports, signal) => {
  const request = natPmpMapRequest({ internalPort, externalPort, lifetime: LEASE_SECONDS });
  const asks = ` -a ${externalPort} ${internalPort} tcp ${LEASE_SECONDS}`;
  const how = natPmpRequest(systemOfPlatform(ports.host.platform), gateway, asks, request);
  const budget = () => budgetOf(TIMEOUT, ports.clock);
  const there = await askMappingServer(gateway, EXTERNAL_ADDRESS_REQUEST, budget(), ports, signal);
  if (!there.ok) return { kind: 'absent', reason: there.reason, how };
  const hello = readExternalAddress(there.payload);
  if (hello.kind !== 'answer')
    return { kind: 'absent', reason: { code: hello.kind, detail: hello.detail }, how };

  const remove = async (): Promise<boolean> => {
    const limits = forRemoval(ports);
    const removal = natPmpMapRequest({ internalPort, externalPort: 0, lifetime: 0 });
    const asked = await askMappingServer(gateway, removal, limits.budget, ports, limits.signal);
    const reply = asked.ok ? readMapping(asked.payload, internalPort) : null;
    return reply?.kind === 'answer' && reply.result === 0;
  };
  const asked = await askMappingServer(gateway, request, budget(), ports, signal);
  const reply = asked.ok ? readMapping(asked.payload, internalPort) : null;
  if (reply?.kind !== 'answer') return { kind: 'in-doubt', remove, how };
  if (reply.result !== 0) {
    const refusal = { code: reply.result, text: NAT_PMP_RESULTS[reply.result] ?? '' };
    return { kind: 'refused', refusal, isFinal: false, how };
  }
  // A success that opens nothing: whatever was made is to go.
  if (reply.externalPort === 0 || reply.lifetime === 0) return { kind: 'in-doubt', remove, how };
  if (reply.lifetime > LONGEST_GRANT && (await remove())) {
    return { kind: 'refused', refusal: tooLong(reply.lifetime), isFinal: false, how };
  }
  return { kind: 'opened', externalPort: reply.externalPort, external: null, remove, how };
};
