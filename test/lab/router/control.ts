import type { RunningWorld } from '../lab.ts';
import {
  type ForwardInput,
  forwardsSchema,
  type RouterFirewallInput,
  type RouterSettings,
  routerFirewallSchema,
  type UpnpSettings,
} from '../schema/router.ts';
import { lineIpv4, routerWan4, type World } from '../world.ts';
import { changeableRules, WITHOUT_MAPPINGS } from './filter.ts';
import { homeRouterRules, hostOf, outerRouterRules } from './rules.ts';
import { startUpnpd, type Upnpd } from './upnp.ts';

/** What the router's own page shows to a person. */
export interface RouterPage {
  /** Of the WAN; `none` where the line carries no IPv4 of its own (DS-Lite). */
  readonly wanIpv4: string;
  /** The mapping of an external TCP port, whoever made it. */
  forward(port: number): { externalPort: number; host: string; port: number } | 'none';
  /** What a person finds in front: no router of theirs, one that forwards nothing, or the address of one that forwards. */
  boxInFront(port: number): string;
  /** Whether the router's firewall keeps a forwarded port shut. */
  firewall(port: number): 'open' | 'blocks';
}

/** What a person can change there; what isn't given stays. */
export interface RouterChange {
  /** All of them, those made over UPnP too. */
  forwards?: ForwardInput[];
  firewall?: RouterFirewallInput;
  hairpin?: RouterSettings['hairpin'];
  upnp?: Partial<UpnpSettings>;
  /** Of the outer router of two: all external ports that it forwards to the inner one. */
  outerForwards?: number[];
}

export interface RouterControl {
  readonly routerPage: RouterPage;
  setRouter(change: RouterChange): Promise<() => Promise<void>>;
  /** Starts what the routers answer to UPnP and its kin. */
  start(): Promise<void>;
}

/** The pages of a world's routers, and what their owner does there. */
export function routerControl(
  original: World,
  dir: string,
  { exec, spawn }: Pick<RunningWorld, 'exec' | 'spawn'>,
): RouterControl {
  let world = original;
  let upnpd: Upnpd | undefined;

  const apply = async (next: World) => {
    const before = world;
    world = next;
    await load('router', changeableRules(homeRouterRules(world)));
    if (world.isp.doubleNat !== undefined) await load('outer', changeableRules(outerRouterRules(world)));
    if (answersOf(before) === answersOf(world)) return;
    await upnpd?.stop();
    await load('router', WITHOUT_MAPPINGS);
    upnpd = await startUpnpd('router', dir, world, spawn);
  };
  const load = async (host: 'router' | 'outer', input: string) => {
    const { exitCode, stderr } = await exec(host, ['nft', '-f', '-'], { input });
    if (exitCode !== 0) throw new Error(`The ${host} did not take its new rules: ${stderr}`);
  };
  return {
    async start() {
      upnpd = await startUpnpd('router', dir, world, spawn);
      if (world.isp.doubleNat !== undefined) await startUpnpd('outer', dir, world, spawn);
    },
    async setRouter(change) {
      const before = world;
      await apply(changed(world, change));
      return () => apply(before);
    },
    routerPage: {
      wanIpv4:
        original.isp.kind === 'ds-lite' && original.isp.doubleNat === undefined
          ? 'none'
          : routerWan4(original),
      forward(port) {
        const found = world.router.forwards.find((each) => each.port === port && each.protocol === 'tcp');
        if (found === undefined) return 'none';
        return { externalPort: port, host: hostOf(found.to), port: found.toPort ?? port };
      },
      boxInFront(port) {
        const { doubleNat } = world.isp;
        if (doubleNat === undefined) return 'none';
        return doubleNat.forwards?.includes(port) === true ? lineIpv4(original) : 'blocks';
      },
      firewall(port) {
        const { firewall } = world.router;
        if (firewall === 'open') return 'open';
        return firewall.ports === 'all' || firewall.ports.includes(port) ? 'blocks' : 'open';
      },
    },
  };
}

function changed(world: World, { outerForwards, upnp, ...rest }: RouterChange): World {
  const { doubleNat } = world.isp;
  if (outerForwards !== undefined && doubleNat === undefined)
    throw new Error(`${world.name} has no outer router.`);
  return {
    ...world,
    router: {
      ...world.router,
      ...(rest.firewall === undefined ? {} : { firewall: routerFirewallSchema.parse(rest.firewall) }),
      ...(rest.hairpin === undefined ? {} : { hairpin: rest.hairpin }),
      ...(rest.forwards === undefined ? {} : { forwards: forwardsSchema.parse(rest.forwards) }),
      upnp: { ...world.router.upnp, ...upnp },
    },
    isp: {
      ...world.isp,
      ...(doubleNat === undefined || outerForwards === undefined
        ? {}
        : { doubleNat: { ...doubleNat, forwards: outerForwards } }),
    },
  };
}

/** What miniupnpd is started with. */
function answersOf({ router }: World): string {
  return JSON.stringify([router.upnp, router.forwards.filter(({ listed }) => listed)]);
}
