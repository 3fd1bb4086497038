import { awsSentence } from '../../../cloud/aws/client.ts';
import { lightsailCatalogue } from '../../../cloud/aws/lightsail-catalogue.ts';
import type { Diagnosis } from '../../../model/diagnosis.ts';
import { UserError } from '../../../model/error.ts';
import type { LightsailOffer } from '../../../model/lightsail-offer.ts';
import type { RelayPlan } from '../../../model/relay-plan.ts';
import { roundTrip } from '../../../probes/round-trip.ts';
import { decideHost, type HostDecision, type HostRefusal } from '../../../remedies/relay/host.ts';
import { isRegion, PRICES_AS_OF, REGIONS } from '../../../remedies/relay/prices.ts';
import { nearestRegion, type RegionChoice, regionHosts } from '../../../remedies/relay/region.ts';
import type { StackContext } from '../context.ts';
import type { RelayOptions } from './options.ts';

/** Where those hosts answer. */
const HTTPS_PORT = 443;

export interface ChosenHost {
  readonly decision: Extract<HostDecision, { ok: true }>;
  readonly region: RegionChoice;
  readonly notes: readonly string[];
}

/** @throws UserError for a region or a size that there isn't, and where the region can't be told */
export async function chooseHost(
  options: Pick<RelayOptions, 'host' | 'region' | 'size'>,
  diagnosis: Diagnosis,
  earlier: RelayPlan | null,
  context: StackContext,
): Promise<ChosenHost> {
  const kind = options.host ?? earlier?.host.kind ?? 'lightsail';
  const { region, choice } = await chooseRegion(options.region, diagnosis, earlier, context);
  const asked = kind === 'lightsail' && isRegion(region) ? await ask(region) : { offered: null, notes: [] };
  const decision = decideHost({
    kind,
    region,
    size: options.size,
    offered: asked.offered,
    earlier: earlier?.host ?? null,
  });
  if (!decision.ok) throw new UserError(sentence(decision.refusal));
  return { decision, region: choice, notes: asked.notes };
}

async function chooseRegion(
  given: string | null,
  { vantage }: Diagnosis,
  earlier: RelayPlan | null,
  { ports, signal }: StackContext,
): Promise<{ region: string; choice: RegionChoice }> {
  if (given !== null) return { region: given, choice: { why: 'told' } };
  if (earlier !== null) return { region: earlier.host.region, choice: { why: 'kept' } };
  const expected = `expected --region REGION, the one nearest to the server (${Object.entries(REGIONS)
    .map(([name, { place }]) => `${name} ${place}`)
    .join(', ')})`;
  if (vantage !== 'server' && vantage !== 'lan') {
    throw new UserError(
      `Which region is nearest to the server can't be measured, because the diagnosis wasn't made on the server or in its network; ${expected}.`,
    );
  }
  const all = Object.keys(REGIONS).filter(isRegion);
  const times = await Promise.all(
    all.map((region) => roundTrip(regionHosts(region), HTTPS_PORT, ports, signal)),
  );
  const nearest = nearestRegion(
    all.flatMap((region, index) => {
      const ms = times[index] ?? null;
      return ms === null ? [] : [{ region, ms }];
    }),
  );
  if (nearest !== null) return nearest;
  throw new UserError(
    `Which region is nearest can't be measured: none of them answers from here; ${expected}.`,
  );
}

async function ask(region: string): Promise<{ offered: LightsailOffer | null; notes: readonly string[] }> {
  try {
    return { offered: await lightsailCatalogue(region), notes: [] };
  } catch (error) {
    return {
      offered: null,
      notes: [
        `Price and size are of a list of ${PRICES_AS_OF}, not asked of AWS now. ${awsSentence(error, 'lightsail:GetBundles', region)}`,
      ],
    };
  }
}

function sentence(refusal: HostRefusal): string {
  switch (refusal.code) {
    case 'unknown-region':
      return `--region "${refusal.region}" is none that this version can use; expected one of ${refusal.known.join(', ')}.`;
    case 'unknown-size':
      return `--size "${refusal.size}" is no size of this host there; expected one of ${refusal.known.join(', ')}.`;
    case 'no-zone':
      return `Lightsail takes no new hosts in ${refusal.region} now; expected another region, as --region REGION.`;
    case 'no-debian':
      return `Lightsail has no image of Debian in ${refusal.region}; expected another region, as --region REGION, or --host ec2.`;
  }
}
