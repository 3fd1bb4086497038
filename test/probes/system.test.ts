import { expect, it } from 'vitest';
import { system } from '../../src/probes/system.ts';
import { fakePorts, here } from './fake-ports.ts';

/** No program at all is installed. */
const nothing = { run: async () => null };

it.each([
  ['linux', 'linux'],
  ['win32', 'windows'],
  ['darwin', 'macos'],
  ['freebsd', 'other'],
] as const)('calls %s by its name', async (platform, name) => {
  const ports = fakePorts({ exec: nothing, host: { platform, release: '6.12.1', isRoot: true } });
  expect(await system(ports, here())).toMatchObject({
    probe: 'system',
    id: 'system:here:own',
    facts: { system: name, release: '6.12.1', privileged: true },
  });
});

it('claims no rights where the system knows none of root', async () => {
  const ports = fakePorts({ exec: nothing, host: { platform: 'win32' } });
  expect(await system(ports, here())).toMatchObject({ facts: { release: null, privileged: null } });
});
