import type { Blueprint, Bundle } from '@aws-sdk/client-lightsail';
import type { LightsailOffer } from '../../model/lightsail-offer.ts';
import { HURRY, withClient } from './client.ts';
import { allPages } from './pages.ts';

/** @throws what the SDK throws: see `awsSentence` */
export async function lightsailCatalogue(region: string): Promise<LightsailOffer> {
  // Loaded when it is needed: other commands never load an SDK.
  const { GetBlueprintsCommand, GetBundlesCommand, GetRegionsCommand, LightsailClient } = await import(
    '@aws-sdk/client-lightsail'
  );
  return withClient(new LightsailClient({ region, ...HURRY }), async (client) => {
    const { regions } = await client.send(new GetRegionsCommand({ includeAvailabilityZones: true }));
    const here = regions?.find(({ name }) => name === region);
    const bundles = await allPages(async (pageToken) => {
      const page = await client.send(new GetBundlesCommand({ pageToken }));
      return { items: page.bundles, next: page.nextPageToken };
    });
    const blueprints = await allPages(async (pageToken) => {
      const page = await client.send(new GetBlueprintsCommand({ pageToken }));
      return { items: page.blueprints, next: page.nextPageToken };
    });
    return {
      zones: (here?.availabilityZones ?? []).flatMap(({ zoneName, state }) =>
        zoneName !== undefined && state === 'available' ? [zoneName] : [],
      ),
      bundles: bundles.flatMap(asBundle),
      debians: debiansIn(blueprints),
    };
  });
}

function asBundle(bundle: Bundle): LightsailOffer['bundles'] {
  const { bundleId, instanceType, price, transferPerMonthInGb, isActive, supportedPlatforms } = bundle;
  const usable =
    isActive === true &&
    (supportedPlatforms ?? []).includes('LINUX_UNIX') &&
    (bundle.publicIpv4AddressCount ?? 0) > 0 &&
    (bundle.supportedAppCategories ?? []).length === 0;
  if (!usable || bundleId === undefined || price === undefined || transferPerMonthInGb === undefined)
    return [];
  const size = instanceType ?? bundleId.split('_')[0] ?? '';
  return [{ id: bundleId, size, monthlyUSD: price, includedGB: transferPerMonthInGb }];
}

const debiansIn = (blueprints: readonly Blueprint[]): string[] =>
  blueprints
    .filter(({ isActive, platform }) => isActive === true && platform === 'LINUX_UNIX')
    .flatMap(({ blueprintId }) => {
      const version = /^debian_(\d+)$/u.exec(blueprintId ?? '')?.[1];
      return version === undefined ? [] : [{ id: `debian_${version}`, version: Number(version) }];
    })
    .toSorted((one, other) => other.version - one.version)
    .map(({ id }) => id);
