import { natPmpRequest } from '../model/by-hand/router.ts';
import type { Evidence } from '../model/evidence.ts';
import { systemOfPlatform } from '../model/platform.ts';
import type { Ports } from '../ports/ports.ts';
import { evidenceOf, type ProbeContext } from './context.ts';
import { askMappingServer } from './router/ask.ts';
import { budgetOf } from './router/budget.ts';
import { EXTERNAL_ADDRESS_REQUEST, readExternalAddress } from './router/nat-pmp-message.ts';

/** ms, with three requests in it. */
const NAT_PMP_TIMEOUT = 2_000;

export interface MappingServer {
  /** Address of the router. */
  readonly gateway: string;
  /** 1: the router of the local network; 2: the box in front of it. */
  readonly level: number;
}

/** The router's external address by NAT-PMP (RFC 6886 3.2). A refusal by the router (result 2, 3 or 4) is an answer. */
export async function natPmp(
  { gateway, level }: MappingServer,
  ports: Ports,
  context: ProbeContext,
): Promise<Evidence> {
  const item = evidenceOf('nat-pmp', gateway, context, ports.clock);
  const how = natPmpRequest(systemOfPlatform(ports.host.platform), gateway, '', EXTERNAL_ADDRESS_REQUEST);
  const budget = budgetOf(NAT_PMP_TIMEOUT, ports.clock);
  const asked = await askMappingServer(gateway, EXTERNAL_ADDRESS_REQUEST, budget, ports, context.signal);
  if (!asked.ok) return item.failed(asked.reason, how);
  const reply = readExternalAddress(asked.payload);
  if (reply.kind !== 'answer') return item.failed({ code: reply.kind, detail: reply.detail }, how);
  const { result, external, epochSeconds } = reply;
  return item.ok({ gateway, level, result, external, epochSeconds }, how);
}
