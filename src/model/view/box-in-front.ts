import { isPublic, scopeOf } from '../address.ts';
import type { WanSource } from '../findings/line.ts';
import { transportOf } from '../target.ts';
import type { Case } from './case.ts';
import { atHome, told } from './home.ts';

/** What is known of a NAT in front of the router, told by itself or read on its page. */
export interface BoxInFront {
  /** In the network between it and the router; null where only a person told of it. */
  readonly address: string | null;
  /** Of its own internet connection; null where nobody told it. */
  readonly wan: string | null;
  /**
   * What it does with the service's port: `passes` it on to the router, `stops` it, or `open`. Mappings that it doesn't
   * list are no evidence: those set by hand often aren't listed.
   */
  readonly port: 'passes' | 'stops' | 'open';
  /** A person says that it is the provider's: no other router of theirs stands in front. */
  readonly isProvider: boolean;
  readonly source: WanSource;
  readonly evidence: readonly string[];
}

/** The box in front of the router; null where neither itself nor a person told of it. @param wan the router's address in its network */
export function boxInFront(the: Case, wan: string): BoxInFront | null {
  const asked = answered(the, wan);
  const read = told(the, 'boxInFront');
  if (read === null) return asked;
  const { evidence, says: said } = read;
  const base = { address: asked?.address ?? null, source: 'told', evidence: [evidence] } as const;
  if (said === 'none' || said === 'blocks') {
    return { ...base, wan: asked?.wan ?? null, port: 'stops', isProvider: said === 'none' };
  }
  return { ...base, wan: said, port: isPublic(said) ? 'passes' : withoutAddress(said), isProvider: false };
}

/** What it answered to the same protocols as the router. */
function answered(the: Case, wan: string): BoxInFront | null {
  const upnp = atHome(the, 'upnp').filter(({ facts }) => facts.level === 2);
  const answers = [...upnp, ...atHome(the, 'nat-pmp').filter(({ facts }) => facts.level === 2)];
  const answer = answers.find(({ facts }) => facts.external !== null);
  if (answer?.facts.external == null) return null;
  const { gateway: address, external } = answer.facts;
  const passes = upnp.some(({ facts }) =>
    facts.mappings.some(
      ({ client, enabled, externalPort, internalPort, protocol }) =>
        protocol === transportOf(the.target) &&
        externalPort === the.target.port &&
        internalPort === the.target.port &&
        client === wan &&
        enabled,
    ),
  );
  return {
    address,
    wan: external,
    port: isPublic(external) ? (passes ? 'passes' : 'open') : withoutAddress(external),
    isProvider: false,
    source: answer.probe,
    evidence: [...new Set([answer.id, ...upnp.map(({ id }) => id)])],
  };
}

/** Behind a private address one more box may pass the port on; to any other that isn't public nobody can connect. */
const withoutAddress = (wan: string): 'open' | 'stops' => (scopeOf(wan) === 'private' ? 'open' : 'stops');
