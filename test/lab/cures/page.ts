import type { ManualChange } from '../../../src/model/remedy-offer.ts';
import { LAN_HOSTS } from '../addresses.ts';
import type { RunningWorld } from '../lab.ts';
import type { ForwardInput } from '../schema/router.ts';

type Form = Extract<ManualChange, { kind: 'form' }>;
type Fields = ReadonlyMap<string, string>;

/** Types what a remedy shows into the pages of a world's router. */
export interface Page {
  /** @throws Error for a form or a value that no page of this router has. */
  fillIn(form: Form): Promise<void>;
}

/** The rule by which a router of the lab shows its own page to the internet (router/filter.ts). */
const PAGE_RULE = 'meta nfproto ipv4 tcp dport { 80, 443 } accept';

export function routerPages(lab: RunningWorld): Page {
  const { router } = lab.world;
  let forwards: ForwardInput[] = [...router.forwards];
  /** What stood where an entry was changed, by its external port: a person notes it. */
  const noted = new Map<number, ForwardInput>();

  const setForwards = async (next: ForwardInput[]) => {
    forwards = next;
    await lab.setRouter({ forwards });
  };
  const forwarding = (fields: Fields) => {
    const deleted = fields.get('Delete the entry');
    if (deleted !== undefined) {
      const port = Number(/external port (\d+)$/u.exec(deleted)?.[1]);
      const before = fields.has('Or, where one was changed') ? noted.get(port) : undefined;
      return setForwards([
        ...forwards.filter((each) => each.port !== port),
        ...(before === undefined ? [] : [before]),
      ]);
    }
    const port = Number(fields.get('External port'));
    const toPort = Number(fields.get('Internal port'));
    if (fields.get('Protocol') !== 'TCP' || (fields.get('Enabled') ?? 'yes') !== 'yes')
      throw new Error(`The page can't set ${JSON.stringify([...fields])}.`);
    const to = hostAt(fields.get('Internal address') ?? '');
    const before = forwards.find((each) => each.port === port);
    if (before !== undefined) noted.set(port, before);
    return setForwards([...forwards.filter((each) => each.port !== port), { port, to, toPort }]);
  };
  const firewall = async (fields: Fields) => {
    if (fields.has('Delete the entry')) return void (await lab.setRouter({ firewall: router.firewall }));
    if (router.firewall === 'open' || router.firewall.ports === 'all') return;
    const [external] = /\d+(?=\)?$)/u.exec(fields.get('Destination port') ?? '') ?? [];
    const ports = router.firewall.ports.filter((port) => port !== Number(external));
    await lab.setRouter({ firewall: ports.length === 0 ? 'open' : { ...router.firewall, ports } });
  };
  const loopback = async (fields: Fields) => {
    const value = fields.get('NAT loopback (hairpin NAT, NAT reflection)');
    if (value !== 'on' && value !== 'off') throw new Error(`NAT loopback can't be ${value}.`);
    // Without it a router does what it did before: some show their own page then.
    await lab.setRouter({ hairpin: value === 'on' ? 'on' : router.hairpin });
  };
  const administration = (fields: Fields) =>
    showPage(lab, fields.get('Access from the internet (WAN)') === 'on');

  const pages: Readonly<Record<string, (fields: Fields) => Promise<void>>> = {
    'Port forwarding (virtual server, NAT)': forwarding,
    'Firewall (access rules, security level)': firewall,
    'NAT (port forwarding, advanced)': loopback,
    'Administration (remote management)': administration,
  };
  return {
    async fillIn({ fields, form }) {
      const page = pages[form];
      if (page === undefined) throw new Error(`The router has no page "${form}".`);
      await page(new Map(fields.map(({ field, value }) => [field, value])));
    },
  };
}

function hostAt(address: string): 'server' | 'laptop' {
  if (address === LAN_HOSTS.server[4][0]) return 'server';
  if (address === LAN_HOSTS.laptop[4][0]) return 'laptop';
  throw new Error(`No host of the home has ${address}.`);
}

/** The router of the lab has no setting for this that works while it runs: its own rule is taken away and put back. */
async function showPage(lab: RunningWorld, shown: boolean): Promise<void> {
  const chain = 'inet router to-router';
  const hide = `nft -a list chain ${chain} | sed -n 's/.*${PAGE_RULE} # handle \\([0-9]*\\)$/delete rule ${chain} handle \\1/p' | nft -f -`;
  const command = shown ? `nft add rule ${chain} '${PAGE_RULE}'` : hide;
  const { exitCode, stderr } = await lab.exec('router', ['sh', '-c', command]);
  if (exitCode !== 0) throw new Error(`The router's page could not be moved: ${stderr}`);
}
