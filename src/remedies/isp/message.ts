import type { ManualChange } from '../../model/remedy-offer.ts';

/** What the provider has to know; addresses and ports are the line's own, nothing else is told. */
export interface Figures {
  /** The service as its users write it. */
  readonly service: string;
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  /** The address at the router's WAN; null where it isn't known. */
  readonly wan: string | null;
  /** The address that services on the internet see; null where it isn't known. */
  readonly seenAs: string | null;
  /** Another port of the same address that answers; null where none is known. */
  readonly otherPort: number | null;
}

const PROVIDER = "your provider's support";

const GREETING = 'Hello,';
const CLOSING = 'Contract: CONTRACT-NUMBER\n\nThank you, and kind regards';

const message = (...paragraphs: (string | null)[]): ManualChange => ({
  kind: 'message',
  to: PROVIDER,
  text: [GREETING, ...paragraphs.filter((each) => each !== null), CLOSING].join('\n\n'),
});

const opening = ({ service }: Figures): string =>
  `I run a server at home (${service}). It can be reached from the internet over IPv6, but not over IPv4.`;

function addressesOf({ wan, seenAs }: Figures): string {
  const wanText = wan === null ? 'My router has no public IPv4 address' : `My router's WAN address is ${wan}`;
  const seen = seenAs === null || seenAs === wan ? '' : `; on the internet my line is seen as ${seenAs}`;
  return `${wanText}${seen}. So connections from the internet can't come in to me.`;
}

/** Asks for an IPv4 address of one's own. `kind`: what the line has instead. */
export const askForAddress = (figures: Figures, kind: 'shared' | 'port-set'): ManualChange =>
  message(
    opening(figures),
    kind === 'port-set'
      ? `My line shares the IPv4 address ${figures.seenAs ?? figures.wan ?? ''} with others and may use some of its ports only; port ${figures.port} is not one of them.`.replace(
          '  ',
          ' ',
        )
      : addressesOf(figures),
    'Could you give my line a public IPv4 address that is not shared (dual stack instead of CGNAT or DS-Lite)? One that changes is enough; a static one is welcome. IPv6 should stay as it is.',
    'If that needs another tariff, such as a business line, please tell me its name and its price.',
  );

/** Asks for the port to be let through. */
export const askForPort = (figures: Figures): ManualChange =>
  message(
    opening(figures),
    `Connections from the internet to ${figures.wan ?? figures.seenAs ?? 'my IPv4 address'}, ${figures.protocol.toUpperCase()} port ${figures.port}, don't arrive at my router.${
      figures.otherPort === null
        ? ''
        : ` The same server does answer at port ${figures.otherPort} of the same address, so that the line and my router work.`
    }`,
    `Is ${figures.protocol.toUpperCase()} port ${figures.port} filtered on my line? If so, could you let it through? If that needs another tariff, such as a business line, please tell me its name and its price.`,
  );
