import { expect, test } from 'vitest';
import { removeConnector } from '../../../src/cli/connector/after-down.ts';
import { remove } from '../../../src/cli/connector/remove.ts';
import { ACCOUNT, AT_WORK, connectorWorld, DEBIAN, TUNNEL } from './world.ts';

const CHOICE = { ssh: null, yes: true, tunnel: null, withPackage: false };
const OTHER = 'b0c7f2de-5a83-4c5e-8a1c-7f1f1a0b9d22';

test('shows what goes, and takes it away', async () => {
  const { context, said } = connectorWorld([
    { lines: [...DEBIAN, ...AT_WORK] },
    { lines: ['step remove', 'fact removed yes', 'fact package left'] },
  ]);
  expect(await remove(CHOICE, context)).toBe(0);
  expect(said.out).toBe(`Connector of a tunnel on this machine

  tunnel ${TUNNEL}

  1  Stop it. What visitors ask for through this tunnel is answered no more.
  2  Take away:
     /etc/reach4/connector/${TUNNEL}.token (0600)
     reach4-connector-${TUNNEL}.service (systemd)

Stopping it, and taking its files away …
The connector is gone from this machine; so is its token.
cloudflared came with it and stays; \`reach4 connector remove --package\` takes it
away.
`);
});

test('none there: nothing to do, with or without a name', async () => {
  for (const tunnel of [null, TUNNEL]) {
    const { context, ran, said } = connectorWorld([{ lines: DEBIAN }]);
    expect(await remove({ ...CHOICE, tunnel }, context)).toBe(0);
    expect([said.out, ran.length]).toEqual([
      'There is no connector on this machine: nothing to take away.\n',
      1,
    ]);
  }
});

test('of several, one is named', async () => {
  const lines = [...DEBIAN, ...AT_WORK, `fact ${OTHER} unit=yes`];
  await expect(remove(CHOICE, connectorWorld([{ lines }]).context)).rejects.toThrow(
    `There are 2 connectors; expected --tunnel ID with one of: ${TUNNEL}, ${OTHER}.`,
  );
  const wrong = { ...CHOICE, tunnel: 'x' };
  await expect(remove(wrong, connectorWorld([{ lines }]).context)).rejects.toThrow(
    '--tunnel "x" has no connector there',
  );
  const { context, ran } = connectorWorld([{ lines }, { lines: ['fact removed yes'] }]);
  expect(await remove({ ...CHOICE, tunnel: OTHER.toUpperCase() }, context)).toBe(0);
  expect(ran[1]?.input).toContain(`name=reach4-connector-${OTHER}.service`);
});

/** A stack's state with the tunnel in it. */
const STATE = {
  resources: [
    {
      urn: 'urn:pulumi:s::reach4::cloudflare:index/zeroTrustTunnelCloudflared:ZeroTrustTunnelCloudflared::tunnel',
      type: 'cloudflare:index/zeroTrustTunnelCloudflared:ZeroTrustTunnelCloudflared',
      id: TUNNEL,
      outputs: { accountId: ACCOUNT, name: 'home' },
    },
  ],
};

test('after a down, the connector on this machine goes too', async () => {
  const { context, ran } = connectorWorld([
    { lines: [...DEBIAN, ...AT_WORK] },
    { lines: ['fact removed yes'] },
  ]);
  const after = await removeConnector(STATE, context, context);
  expect(after).toEqual({
    text: 'The connector is gone from this machine; so is its token.\n',
    achieved: true,
  });
  expect(ran[1]?.input).toContain(`name=reach4-connector-${TUNNEL}.service`);
});

test('after a down, one that is elsewhere is named, and one that stays is told', async () => {
  const elsewhere = connectorWorld([{ lines: [...DEBIAN, `fact ${OTHER} unit=yes`] }]).context;
  expect(await removeConnector(STATE, elsewhere, elsewhere)).toEqual({
    text: "The tunnel's connector isn't on this machine. Where it is, it can go:\n  reach4 connector remove --ssh user@host\n",
    achieved: true,
  });
  const noRoot = connectorWorld([{ lines: [...DEBIAN, ...AT_WORK] }, { exitCode: 1, stderr: 'sudo: no\n' }], {
    isRoot: false,
  }).context;
  const after = await removeConnector(STATE, noRoot, noRoot);
  expect(after?.achieved).toBe(false);
  expect(after?.text).toContain(`Then:  reach4 connector remove --tunnel`);
});

test('after a down of a stack without a tunnel, nothing is looked at', async () => {
  const { context, ran } = connectorWorld([]);
  expect(await removeConnector({ resources: [] }, context, context)).toBeNull();
  expect(await removeConnector(null, context, context)).toBeNull();
  expect(ran).toEqual([]);
});
