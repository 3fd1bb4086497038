/** A command that sends these bytes to the router's NAT-PMP and PCP port and prints what comes back. */
export const datagramCommand = (gateway: string, bytes: Uint8Array): string =>
  `printf '${[...bytes].map(octal).join('')}' | nc -u -w 2 ${gateway} 5351 | od -An -tx1`;

/** As printf(1) reads a byte. */
const octal = (byte: number): string => `\\${byte.toString(8).padStart(3, '0')}`;
