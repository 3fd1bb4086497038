import { TUNNEL_TYPE } from '../../components/type-names.ts';
import { UserError } from '../../model/error.ts';
import { openStack } from '../stack/automation.ts';
import { plannedStack, type StackChoice, type StackContext } from '../stack/context.ts';
import { ownResources } from '../stack/deployment.ts';

/** A tunnel that a stack has made. */
export interface TunnelOfStack {
  readonly accountId: string;
  readonly tunnelId: string;
  readonly name: string;
  /** The name that visitors type. */
  readonly hostname: string;
}

/** In a stack's state, as `pulumi stack export` gives it; null where it has no tunnel. */
export function tunnelIn(deployment: unknown, hostname: string): TunnelOfStack | null {
  const tunnel = ownResources(deployment).find(({ type, id }) => type === TUNNEL_TYPE && id !== undefined);
  const { accountId, name } = tunnel?.outputs ?? {};
  if (tunnel?.id === undefined || typeof accountId !== 'string') return null;
  return { accountId, tunnelId: tunnel.id, name: typeof name === 'string' ? name : '', hostname };
}

/** @throws UserError where nothing is planned here, or the stack has no tunnel */
export async function tunnelOfStack(choice: StackChoice, context: StackContext): Promise<TunnelOfStack> {
  const { setting, stack, plan } = await plannedStack(choice, context);
  const opened = await openStack(setting, stack, false);
  const tunnel = opened === null ? null : tunnelIn(await opened.state(), plan.target.host);
  if (tunnel !== null) return tunnel;
  throw new UserError(
    `The stack ${stack} (${plan.remedy}) has no tunnel; expected one that \`reach4 up\` has made after \`reach4 plan --remedy tunnel\`, or the tunnel's token as --token-file FILE.`,
  );
}
