import { OTHER_PORTS_PER_LOOK, TRACES_PER_LOOK } from '../../../agent/limits.ts';
import type { LookRequest } from '../../../agent/protocol.ts';
import { familyOf } from '../../../model/address.ts';
import type { AddressRole, Evidence } from '../../../model/evidence.ts';
import { type Target, transportOf } from '../../../model/target.ts';
import type { Abilities, OutsideVantage } from '../../../outside/vantage.ts';
import { evidenceOf } from '../../../probes/context.ts';
import { serviceHint, type Trial, udpQuestion } from '../plan-reach.ts';
import { disclosed } from './disclosed.ts';
import { mayBeServer } from './host.ts';
import { NAMES } from './names.ts';
import { otherPortsOf } from './other-ports.ts';
import { isSettled, open, wanted } from './reach.ts';
import type { Run } from './run.ts';

export const OUTSIDE = 'outside:';
const WITNESS = 'witness:';

/** Looks of one place: at what is known at once, and at what came late, on a busy machine later still. */
const MAX_LOOKS = 3;
/** Milliseconds from the start after which a look no longer waits for the last source of addresses: the first, the second, the third. */
const LOOK_AFTER_MS: readonly number[] = [400, 2_000, 3_500];
/** Milliseconds from the start after which the first look no longer waits for an address of the other family. */
const CONTROL_AFTER_MS = 1_000;
/** IPv4 addresses that the way is traced to. */
const MAX_TRACED = 2;
/** The line's own addresses before what records say: an outdated record leads to somebody else. */
const NEAREST: readonly AddressRole[] = ['given', 'wan', 'observed', 'own', 'literal', 'a-record'];

interface Asked {
  looks: number;
  readonly addresses: Set<string>;
  readonly otherPorts: Set<string>;
  readonly traces: Set<string>;
}

/** The looks of the places outside, and the witness on this machine that watches for what arrives meanwhile. */
export class Outside {
  readonly #run: Run;
  readonly #asked = new Map<string, Asked>();
  #witness: { stop(): Promise<Evidence> } | null = null;

  constructor(run: Run) {
    this.#run = run;
  }

  /** Starts the looks whose time has come. */
  look(): void {
    const { outside } = this.#run.options;
    if (outside.length === 0) return;
    this.#watch();
    if (this.#asked.size === 0) for (const ms of [...LOOK_AFTER_MS, CONTROL_AFTER_MS]) this.#run.wakeAt(ms);
    for (const vantage of outside) this.#lookFrom(vantage);
  }

  /** IPv4 addresses at which packets for the line are likeliest to arrive, best first. */
  candidates(): string[] {
    const rank = ({ roles }: Trial): number => Math.min(...roles.map((role) => NEAREST.indexOf(role)));
    return wanted(this.#run, 'outside')
      .filter(({ address }) => familyOf(address) === 'ipv4')
      .sort((one, other) => rank(one) - rank(other))
      .map(({ address }) => address);
  }

  /** One more look, at one port; for a mapping that was opened for it. */
  async lookAtPort(addresses: readonly string[], port: number, signal: AbortSignal): Promise<Evidence[]> {
    const { options, ports } = this.#run;
    const hint = serviceHint(options.target);
    if (hint === null || addresses.length === 0) return [];
    const otherPorts = addresses.slice(0, OTHER_PORTS_PER_LOOK).map((address) => ({ address, port }));
    const request = { addresses: [], port: options.target.port, hint, resolve: null, otherPorts, traces: [] };
    const able = options.outside.filter(({ can }) => can.otherPorts);
    const looks = able.map((vantage) => {
      this.#say(vantage, request);
      return vantage.look(request, ports, signal);
    });
    return newPlaces((await Promise.all(looks)).flat(), this.#run.evidence);
  }

  /** Stops the witness once nobody sends anything more. */
  finish(): void {
    const run = this.#run;
    const witness = this.#witness;
    if (witness === null || run.isOpen(OUTSIDE, 'mapping') || !isSettled(run)) return;
    run.start({ name: `${WITNESS}stop`, where: 'here', what: 'late packets', patience: 'patient' }, () =>
      witness.stop(),
    );
  }

  /** The witness has to be ready before the first packet leaves. */
  #watch(): void {
    const { options, probes, ports } = this.#run;
    if (options.layers === undefined || !mayBeServer(this.#run)) return;
    const watched = { port: options.target.port, protocol: transportOf(options.target) };
    this.#run.start(
      { name: `${WITNESS}start`, where: 'here', what: 'arrivals', patience: 'patient' },
      async (context) => {
        this.#witness = await probes.watchArrivals(watched, ports, context);
        return [];
      },
    );
  }

  #lookFrom(vantage: OutsideVantage): void {
    const run = this.#run;
    const asked = this.#asked.get(vantage.label) ?? {
      looks: 0,
      addresses: new Set(),
      otherPorts: new Set(),
      traces: new Set(),
    };
    this.#asked.set(vantage.label, asked);
    if (asked.looks >= MAX_LOOKS || run.isOpen(WITNESS)) return;
    const whole = this.#request(asked);
    if (whole.udp !== undefined && !vantage.can.udp) this.#cannotAsk(vantage);
    const request = within(vantage.can, whole);
    const addresses = [...request.addresses, ...(request.udp?.addresses ?? [])];
    const news = addresses.length + request.otherPorts.length;
    const families = new Set(addresses.map(({ address }) => familyOf(address)));
    // IPv6 is the control: the first look is at both families at the same moment, if DNS lets it.
    const complete = asked.looks > 0 || families.size === 2 || !run.isOpen(NAMES);
    const late = run.elapsed >= (complete ? (LOOK_AFTER_MS[asked.looks] ?? 0) : CONTROL_AFTER_MS);
    const worthIt = news > 0 || (asked.looks === 0 && request.resolve !== null);
    if (!worthIt || !(isSettled(run) || (late && news > 0))) return;

    asked.looks += 1;
    this.#say(vantage, request);
    for (const { address } of addresses) asked.addresses.add(address);
    for (const each of request.otherPorts) asked.otherPorts.add(JSON.stringify(each));
    for (const each of request.traces) asked.traces.add(JSON.stringify(each));
    run.start(
      {
        name: `${OUTSIDE}${vantage.label}:${asked.looks}`,
        where: `outside (${vantage.shown})`,
        what: asked.looks === 1 ? 'IPv4 and IPv6' : 'what came to light',
        patience: vantage.isDistant ? 'distant' : 'patient',
      },
      async (context) => newPlaces(await vantage.look(request, run.ports, context.signal), run.evidence),
    );
  }

  /** Nobody else learns anything that isn't said first. */
  #say({ isPublic, shown }: OutsideVantage, request: LookRequest): void {
    if (isPublic) this.#run.options.layers?.announce(disclosed(shown, request));
  }

  /** A place that sends no datagrams says so once: nothing was seen from there. */
  #cannotAsk({ label, shown }: OutsideVantage): void {
    const run = this.#run;
    const place = { where: label, vantage: 'outside' } as const;
    run.start({ name: `${OUTSIDE}${label}:udp`, where: `outside (${shown})`, what: 'UDP' }, async () =>
      evidenceOf('udp-reach', run.options.target.host, place, run.ports.clock).skipped({
        code: 'unsupported',
        detail: `${shown} asks nothing over UDP`,
      }),
    );
  }

  /** What is worth asking and wasn't asked. */
  #request(asked: Asked): LookRequest {
    const run = this.#run;
    const { target, layers } = run.options;
    const hint = serviceHint(target);
    const question = udpQuestion(run.options);
    const all = wanted(run, 'outside');
    const four = this.candidates();
    const [nearest] = four;
    const ports = layers === undefined ? [] : otherPortsOf(run);
    // Other ports are tried by connections alone.
    const otherPorts =
      nearest === undefined || question !== null ? [] : ports.map((port) => ({ address: nearest, port }));
    const six = all.find(({ address }) => familyOf(address) === 'ipv6')?.address;
    const traces = layers === undefined ? [] : tracesTo(four.slice(0, MAX_TRACED), six, target, ports[0]);
    const isNew = (set: ReadonlySet<string>) => (each: object) => !set.has(JSON.stringify(each));
    const addresses = open(run, all, asked.addresses).map(({ address, roles }) => ({
      address,
      roles: [...roles],
    }));
    return {
      ...(question === null
        ? { addresses }
        : {
            addresses: [],
            ...(addresses.length === 0 ? {} : { udp: { protocol: question.protocol, addresses } }),
          }),
      port: target.port,
      // Of a question over UDP only the name counts.
      hint: hint ?? { protocol: 'tcp', name: question?.name ?? null, path: '/' },
      resolve: asked.looks === 0 && target.hostKind === 'name' ? target.host : null,
      otherPorts: otherPorts.filter(isNew(asked.otherPorts)).slice(0, OTHER_PORTS_PER_LOOK),
      traces: traces.filter(isNew(asked.traces)).slice(0, TRACES_PER_LOOK),
    };
  }
}

/** Who looks is told once, however often it does. */
const newPlaces = (items: readonly Evidence[], known: readonly Evidence[]): Evidence[] =>
  items.filter((item) => item.probe !== 'place' || known.every(({ id }) => id !== item.id));

/** What of it the place can look at. */
const within = (can: Abilities, { udp, ...request }: LookRequest): LookRequest => ({
  ...request,
  ...(can.udp && udp !== undefined ? { udp } : {}),
  resolve: can.resolve ? request.resolve : null,
  otherPorts: can.otherPorts ? request.otherPorts : [],
  traces: request.traces.filter(({ method }) => can.traces.includes(method)),
});

/** The ways that tell layers apart: the service's port, no port at all, another port, and IPv6 as the control. */
function tracesTo(
  four: readonly string[],
  six: string | undefined,
  target: Target,
  otherPort: number | undefined,
): LookRequest['traces'] {
  const { port } = target;
  const method = transportOf(target);
  const [first, ...rest] = four;
  const both = (address: string): LookRequest['traces'] => [
    { address, port, method },
    { address, port: null, method: 'udp' },
  ];
  return [
    ...(first === undefined ? [] : both(first)),
    ...(six === undefined ? [] : [{ address: six, port, method }]),
    ...(first === undefined || otherPort === undefined || method === 'udp'
      ? []
      : [{ address: first, port: otherPort, method: 'tcp' as const }]),
    ...rest.flatMap(both),
  ];
}
