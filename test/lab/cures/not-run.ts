import type { ManualStep } from '../../../src/model/remedy-offer.ts';

interface NotRun {
  /** By the software and the form or file of the change. */
  readonly software: string;
  readonly of: string;
  readonly why: string;
}

/** Steps of ways that are carried out which can't be, here; whatever isn't listed has to work. */
const STEPS: readonly NotRun[] = [
  {
    software: 'your router',
    of: 'DHCP reservation (static lease)',
    why: 'the hosts of the lab have fixed addresses: there is no DHCP server to reserve one at',
  },
];

/** Why a step isn't carried out; nothing if it has to be. */
export function whyNotRun({ change, software }: ManualStep): string | undefined {
  const of = change.kind === 'form' ? change.form : change.kind === 'edit' ? change.file : null;
  return STEPS.find((each) => each.software === software && each.of === of)?.why;
}

/** Ways that no case carries out, as `REMEDY: WAY`. */
export const WAYS_NOT_RUN: Readonly<Record<string, string>> = {
  "hairpin: your router's own DNS": 'the routers of the lab have no page for names',
  'hairpin: Pi-hole': 'a page of a product that is in no Debian package',
  'hairpin: AdGuard Home': 'a page of a product that is in no Debian package',
  'hairpin: one machine alone, with Windows': 'there is no Windows here',
  'listener: Docker': 'Docker itself, and with it Compose, is not here',
};
