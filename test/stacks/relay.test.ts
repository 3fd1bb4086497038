import * as pulumi from '@pulumi/pulumi';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { RelayPlan } from '../../src/model/relay-plan.ts';
import { program } from '../../stacks/program.ts';
import { atCloudflare, byHand, relayPlanOf } from '../components/relay-plans.ts';
import { NAME } from '../support/names.ts';

async function refusal(plan: RelayPlan): Promise<string> {
  pulumi.runtime.setAllConfig({ 'reach4:plan': JSON.stringify(plan) });
  const error: unknown = await program().catch((thrown: unknown) => thrown);
  // Pulumi shows it without a stack.
  expect(pulumi.RunError.isInstance(error)).toBe(true);
  return (error as Error).message;
}

const origin = { host: NAME, port: 22 };
const ssh = { kind: 'tcp', port: 22, origin, proxyProtocol: false } as const;

beforeEach(() => {
  for (const name of ['AWS_PROFILE', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'CLOUDFLARE_API_TOKEN']) {
    vi.stubEnv(name, '');
  }
  // Nothing of this machine's, and no machine's role is asked for.
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nonexistent');
  vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe('what is wrong with a relay is said in one sentence, before anything is registered', () => {
  test('no credentials for AWS; a token for Cloudflare is wanted only where its zone is written', async () => {
    expect(await refusal(relayPlanOf(byHand()))).toMatch(
      /^There are no credentials for AWS \(.*\); expected AWS_PROFILE, .*\.$/u,
    );
    expect(await refusal(relayPlanOf(atCloudflare()))).toMatch(/^CLOUDFLARE_API_TOKEN is not set; expected/u);
  });

  test('a plan that was edited into something that can’t be carried out', async () => {
    const settings = { services: [ssh, { ...ssh, origin: { ...origin, port: 23 } }], rebootAt: '04:30' };
    expect(await refusal(relayPlanOf(byHand(), { settings }))).toBe(
      'Port 22 (tcp) is wanted by two services; only services told apart by name (two of TLS, or two of HTTP) can share one. Change the plan with `reach4 plan`.',
    );
    const inside = { ...ssh, origin: { host: 'fd00::1', port: 22 } };
    expect(await refusal(relayPlanOf(byHand(), { settings: { ...settings, services: [inside] } }))).toContain(
      '[fd00::1] is no public address',
    );
  });
});
