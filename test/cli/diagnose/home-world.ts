import { gather } from '../../../src/cli/diagnose/gather.ts';
import type { DiagnoseOptions, LayerOptions } from '../../../src/cli/diagnose/options.ts';
import type { Probes } from '../../../src/cli/diagnose/probes.ts';
import { silent } from '../../../src/cli/diagnose/progress.ts';
import { evidenceSchema } from '../../../src/model/evidence.ts';
import { parseTarget } from '../../../src/model/target.ts';
import { agentVantage } from '../../../src/outside/agent.ts';
import { fakePorts } from '../../probes/fake-ports.ts';
import { NAME, STABLE6 } from '../../support/names.ts';
import { agentOf } from './home/agent.ts';
import { hostProbes } from './home/host-probes.ts';
import { routerProbes } from './home/router-probes.ts';
import { type Home, scene, TOKEN } from './home/scene.ts';

export function home(the: Home = {}) {
  const shared = scene(the);
  const { a, time, asked, events } = shared;
  const { agent, looks } = agentOf(shared);
  const probes: Probes = { ...hostProbes(shared), ...routerProbes(shared) };
  const ports = fakePorts({
    clock: time.clock,
    net: { http: agent },
    dns: {
      ask: async ({ type }) => {
        const list = type === 'A' ? a : [STABLE6];
        return {
          outcome: 'answer',
          rcode: 'NOERROR',
          authoritative: false,
          recursionAvailable: true,
          chain: [],
          addresses: list.map((address) => ({ address, ttl: 300 })),
          soa: null,
          ms: 1,
        };
      },
    },
    exec: {
      run: async () => ({ exitCode: 0, stdout: the.neighbours ?? '[]', stderr: '' }),
      watch: async () => null,
    },
  });

  /** Gathers there. @returns when it ended, what was asked when, and all that came of it */
  const run = async (
    more: Partial<DiagnoseOptions> = {},
    layers: Partial<LayerOptions> = {},
    signal: AbortSignal = new AbortController().signal,
  ) => {
    const said: string[] = [];
    const options: DiagnoseOptions = {
      target: parseTarget(`https://${NAME}`),
      from: null,
      ipv4: null,
      whoami: ['https://me.example.net'],
      whoamiSkipped: null,
      outside: [],
      layers: {
        stun: ['stun.example.net:3478'],
        told: null,
        elsewhere: [],
        probeMapping: false,
        announce: (sentence) => void said.push(sentence),
        ...layers,
      },
      ...more,
    };
    const { value, at } = await time.until(gather(options, ports, silent, signal, probes));
    const evidence = value.evidence.map((item) => evidenceSchema.parse(item));
    const of = (probe: string) => asked.filter((each) => each.probe === probe).map(({ what }) => what);
    return {
      at,
      evidence,
      vantage: value.vantage,
      asked,
      of,
      looks,
      events,
      said,
      ids: evidence.map(({ id }) => id),
    };
  };
  return { run, time };
}

export const AGENT: DiagnoseOptions['outside'] = [
  agentVantage({ url: 'http://vps.example.net:4460', token: TOKEN, label: 'outside-1' }),
];
