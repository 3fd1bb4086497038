import type { Run } from './run.ts';

/** Tasks that may still tell how the internet sees this line. */
export const SEEN_AS = 'seen-as:';

/** How services on the internet see this line: over HTTP, and over STUN with the ports that the NAT gives. */
export function seenAs(run: Run): void {
  const { whoami, whoamiSkipped, layers } = run.options;
  if (whoamiSkipped !== null) {
    run.start({ name: 'no-services', where: 'here', what: 'public address' }, async () =>
      run.item('whoami', 'services').skipped({ code: whoamiSkipped }),
    );
  }
  for (const family of ['ipv4', 'ipv6'] as const) {
    const shown = family === 'ipv4' ? 'IPv4' : 'IPv6';
    for (const url of whoami) {
      run.start(
        { name: `${SEEN_AS}${family}:${url}`, where: 'here', what: `public ${shown} address` },
        (context) => run.probes.whoami(url, family, run.ports, context),
      );
    }
    for (const server of layers?.stun ?? []) {
      run.start(
        { name: `${SEEN_AS}stun:${family}:${server}`, where: 'here', what: `STUN over ${shown}` },
        (context) => run.probes.stun({ server, family }, run.ports, context),
      );
    }
  }
}
