import type { Diagnosis } from '../../../model/diagnosis.ts';
import type { RelaySettings } from '../../../model/relay.ts';
import { hostPort } from '../../../model/target.ts';
import { refusedAddresses } from '../../../relay/check.ts';
import { refusalSentence } from '../../../relay/refusal.ts';
import { allRefusals } from '../../../relay/user-data.ts';
import { MAIL_PORT, MAIL_SENTENCE } from '../../../remedies/relay/losses.ts';
import type { StackContext } from '../context.ts';
import { addressesOf } from './looks.ts';

/** What the diagnosis says against a relay, a sentence each. */
export function againstRelay({ target, reachable, conditions }: Diagnosis): string[] {
  if (target.hostKind === 'ipv4') {
    return [
      `${target.host} is an IPv4 address, and a relay leads to an IPv6 address or to a name that has one; diagnose the name, or the server's IPv6 address.`,
    ];
  }
  const isDown = conditions.some(({ condition }) => condition === 'service-down');
  if (reachable.ipv6 !== 'no' && !isDown) return [];
  const subject = hostPort(target.host, target.port);
  return [
    `The diagnosis found that ${subject} ${isDown ? "doesn't run" : "doesn't answer over IPv6 either"}, and IPv6 is what a relay forwards to; put that right and diagnose again.`,
  ];
}

/** What is wrong with what is to be forwarded, a sentence each. @param own the relay's addresses, where they are known */
export async function againstSettings(
  settings: RelaySettings,
  own: readonly string[],
  context: StackContext,
): Promise<string[]> {
  const byThemselves = allRefusals(settings);
  const mail = settings.services.some(({ kind, origin }) => kind !== 'udp' && origin.port === MAIL_PORT)
    ? [`${MAIL_SENTENCE} Then:  --service tcp:25@:2525`]
    : [];
  if (byThemselves.length > 0) return [...byThemselves.map(refusalSentence), ...mail];
  const hosts = [...new Set(settings.services.map(({ origin }) => origin.host))];
  const found = new Map<string, readonly string[]>();
  for (const host of hosts) {
    const addresses = await addressesOf({ host }, context);
    if (addresses !== null) found.set(host, addresses);
  }
  // Of those that nobody could be asked for, nothing is known to be wrong.
  const asked = settings.services.filter(({ origin }) => found.has(origin.host));
  return [...refusedAddresses({ ...settings, services: asked }, found, own).map(refusalSentence), ...mail];
}
