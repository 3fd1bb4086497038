import type { Case } from './case.ts';
import { onServer } from './home.ts';
import { edgeProvider } from './proxies.ts';
import { type Reach, reachSeen } from './reach-seen.ts';
import { ASIDE, stateOf } from './service.ts';
import { isOutdatedBy } from './together.ts';

/**
 * A look from elsewhere that got the service, no earlier than it was read what listens on the server: something listens, or
 * what was read is another machine's. An edge answers by itself, and a certificate for other names is a stranger's.
 */
export function servedSince(the: Case): Reach | null {
  const read = onServer(the, 'listeners');
  const looks = reachSeen(the.evidence).filter(
    ({ vantage, facts }) =>
      (vantage === 'outside' || vantage === 'lan') &&
      facts.port === the.target.port &&
      facts.roles.some((role) => role === 'lan' || !ASIDE.includes(role)) &&
      edgeProvider(facts.address, []) === null &&
      !(facts.identity?.kind === 'tls' && facts.identity.coversName === false),
  );
  return (
    looks.find(
      (item) => stateOf(the, item) === 'answers' && !read.some((each) => isOutdatedBy(item, each)),
    ) ?? null
  );
}
