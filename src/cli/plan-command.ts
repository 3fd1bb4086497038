import { type Command, Option } from 'commander';
import { UserError } from '../model/error.ts';
import type { Plan } from '../model/plan.ts';
import { folderContext } from './folder-context.ts';
import { collect } from './repeatable.ts';
import type { FlagOf } from './stack/plan-options.ts';
import type { RelayOptions } from './stack/relay/options.ts';

interface PlanFlags {
  remedy?: string;
  yes?: true;
  diagnosis?: string;
  stack?: string;
  backend?: string;
  passphraseFile?: string;
  adopt?: true;
  leaveContent?: true;
  ownContent?: true;
  restore: boolean;
  yesLosePorts?: true;
  host?: 'lightsail' | 'ec2';
  region?: string;
  size?: string;
  service?: string[];
  proxyProtocol?: string[];
  dns?: 'cloudflare' | 'route53' | 'manual';
  rebootAt?: string;
  outside?: string;
  iamPolicy?: true;
  tunnelService?: string;
}

const EXAMPLES = `
A service of a relay is KIND:PORT[:NAME,NAME…][@HOST:PORT]: tcp and udp forward
whatever comes to the port, tls and http go by the name that the client asks
for. @HOST, @:PORT or @HOST:PORT says where it leads to; without it, that is the
same port of the diagnosis's target.

Examples:
  reach4 plan
  reach4 plan --remedy a-record --adopt
  reach4 plan --remedy a-record --dns route53
  reach4 plan --remedy edge-proxy --adopt
  reach4 plan --remedy relay
  reach4 plan --remedy relay --service tls:443 --service tcp:2222@:22
  reach4 plan --remedy relay --service tls:443@:8443 --proxy-protocol 443
  reach4 plan --remedy relay --iam-policy > policy.json
  reach4 plan --remedy tunnel --adopt`;

/** `plan`. What it needs is loaded only when it runs. */
export function addPlan(program: Command, done: (code: number) => void): void {
  const command = program
    .command('plan')
    .description('turn the last diagnosis into a Pulumi stack, and show it; makes and changes nothing else')
    .option(
      '--remedy <code>',
      'a-record corrects the DNS records; edge-proxy lets Cloudflare answer; tunnel has the server connect to Cloudflare; relay rents a host that forwards (default: what fits is shown, to choose from)',
    )
    .option('--yes', 'choose the first that fits and that reach4 can make, without asking');
  addState(command.optionsGroup('What is planned from, and where it is kept:'));
  addRecords(command.optionsGroup('DNS records that are there already:'));
  addProvider(command.optionsGroup('Where DNS is:'));
  addEdge(command.optionsGroup('For --remedy edge-proxy and tunnel:'));
  addRelay(command.optionsGroup('For --remedy relay:'));
  addTunnel(command.optionsGroup('For --remedy tunnel:'));
  command.addHelpText('after', EXAMPLES).action(async (flags: PlanFlags) => {
    const { plan } = await import('./stack/plan.ts');
    const { refuseOthers } = await import('./stack/plan-options.ts');
    const remedy = flags.remedy === undefined ? null : await plannable(flags.remedy);
    if (remedy !== null && flags.yes === true) {
      throw new UserError(
        '--remedy names a remedy, and --yes takes the first that fits; expected one of them.',
      );
    }
    const only = onlyOf(flags);
    if (remedy !== null) refuseOthers(only, remedy);
    if (flags.leaveContent === true && flags.ownContent === true) {
      throw new UserError('--leave-content and --own-content exclude each other; expected one of them.');
    }
    const options = {
      remedy,
      yes: flags.yes === true,
      only,
      diagnosis: flags.diagnosis ?? null,
      stack: flags.stack ?? null,
      backend: flags.backend ?? null,
      passphraseFile: flags.passphraseFile ?? null,
      adopt: flags.adopt === true,
      leaveContent: flags.leaveContent === true,
      ownContent: flags.ownContent === true,
      restore: flags.restore,
      yesLosePorts: flags.yesLosePorts === true,
      relay: relayOptions(flags),
      tunnel: { service: flags.tunnelService ?? null },
    };
    done(await plan(options, folderContext()));
  });
}

const addState = (command: Command): Command =>
  command
    .option('--diagnosis <file>', 'another diagnosis than the last one of this folder')
    .option('--stack <name>', 'name of the stack (default: made of the host)')
    .option('--backend <url>', "where Pulumi keeps its state (default: a folder in the project's .reach4)")
    .option('--passphrase-file <file>', 'the passphrase of the state (default: a random one is made)');

const addRecords = (command: Command): Command =>
  command
    .option('--adopt', 'take them over; their old values are kept, and come back when the stack goes')
    .option('--no-restore', "don't put A records that were there before back when the stack goes")
    .option('--leave-content', 'leave the address to whatever keeps it (dynamic DNS)')
    .option('--own-content', 'own the address although something else seems to keep it');

const addEdge = (command: Command): Command =>
  command.option('--yes-lose-ports', 'what is no web (SSH, mail, games) may stop working under the name');

const addProvider = (command: Command): Command =>
  command
    .addOption(
      new Option(
        '--dns <provider>',
        'where the records are written (default: where the zone is found; manual: for a relay only)',
      ).choices(['cloudflare', 'route53', 'manual']),
    )
    .option('--iam-policy', 'print only the rights that it needs at AWS, as JSON');

const addRelay = (command: Command): Command =>
  command
    .addOption(
      new Option('--host <kind>', 'lightsail has a flat price, ec2 more sizes (default: lightsail)').choices([
        'lightsail',
        'ec2',
      ]),
    )
    .option('--region <name>', 'such as eu-central-1 (default: the nearest, where that can be measured)')
    .option(
      '--size <name>',
      'nano, micro or small; with ec2, a type such as t4g.nano (default: the smallest)',
    )
    .option('--service <spec>', "what to forward (repeatable; default: the diagnosis's service)", collect)
    .option(
      '--proxy-protocol <port>',
      "tell the server the users' addresses there, which its program has to expect (repeatable)",
      collect,
    )
    .option('--reboot-at <time>', 'when the host may restart for updates, UTC (default: 04:30)')
    .option('--outside <url>', "a `reach4 agent` that looks at a new host, where this machine can't");

const addTunnel = (command: Command): Command =>
  command.option(
    '--tunnel-service <url>',
    "where cloudflared finds the program (default: the diagnosis's, such as https://localhost:443)",
  );

const relayOptions = (flags: PlanFlags): RelayOptions => ({
  host: flags.host ?? null,
  region: flags.region ?? null,
  size: flags.size ?? null,
  services: flags.service ?? [],
  proxyProtocol: flags.proxyProtocol ?? [],
  dns: flags.dns ?? null,
  rebootAt: flags.rebootAt ?? null,
  outside: flags.outside ?? null,
  iamPolicy: flags.iamPolicy === true,
});

/** Flags that other remedies would ignore, and who takes them. */
const ONLY_OF = {
  yesLosePorts: { flag: '--yes-lose-ports', of: ['edge-proxy', 'tunnel'] },
  tunnelService: { flag: '--tunnel-service', of: ['tunnel'] },
  host: { flag: '--host', of: ['relay'] },
  region: { flag: '--region', of: ['relay'] },
  size: { flag: '--size', of: ['relay'] },
  service: { flag: '--service', of: ['relay'] },
  proxyProtocol: { flag: '--proxy-protocol', of: ['relay'] },
  dns: { flag: '--dns', of: ['a-record', 'relay'] },
  rebootAt: { flag: '--reboot-at', of: ['relay'] },
  outside: { flag: '--outside', of: ['relay'] },
  iamPolicy: { flag: '--iam-policy', of: ['a-record', 'relay'], alone: true },
} as const satisfies Partial<Record<keyof PlanFlags, FlagOf>>;

/** Those of them that were given. */
const onlyOf = (flags: PlanFlags): FlagOf[] =>
  Object.entries(ONLY_OF).flatMap(([key, flag]) =>
    flags[key as keyof typeof ONLY_OF] === undefined ? [] : [flag],
  );

/** @throws UserError for a remedy that isn't built */
async function plannable(code: string): Promise<Plan['remedy']> {
  const { PLANNABLE } = await import('./stack/remedies.ts');
  const known = PLANNABLE.find((each) => each === code);
  if (known !== undefined) return known;
  throw new UserError(`--remedy "${code}" can't be planned; this version plans: ${PLANNABLE.join(', ')}.`);
}
