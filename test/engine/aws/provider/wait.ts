import { setTimeout as sleep } from 'node:timers/promises';

export interface Wait {
  /** States in which to go on waiting; any if not given. */
  pending?: readonly string[];
  /** States to wait for; none: until it is not there. */
  target: readonly string[];
}

/** Milliseconds; the real provider looks after 0.1 to 10 seconds, at a cloud that is slower too. */
export const PAUSE_MS = 40;
/** Milliseconds; the real provider's waiters give up after 5 to 20 minutes. */
export const LIMIT_MS = 20_000;
/** Looks in a row that may find nothing before there is something (`NotFoundChecks`). */
const NOT_FOUND_CHECKS = 20;

/**
 * `StateChangeConf` of Terraform's plugin SDK (helper/retry/state.go).
 *
 * @param look the state; undefined if it is not there
 */
export async function waitFor(
  look: () => Promise<string | undefined>,
  { pending, target }: Wait,
): Promise<void> {
  const end = performance.now() + LIMIT_MS;
  let missed = 0;
  for (;;) {
    const state = await look();
    if (state === undefined) {
      missed += 1;
      if (target.length === 0) {
        return;
      }
      if (missed > NOT_FOUND_CHECKS) {
        throw new Error(`couldn't find resource (${missed} retries)`);
      }
    } else {
      missed = 0;
      if (target.includes(state)) {
        return;
      }
      if (pending?.includes(state) === false) {
        throw new Error(`unexpected state '${state}', wanted target '${target.join(', ')}'`);
      }
    }
    if (performance.now() > end) {
      throw new Error(
        `timeout while waiting for state to become '${target.join(', ')}' (last state: '${state}')`,
      );
    }
    await sleep(PAUSE_MS);
  }
}

/**
 * What was just made may not be seen yet (internal/tfresource/retry.go, `RetryWhenNewResourceNotFound`).
 *
 * @param look undefined if it is not there
 */
export async function seen<Found>(
  isNew: boolean,
  look: () => Promise<Found | undefined>,
): Promise<Found | undefined> {
  const end = performance.now() + LIMIT_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined || !isNew) {
      return found;
    }
    if (performance.now() > end) {
      throw new Error("couldn't find resource");
    }
    await sleep(PAUSE_MS);
  }
}
