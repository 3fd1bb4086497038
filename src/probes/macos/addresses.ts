import type { Ports } from '../../ports/ports.ts';
import type { ProbeContext } from '../context.ts';
import { IFCONFIG } from './commands.ts';
import { parseIfconfig } from './ifconfig.ts';
import { run, wholeText } from './tool.ts';

/** Which addresses are temporary or deprecated, by `interface address`; empty where ifconfig doesn't tell. */
export async function macFlags(
  ports: Ports,
  context: ProbeContext,
): Promise<Map<string, { temporary: boolean; deprecated: boolean }>> {
  const interfaces = parseIfconfig(wholeText(await run(ports, context, ...IFCONFIG)) ?? '') ?? [];
  return new Map(
    interfaces.flatMap(({ name, addresses }) =>
      addresses.map(({ address, ...flags }) => [`${name} ${address}`, flags] as const),
    ),
  );
}
