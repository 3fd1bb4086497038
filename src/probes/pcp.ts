import { mappingRequest } from '../model/by-hand/router.ts';
import type { Evidence } from '../model/evidence.ts';
import { systemOfPlatform } from '../model/platform.ts';
import type { Ports } from '../ports/ports.ts';
import { evidenceOf, type ProbeContext } from './context.ts';
import { askMappingServer } from './router/ask.ts';
import { budgetOf } from './router/budget.ts';
import { ownAddressFor } from './router/own-address.ts';
import { announceRequest, readAnnounce } from './router/pcp-message.ts';

/** ms, with three requests in it. */
const PCP_TIMEOUT = 2_000;

/** Whether the router speaks PCP: an ANNOUNCE (RFC 6887 14.1), which changes nothing and tells no address. */
export async function pcp(
  { gateway, level }: { readonly gateway: string; readonly level: number },
  ports: Ports,
  context: ProbeContext,
): Promise<Evidence> {
  const item = evidenceOf('pcp', gateway, context, ports.clock);
  // Of a box further out the address isn't known that it sees: it then tells ADDRESS_MISMATCH, which is an answer too.
  const client = ownAddressFor(gateway, ports.host.interfaces()) ?? '0.0.0.0';
  const request = announceRequest(client);
  const how = mappingRequest(systemOfPlatform(ports.host.platform), gateway, request);
  const budget = budgetOf(PCP_TIMEOUT, ports.clock);
  const asked = await askMappingServer(gateway, request, budget, ports, context.signal);
  if (!asked.ok) return item.failed(asked.reason, how);
  const reply = readAnnounce(asked.payload);
  if (reply.kind !== 'answer') return item.failed({ code: reply.kind, detail: reply.detail }, how);
  const { version, result, epochSeconds } = reply;
  return item.ok({ gateway, level, version, result, epochSeconds }, how);
}
