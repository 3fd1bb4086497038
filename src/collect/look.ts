import type { Evidence, ProbeCode, Reason, Vantage } from '../model/evidence.ts';
import { type Target, transportOf } from '../model/target.ts';
import type { Ports } from '../ports/ports.ts';
import { addresses } from '../probes/addresses.ts';
import { evidenceOf, type ProbeContext } from '../probes/context.ts';
import { firewall } from '../probes/firewall.ts';
import { listeners } from '../probes/listeners.ts';
import { osLookup } from '../probes/os-lookup.ts';
import { routes } from '../probes/routes.ts';
import { system } from '../probes/system.ts';
import { whoami } from '../probes/whoami.ts';
import { askedServices, SAYS } from './commands.ts';
import { recordedPorts } from './recorded.ts';
import { commandKey, type Transcript } from './transcript.ts';

/** One probe, run in a transcript. */
interface Look {
  readonly probe: ProbeCode;
  /** As the probe itself names what it observes. */
  readonly subject: string;
  run(ports: Ports, context: ProbeContext): Promise<Evidence>;
}

/**
 * What the probes see in what a machine printed: the same evidence as they would have made there. A probe that asked
 * for what the transcript doesn't tell has failed, with that as its reason: it saw only part of what it judges by.
 * @throws NoTime where the transcript doesn't tell when it was made
 */
export async function lookIn(
  transcript: Transcript,
  target: Target,
  vantage: Vantage = transcript.vantage,
): Promise<Evidence[]> {
  const at = timeOf(transcript);
  const context: ProbeContext = { vantage, where: 'here', signal: new AbortController().signal };
  return Promise.all(
    looks(transcript, target).map(async ({ probe, subject, run }) => {
      const { ports, missing } = recordedPorts(transcript, target.host, at);
      const failed = (reason: Reason): Evidence =>
        evidenceOf(probe, subject, context, ports.clock).failed(reason, 'sh look.sh');
      try {
        const item = await run(ports, context);
        const [reason] = missing;
        return reason === undefined ? item : failed(reason);
      } catch (error) {
        const [reason] = missing;
        // Anything but what was asked for in vain is a bug.
        if (reason === undefined) throw error;
        return failed(reason);
      }
    }),
  );
}

function looks(transcript: Transcript, target: Target): Look[] {
  const { host, hostKind, port } = target;
  const asked = { port, protocol: transportOf(target) };
  const all: Look[] = [
    { probe: 'system', subject: 'own', run: system },
    { probe: 'addresses', subject: 'own', run: addresses },
    { probe: 'routes', subject: 'own', run: routes },
    { probe: 'listeners', subject: 'own', run: listeners },
    { probe: 'firewall', subject: `${port}`, run: (...at) => firewall(asked, ...at) },
  ];
  if (hostKind === 'name') {
    all.push({ probe: 'os-lookup', subject: host, run: (...at) => osLookup(host, ...at) });
  }
  for (const { url, family } of askedServices(transcript.commands.keys())) {
    const subject = `${family}:${new URL(url).host}`;
    all.push({ probe: 'whoami', subject, run: (...at) => whoami(url, family, ...at) });
  }
  return all;
}

export class NoTime extends Error {}

/** As the machine's own clock told it, which may be wrong. */
function timeOf({ commands }: Transcript): Date {
  const told = commands.get(commandKey(SAYS.time));
  const text = told?.kind === 'ran' && told.exitCode === 0 ? told.stdout.trim() : '';
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/u.test(text) || Number.isNaN(Date.parse(text)))
    throw new NoTime();
  return new Date(text);
}
