import * as pulumi from '@pulumi/pulumi';
import { loadToken } from '../src/agent/token.ts';
import type { NewHost, Prove } from '../src/components/gate.ts';
import type { RelayPlan } from '../src/model/relay-plan.ts';
import { nodePorts } from '../src/ports/node/node-ports.ts';
import { privateFiles } from '../src/ports/node/private-file.ts';
import { staysOpen } from '../src/ports/node/stays-open.ts';
import { homeOfCaller } from '../src/ports/node/sudo.ts';
import { agentWay } from '../src/proof/agent.ts';
import { directWay } from '../src/proof/direct.ts';
import { DEADLINE_MS, prove } from '../src/proof/prove.ts';
import { questionsOf } from '../src/proof/question.ts';
import type { Way } from '../src/proof/way.ts';

/** How long a new host has instead, in seconds: for mirrors that are slower still, and for who won't wait. */
const SECONDS_VARIABLE = 'REACH4_PROOF_SECONDS';

/** Looks at a new host from this machine, and by the plan's agent, until it forwards everything that is planned. */
export const proveFor =
  (plan: RelayPlan): Prove =>
  async (host) => {
    const proof = await prove({
      questions: questionsOf(plan),
      ways: waysTo(host, plan.outside),
      clock: nodePorts().clock,
      deadlineMs: proofMs(DEADLINE_MS),
      tell: (text) => void pulumi.log.info(text),
      signal: new AbortController().signal,
    });
    if (!proof.ok) throw new Error(`${proof.why}. ${whatNow(host)}`);
    if (proof.untold.length > 0) {
      await pulumi.log.warn(
        `The new host has ${proof.untold.join(', ')} open; whether that gets to the origin could not be told.`,
      );
    }
  };

/** IPv6 first: over it the host is seen as it will be, and most who need this have it. */
function waysTo({ ipv6, ipv4 }: NewHost, agent: string | null): Way[] {
  const ports = nodePorts();
  const addresses = [ipv6, ipv4].filter((address) => address !== null);
  const line = { net: ports.net, clock: ports.clock, staysOpen };
  const direct = addresses.map((address) => directWay(address, line));
  return agent === null ? direct : [...direct, agentWay({ url: agent, token }, addresses, ports)];
}

async function token(): Promise<string> {
  const source = {
    file: null,
    env: process.env,
    createIfMissing: false,
    callersHome: await homeOfCaller(),
  };
  return (await loadToken(source, privateFiles)).token;
}

/** How long a proof may take, ms. @param usual unless the environment says otherwise */
export function proofMs(usual: number): number {
  const given = Number(process.env[SECONDS_VARIABLE]);
  return Number.isFinite(given) && given > 0 ? given * 1_000 : usual;
}

const whatNow = ({ urn }: NewHost): string =>
  `The new host was not seen to forward, so the address stays where it is. Run up again to look again, or build the host anew: pulumi up --replace '${urn}' (reach4 up --rebuild)`;
