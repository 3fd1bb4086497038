import type { SectionFacts } from '../../windows/sections.ts';
import type { Tri } from '../segment.ts';

/** The settings for one kind of network. */
export interface Profile {
  readonly name: 'Domain' | 'Private' | 'Public';
  readonly enabled: Tri;
  /** What happens to what no rule is about; null where it isn't understood. */
  readonly inbound: 'allow' | 'block' | null;
  /** `no`: everything is kept out, whatever the rules allow. */
  readonly allowInboundRules: Tri;
  /** `no`: rules of this machine don't count beside those of the domain. */
  readonly allowLocalRules: Tri;
  readonly disabledOn: readonly string[];
}

type Told = SectionFacts<'firewall-profiles'>;

const NAMES: Readonly<Record<string, Profile['name']>> = {
  Public: 'Public',
  Private: 'Private',
  DomainAuthenticated: 'Domain',
};

/** True, False, NotConfigured, as the cmdlets print them. */
const told = (text: string, notConfigured: Tri): Tri =>
  text === 'True' ? 'yes' : text === 'False' ? 'no' : text === 'NotConfigured' ? notConfigured : 'unknown';

/** Nothing configured blocks what comes in (INetFwPolicy2::get_DefaultInboundAction: Block by default). */
const inbound = (text: string): Profile['inbound'] =>
  text === 'Allow' ? 'allow' : text === 'Block' || text === 'NotConfigured' ? 'block' : null;

/**
 * The profiles that may be in force where packets arrive: one, where the network's category is known, else any of the three.
 * Null where one of them wasn't told.
 */
export function profilesOf({ profiles, networks }: Told, alias: string): Profile[] | null {
  const categories = networks.filter((each) => each.alias.toLowerCase() === alias.toLowerCase());
  const names = new Set(categories.map(({ category }) => NAMES[category]));
  const [only] = names;
  const wanted: readonly Profile['name'][] =
    names.size === 1 && only !== undefined ? [only] : ['Domain', 'Private', 'Public'];
  const found = wanted.map((name) => {
    const [profile, ...more] = profiles.filter((each) => each.name === name);
    if (profile === undefined || more.length > 0) return null;
    return {
      name,
      enabled: told(profile.enabled, 'unknown'),
      inbound: inbound(profile.inbound),
      allowInboundRules: told(profile.allowInboundRules, 'yes'),
      allowLocalRules: told(profile.allowLocalRules, 'yes'),
      disabledOn: profile.disabledOn,
    };
  });
  return found.some((profile) => profile === null) ? null : found.filter((profile) => profile !== null);
}

/** The profiles in which the firewall is on, as far as is known. */
export const isOn = ({ profiles }: Told): boolean => profiles.some(({ enabled }) => enabled !== 'False');
