import type { LookRequest } from '../../../agent/protocol.ts';

/** All that a look tells whoever is asked for it, in one sentence. @param who as the user knows it */
export function disclosed(
  who: string,
  { addresses, otherPorts, traces, resolve, hint, port }: LookRequest,
): string {
  const dialled = [...addresses, ...traces, ...otherPorts].map(({ address }) => address);
  const ports = [
    ...(addresses.length > 0 ? [port] : []),
    ...traces.flatMap((trace) => trace.port ?? []),
    ...otherPorts.map((other) => other.port),
  ];
  const told = [...new Set([...(resolve === null ? [] : [resolve]), ...dialled])];
  const numbers = [...new Set(ports)];
  const path =
    hint.protocol === 'http' && hint.path !== '/' && dialled.length > 0 ? `, path ${hint.path}` : '';
  const at = numbers.length === 0 ? '' : `, port${numbers.length === 1 ? '' : 's'} ${numbers.join(', ')}`;
  return `${who} is told: ${told.join(', ')}${at}${path}.`;
}
