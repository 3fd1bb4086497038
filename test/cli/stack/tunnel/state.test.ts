import { describe, expect, test } from 'vitest';
import { nameSoFar } from '../../../../src/cli/stack/name-state.ts';
import { seenConnector, tunnelNameSoFar, tunnelState } from '../../../../src/cli/stack/tunnel/state.ts';
import { NAME_RECORDS_TYPE, TUNNEL_READY_TYPE, TUNNEL_TYPE } from '../../../../src/components/type-names.ts';
import type { NameInZone } from '../../../../src/model/zone-records.ts';
import { NAME, STABLE6 } from '../../../support/names.ts';
import { deployed, found, tunnelPlan } from './plans.ts';

const held = (more: Partial<NameInZone> = {}): NameInZone => ({
  zone: { id: 'z', name: 'example.org', status: 'active' },
  addresses: [found()],
  cname: null,
  delegatedAt: null,
  ...more,
});
const soFar = (deployment: unknown, zone = held()) => tunnelNameSoFar(deployment, NAME, tunnelPlan(), zone);
const { previous } = tunnelPlan();

test('what a stack has made', () => {
  expect(tunnelState(null)).toEqual({ started: false, tunnelId: null, connected: false });
  expect(tunnelState(deployed(false))).toEqual({ started: true, tunnelId: 'f0', connected: false });
  expect(tunnelState(deployed(true))).toMatchObject({ connected: true });
  const replaced = {
    resources: [{ type: TUNNEL_TYPE, id: 'old', delete: true }, ...deployed(true).resources],
  };
  expect(tunnelState(replaced)).toMatchObject({ tunnelId: 'f0' });
  expect(tunnelState({ resources: [{ type: TUNNEL_READY_TYPE, outputs: {} }] }).connected).toBe(false);
});

test('whether a connector was seen in this up, or only in one before', () => {
  expect(seenConnector(null, deployed(false))).toBe('none');
  expect(seenConnector(null, deployed(true))).toBe('now');
  expect(seenConnector(deployed(false), deployed(true))).toBe('now');
  expect(seenConnector(deployed(true), deployed(true))).toBe('before');
  expect(seenConnector(deployed(true, 'old'), deployed(true, 'new'))).toBe('now');
  expect(seenConnector(deployed(true), deployed(false))).toBe('none');
});

describe('what it has done at the name', () => {
  test('nothing while it waits; what was agreed to holds for what is as it was', () => {
    expect(soFar(deployed(false))).toMatchObject({ started: true, made: [], cnames: [], previous });
    const changed = held({ addresses: [found({ content: '2a0b:4341:7700::99' })] });
    expect(soFar(deployed(false), changed)).toMatchObject({ previous: [] });
    expect(tunnelNameSoFar(deployed(false), NAME, null, held())).toMatchObject({ previous: [] });
  });

  test('all of it once the name leads there', () => {
    expect(soFar(deployed(true), held({ addresses: [], cname: 'f0.cfargotunnel.com' }))).toMatchObject({
      made: ['cname-id'],
      cnames: ['f0.cfargotunnel.com', 'f0.cfargotunnel.com'],
      previous,
    });
  });

  test('also where that was not recorded any more', () => {
    const unrecorded = {
      resources: deployed(false).resources.filter(({ type }) => type !== NAME_RECORDS_TYPE),
    };
    const there = soFar(unrecorded, held({ addresses: [], cname: 'f0.cfargotunnel.com' }));
    expect(there).toMatchObject({ cnames: ['f0.cfargotunnel.com'], previous: [], unrecorded: previous });
    expect(there.unrecorded).toMatchObject([{ content: STABLE6 }]);
  });

  test('what another remedy did before it', () => {
    const records = { name: NAME, zoneId: 'z', previous, back: previous, records: [], made: ['x'] };
    const waiting = {
      resources: [{ type: NAME_RECORDS_TYPE, id: 'n', outputs: { ...records, hold: true } }],
    };
    expect(nameSoFar(waiting, NAME, null)).toMatchObject({ made: [], previous: [] });
    const before = { resources: [{ type: NAME_RECORDS_TYPE, id: 'n', outputs: records }] };
    expect(tunnelNameSoFar(before, NAME, null, held())).toMatchObject({ made: ['x'], previous });
  });
});
