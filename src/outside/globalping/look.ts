import type { Asked } from '../../agent/ask.ts';
import { type LookAnswer, type LookRequest, PROTOCOL } from '../../agent/protocol.ts';
import { bracketed } from '../../model/address.ts';
import type { ReachFacts, Reason } from '../../model/evidence.ts';
import { parseDig } from '../dig.ts';
import type { GlobalpingApi, MeasurementRequest, PlaceResult, Results } from './api.ts';
import { endedEarly, PING_ATTEMPTS, PING_S, reachSeen, troubleOf } from './reach.ts';
import { traceSeen } from './trace.ts';

/** s for every other test: the least that the API takes. */
const TEST_S = 5;

interface Dialled {
  readonly address: string;
  readonly port: number;
  readonly roles: ReachFacts['roles'];
}

/** The measurements of one look, all from the same places, and what each place has seen in them. */
export class Look {
  /** The measurement by whose number the places are found again. */
  first: string | null;
  readonly #request: LookRequest;
  readonly #places: number;
  readonly #api: GlobalpingApi;
  readonly #signal: AbortSignal;
  readonly #results = new Map<string, Results>();
  #probes: readonly PlaceResult['probe'][] = [];

  constructor(
    request: LookRequest,
    places: number,
    api: GlobalpingApi,
    first: string | null,
    signal: AbortSignal,
  ) {
    this.#request = request;
    this.#places = places;
    this.#api = api;
    this.first = first;
    this.#signal = signal;
  }

  /** Never rejects for what the network or the API does. */
  async run(): Promise<void> {
    const { traces, resolve } = this.#request;
    const dialled = this.#dialled();
    // Places with IPv6 have IPv4, too: the first measurement is over IPv6, and those after it are from its places.
    const [start, ...others] = dialled
      .map((dial) => ({ key: pingKey(dial), request: ping(dial) }))
      .sort(
        (one, other) => Number(other.request.target.includes(':')) - Number(one.request.target.includes(':')),
      );
    const later: { key: string; request: MeasurementRequest }[] = [
      ...others,
      ...dialled
        .filter(() => this.#isWeb())
        .map((dial) => ({ key: httpKey(dial), request: this.#http(dial) })),
      ...traces.map((trace, index) => ({ key: `trace ${index}`, request: wayTo(trace) })),
      ...(resolve === null ? [] : (['A', 'AAAA'] as const)).map((type) => ({
        key: `dns ${type}`,
        request: question(resolve ?? '', type),
      })),
    ];
    const all = start === undefined ? later : [start, ...later];
    const running: Promise<void>[] = [];
    for (const [index, each] of all.entries()) {
      if (this.first !== null) {
        running.push(...all.slice(index).map((rest) => this.#measure(rest.key, rest.request)));
        break;
      }
      const created = await this.#api.create(each.request, { limit: this.#places }, this.#signal);
      if (created.ok) {
        this.first = created.id;
        running.push(this.#collect(each.key, created.id));
        continue;
      }
      this.#results.set(each.key, created);
      // Of what isn't about this one target the next one learns nothing.
      if (created.status !== 400 && created.status !== 422) {
        for (const rest of all.slice(index + 1)) this.#results.set(rest.key, created);
        break;
      }
    }
    await Promise.all(running);
    await Promise.all(dialled.map((dial) => this.#askHow(dial)));
  }

  /** Where one of the places is; null where there is none. */
  place(index: number): PlaceResult['probe'] | null {
    return this.#probes[index] ?? null;
  }

  answer(index: number): Asked {
    const { addresses, otherPorts, traces, resolve, port } = this.#request;
    if (this.#signal.aborted) return { ok: false, reason: { code: 'interrupted' } };
    const reach = (dial: Dialled): LookAnswer['otherPorts'][number] => {
      const pinged = this.#resultOf(pingKey(dial), index);
      if ('reason' in pinged) return { status: 'failed', reason: pinged.reason };
      const http = this.#resultOf(httpKey(dial), index);
      return reachSeen(
        { ...dial, ping: pinged.result, http: 'reason' in http ? null : http.result },
        this.#request.hint,
      );
    };
    return {
      ok: true,
      answer: {
        protocol: PROTOCOL,
        reach: addresses.map(({ address, roles }) => ({ address, seen: reach({ address, port, roles }) })),
        // It sends none, and isn't asked to.
        udp: [],
        otherPorts: otherPorts.map((each) => reach({ ...each, roles: ['differential'] })),
        traces: traces.map((asked, at) => {
          const found = this.#resultOf(`trace ${at}`, index);
          return 'reason' in found
            ? { status: 'failed', reason: found.reason }
            : traceSeen(asked, found.result);
        }),
        resolver: resolve === null ? [] : [this.#resolver(index)],
      },
    };
  }

  #dialled(): Dialled[] {
    const { addresses, otherPorts, port } = this.#request;
    return [
      ...addresses.map(({ address, roles }) => ({ address, port, roles })),
      ...otherPorts.map((each) => ({ ...each, roles: ['differential' as const] })),
    ];
  }

  #isWeb(): boolean {
    const { protocol } = this.#request.hint;
    return protocol === 'tls' || protocol === 'http';
  }

  #http({ address, port }: Dialled): MeasurementRequest {
    const { protocol, name, path } = this.#request.hint;
    const isPage = protocol === 'http';
    const [page = '/', query = ''] = isPage ? path.split(/\?(.*)/su) : ['/'];
    return {
      type: 'http',
      target: address,
      timeout: TEST_S,
      measurementOptions: {
        protocol: protocol === 'tls' ? 'HTTPS' : 'HTTP',
        port,
        request: {
          method: isPage ? 'GET' : 'HEAD',
          path: page,
          query,
          ...(name === null ? {} : { host: name }),
          headers: { accept: '*/*' },
        },
      },
    };
  }

  /** Where no reply came and the attempts ended early, a test by HTTP tells how: nothing is sent where nothing connects. */
  async #askHow(dial: Dialled): Promise<void> {
    const results = this.#results.get(pingKey(dial));
    if (this.first === null || this.#results.has(httpKey(dial)) || results?.ok !== true) return;
    if (results.results.some(({ result }) => endedEarly(result))) {
      await this.#measure(httpKey(dial), this.#http(dial));
    }
  }

  async #measure(key: string, request: MeasurementRequest): Promise<void> {
    const { first } = this;
    if (first === null) throw new Error('a measurement from the places of none');
    const created = await this.#api.create(request, { sameAs: first }, this.#signal);
    if (created.ok) await this.#collect(key, created.id);
    else this.#results.set(key, created);
  }

  async #collect(key: string, id: string): Promise<void> {
    const results = await this.#api.results(id, this.#signal);
    this.#results.set(key, results);
    if (results.ok && this.#probes.length === 0) {
      this.#probes = results.results.slice(0, this.#places).map(({ probe }) => probe);
    }
  }

  #resultOf(key: string, index: number): { result: PlaceResult['result'] } | { reason: Reason } {
    const results = this.#results.get(key);
    if (results === undefined)
      return { reason: { code: 'timed-out', detail: 'Globalping was not asked in time.' } };
    if (!results.ok) return { reason: results.reason };
    const [found, probe] = [results.results[index], this.#probes[index]];
    const isSame = found?.probe.asn === probe?.asn && found?.probe.city === probe?.city;
    if (found === undefined || !isSame) {
      return { reason: { code: 'malformed', detail: 'Globalping looked from another place: not measured.' } };
    }
    return { result: found.result };
  }

  #resolver(index: number): LookAnswer['resolver'][number] {
    const [a, aaaa] = (['A', 'AAAA'] as const).map((type) => {
      const found = this.#resultOf(`dns ${type}`, index);
      if ('reason' in found) return found;
      const trouble = troubleOf(found.result);
      if (trouble !== null) return trouble;
      const { rawOutput } = found.result;
      const lines = typeof rawOutput === 'string' ? rawOutput.slice(0, 10_000).split(/\r?\n/u) : [];
      return parseDig(lines, type);
    });
    for (const each of [a, aaaa])
      if (each != null && 'reason' in each) return { status: 'failed', reason: each.reason };
    if (a == null || aaaa == null || 'reason' in a || 'reason' in aaaa || a.server !== aaaa.server) {
      // A resolver in the place's own network has an address that the API doesn't tell.
      return {
        status: 'failed',
        reason: { code: 'unsupported', detail: "Globalping doesn't tell which resolver it asked." },
      };
    }
    return { status: 'ok', facts: { server: a.server, a: a.answer, aaaa: aaaa.answer } };
  }
}

const pingKey = ({ address, port }: Dialled): string => `ping ${bracketed(address)}:${port}`;
const httpKey = ({ address, port }: Dialled): string => `http ${bracketed(address)}:${port}`;

const ping = ({ address, port }: Dialled): MeasurementRequest => ({
  type: 'ping',
  target: address,
  timeout: PING_S,
  measurementOptions: { protocol: 'TCP', port, packets: PING_ATTEMPTS },
});

const wayTo = ({ address, port, method }: LookRequest['traces'][number]): MeasurementRequest => ({
  type: 'traceroute',
  target: address,
  timeout: TEST_S,
  measurementOptions: { protocol: method.toUpperCase(), ...(port === null ? {} : { port }) },
});

const question = (name: string, type: 'A' | 'AAAA'): MeasurementRequest => ({
  type: 'dns',
  target: name,
  timeout: TEST_S,
  measurementOptions: { query: { type } },
});
