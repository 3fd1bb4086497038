import { GetOperationCommand, type LightsailClient, type Operation } from '@aws-sdk/client-lightsail';
import { waitFor } from '../wait.ts';

/** internal/service/lightsail/flex.go (`expandOperations`) and wait.go (`waitOperation`): the first one counts. */
export async function operationsDone(
  lightsail: LightsailClient,
  operations: readonly Operation[] | undefined,
  what: string,
): Promise<void> {
  const operationId = operations?.[0]?.id;
  if (operationId === undefined) {
    throw new Error(`${what}: no operations found for request`);
  }
  const look = async () =>
    (await lightsail.send(new GetOperationCommand({ operationId }))).operation?.status ?? 'Failed';
  try {
    await waitFor(look, { pending: ['Started'], target: ['Completed', 'Succeeded'] });
  } catch (error) {
    throw new Error(`${what}: error waiting for request operation`, { cause: error });
  }
}
