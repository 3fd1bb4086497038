import { setTimeout as delay } from 'node:timers/promises';
import type { Diagnosis } from '../../../src/model/diagnosis.ts';
import type { ManualStep, RemedyCode, RemedyOffer } from '../../../src/model/remedy-offer.ts';
import type { RealProgram } from '../../support/real-programs.ts';
import type { EvidenceSet } from '../expect.ts';
import { foundLetter, rowOf } from '../judged.ts';
import { startWorld } from '../lab.ts';
import { observe } from '../observe.ts';
import { diagnose, type LabAgent, startAgent } from '../sets.ts';
import { HOME_NAME, type World } from '../world.ts';
import { carryOut, type Home } from './carry-out.ts';
import { whyNotRun } from './not-run.ts';
import { type OwnedWorld, ownWorld } from './owner.ts';
import { routerPages } from './page.ts';
import { debiansProgram, ownProgram } from './program.ts';
import { keepRules, reloadRules, runResolver } from './software.ts';

/** What is done in one world. */
export interface Cure {
  readonly world: World;
  /** What a person has read on the router's page before, and the verdicts with it. */
  readonly told?: { readonly flags: readonly string[]; readonly row: string };
  /** Debian's own program serves in the place of the lab's. */
  readonly serves?: RealProgram;
  /** It cures the laptop and no other machine: a change in its own files, or in the resolver that it alone asks. */
  readonly laptop?: 'hosts' | 'dnsmasq' | 'unbound';
  /** One after another, each taken back before the next: which way of each remedy, in the order of the diagnosis. */
  readonly plans: readonly Plan[];
}
export type Plan = Readonly<Partial<Record<RemedyCode, string>>>;

/** Looks at a cure; one that a busy machine has blurred is repeated. */
const LOOKS = 5;

/** What went wrong; and every way that was offered, as `REMEDY: WAY`. */
export interface Outcome {
  readonly mistakes: readonly string[];
  readonly offered: ReadonlySet<string>;
}

/** Carries out what the diagnosis of a world shows, and takes it back, looking each time. */
export async function cure(the: Cure): Promise<Outcome> {
  await using lab = await startWorld(the.world);
  const owned = await ownWorld(lab);
  const agent = await startAgent(lab);
  const program = await (the.serves === undefined ? ownProgram(owned) : debiansProgram(owned, the.serves));
  const home: Home = { lab: owned, page: routerPages(lab), program };
  if (the.laptop === 'dnsmasq' || the.laptop === 'unbound') await runResolver(owned, the.laptop);
  await keepRules(owned);

  const isOffered = (found: Diagnosis) => the.plans.flatMap((plan) => remediesOf(found, plan).mistakes);
  const { before, mistakes } = await look(owned, agent, 'rootAgent', the.told?.flags, isOffered);
  const offered = new Set(before.remedies.flatMap((offer) => waysOf(offer)));
  if (mistakes.length > 0) return { mistakes, offered };
  for (const plan of the.plans) {
    const wrong = await carriedOut(home, agent, the, plan, before);
    mistakes.push(...wrong.map((line) => `${Object.values(plan).join(' + ')}: ${line}`));
    // What one plan leaves broken would be blamed on the next.
    if (wrong.length > 0) break;
  }
  return { mistakes, offered };
}

/** Looks until nothing is wrong, a few times. */
async function look(
  lab: OwnedWorld,
  agent: LabAgent,
  set: EvidenceSet,
  flags: readonly string[] = [],
  wrong: (found: Diagnosis) => string[],
): Promise<{ before: Diagnosis; mistakes: string[] }> {
  for (let left = LOOKS - 1; ; left -= 1) {
    const { diagnosis } = await diagnose(lab, agent, set, flags);
    const mistakes = wrong(diagnosis);
    if (mistakes.length === 0 || left === 0) return { before: diagnosis, mistakes };
  }
}

/** ms; a service that was told to reload does so a little later, on a busy machine much later. */
const PATIENCE = 10_000;
const POLL = 50;

/** Where the client is that a plan cures, and what it gets there over IPv4. */
const clientOf = ({ lab }: Home, { laptop, world }: Cure) => {
  const host = laptop === undefined ? 'outside' : 'laptop';
  const isSsh = world.server.services[0]?.kind === 'ssh';
  return async (when: string, works: boolean): Promise<string[]> => {
    const client = observe(lab);
    const end = Date.now() + PATIENCE;
    for (;;) {
      const got = await (isSsh ? client.sshKey(host, 4) : client.page(host, 4));
      if ((isSsh ? got !== '' : got === HOME_NAME) === works) return [];
      if (Date.now() > end) return [`${when} a client on ${host} gets: ${got}`];
      await delay(POLL);
    }
  };
};

/** The laptop's own diagnosis, where the cure is for the laptop: the row that it should give. */
const laptopOf = ({ lab }: Home, agent: LabAgent, { laptop, world }: Cure) => {
  const row = world.expect.lan?.verdicts;
  return async (when: string, cured: boolean): Promise<string[]> => {
    if (laptop === undefined) return [];
    const expected = cured ? row?.replace(/C$/u, 'R') : row;
    const { mistakes } = await look(lab, agent, 'lan', [], (found) =>
      rowOf(found) === expected ? [] : [`${when} the laptop: expected ${expected}, found ${rowOf(found)}`],
    );
    return mistakes;
  };
};

async function carriedOut(
  home: Home,
  agent: LabAgent,
  the: Cure,
  plan: Plan,
  before: Diagnosis,
): Promise<string[]> {
  const { lab } = home;
  const { steps } = remediesOf(before, plan);
  const runnable = steps.filter((step) => whyNotRun(step) === undefined);
  const client = clientOf(home, the);
  const laptop = laptopOf(home, agent, the);
  // Without hairpin, it is the local network that the service doesn't work for.
  const fails = before.reachable.ipv4 === 'no' || the.laptop !== undefined;
  const mistakes = fails ? await client('before', false) : [];
  mistakes.push(...(await laptop('before', false)));

  for (const step of runnable) await carryOut(home, step, step.change);
  mistakes.push(...(await client('after the change', true)), ...(await laptop('after the change', true)));
  if (plan['host-firewall'] === 'nftables') await reloadRules(lab);
  // The server's own diagnosis sees nothing of what one neighbour does.
  const cured =
    the.laptop === undefined
      ? await look(lab, agent, 'rootAgent', [], (found) => notCured(before, found))
      : null;
  mistakes.push(...(cured?.mistakes ?? []));

  for (const step of runnable.toReversed()) if (step.undo !== null) await carryOut(home, step, step.undo);
  if (plan['host-firewall'] === 'nftables') await reloadRules(lab);
  if (fails) mistakes.push(...(await client('after the undo', false)));
  mistakes.push(...(await laptop('after the undo', false)));
  if (cured === null) return mistakes;
  // Not that of the first look, which may have been blurred.
  const row = the.told?.row ?? the.world.expect.rootAgent.verdicts;
  const again = await look(lab, agent, 'rootAgent', the.told?.flags, (found) =>
    rowOf(found) === row ? [] : [`after the undo: expected ${row}, found ${rowOf(found)}`],
  );
  return [...mistakes, ...again.mistakes];
}

/** Causes that were confirmed and still are, or may be. */
function notCured(before: Diagnosis, after: Diagnosis): string[] {
  const causes = before.verdicts.filter(({ verdict }) => verdict === 'confirmed').map(({ cause }) => cause);
  const left = causes.filter((code) => foundLetter(after, code) !== 'R');
  return [
    ...(after.reachable.ipv4 === 'yes' ? [] : [`after the change IPv4 works: ${after.reachable.ipv4}`]),
    ...(left.length === 0 ? [] : [`after the change ${left.join(', ')} is not ruled out: ${rowOf(after)}`]),
  ];
}

/** The steps of a plan's ways, in the order in which the diagnosis says that they are done. */
function remediesOf(found: Diagnosis, plan: Plan): { steps: ManualStep[]; mistakes: string[] } {
  const wanted = Object.keys(plan);
  const order = found.combination.length > 0 ? found.combination : wanted;
  const chosen = order.map((code) => {
    const offer = found.remedies.find(({ remedy }) => remedy === code);
    const way =
      offer !== undefined && 'ways' in offer
        ? offer.ways.find((each) => each.for === plan[offer.remedy])
        : undefined;
    return { code, way };
  });
  const missing = chosen.filter(({ way }) => way === undefined).map(({ code }) => code);
  const offered = found.remedies.flatMap((offer) => waysOf(offer));
  const apart = order.join() === wanted.join() ? [] : [`together it says ${order.join(', ')}`];
  return {
    steps: chosen.flatMap(({ way }) => way?.steps ?? []),
    mistakes: [
      ...apart,
      ...(missing.length === 0 ? [] : [`no way for ${missing.join(', ')} among: ${offered.join('; ')}`]),
    ],
  };
}

/** Of the remedies that put a cause right. */
const waysOf = (offer: RemedyOffer): string[] =>
  'ways' in offer && offer.remedy !== 'isp' && offer.remedy !== 'other-tunnels'
    ? offer.ways.map((way) => `${offer.remedy}: ${way.for}`)
    : [];
