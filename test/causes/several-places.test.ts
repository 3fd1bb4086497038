import { describe, expect, test } from 'vitest';
import { caseOfHome, NOTHING_COMES } from '../../docs/causes/home.ts';
import { ispBlock } from '../../src/causes/isp-block.ts';
import { lookFromOutside } from '../../src/causes/next.ts';
import { differential, sightOf } from '../../src/causes/sight.ts';
import type { Evidence } from '../../src/model/evidence.ts';
import { arrival4 } from '../../src/model/view/arrival.ts';
import { wayIn } from '../../src/model/view/way.ts';

import { arrivals, told, upnp } from '../support/evidence-host.ts';
import { otherPort, PROVIDER_HOP, trace } from '../support/evidence-path.ts';
import { deadOutside } from '../support/home.ts';
import { SERVICE, WAN4 } from '../support/names.ts';

const OTHER = 8443;
const by = (observer: string, item: Evidence): Evidence => {
  const [probe, , ...rest] = item.id.split(':');
  return { ...item, id: [probe, observer, ...rest].join(':') };
};
const STOPS = trace(WAN4, [PROVIDER_HOP, null, null], { port: 443, method: 'tcp' });
const PASSES = trace(WAN4, [PROVIDER_HOP, WAN4, '192.168.77.10'], { port: 443, method: 'tcp' });
const OPEN = otherPort(OTHER, { identity: SERVICE });
const OPEN_WAY = trace(WAN4, [PROVIDER_HOP, WAN4, '192.168.77.10'], { port: OTHER, method: 'tcp' });
const TWO_PORTS = upnp(WAN4, [{}, { externalPort: OTHER }]);
const seenBy = (...aside: Evidence[]) =>
  caseOfHome({
    where: '',
    seen: { ...NOTHING_COMES, router: [TWO_PORTS, told({ routerFirewall: 'open' })], aside },
  });

describe('ways from several places', () => {
  test('packets that get to the router from one of them get there', () => {
    for (const ways of [
      [by('outside-1', STOPS), by('outside-2', PASSES)],
      [by('outside-1', PASSES), by('outside-2', STOPS)],
    ]) {
      expect(wayIn(seenBy(...ways), 443)?.reachesRouter).toBe(true);
      expect(ispBlock.judge(seenBy(...ways, OPEN, OPEN_WAY)).verdict).not.toBe('confirmed');
    }
  });

  test('a port is told from another one by one place alone', () => {
    const one = seenBy(by('outside-1', STOPS), by('outside-1', OPEN_WAY), OPEN);
    expect(differential(one, sightOf(one))).not.toBeNull();
    const two = seenBy(by('outside-1', STOPS), by('outside-2', OPEN_WAY), OPEN);
    expect(differential(two, sightOf(two))).toBeNull();
  });
});

describe('packets of a place that does not tell its own ports', () => {
  const port = (item: Evidence, localPort: number | null): Evidence =>
    item.probe === 'reach' && item.status === 'ok'
      ? {
          ...item,
          facts: {
            ...item.facts,
            attempts: item.facts.attempts.map(({ localPort: _, ...attempt }) =>
              localPort === null ? attempt : { ...attempt, localPort },
            ),
          },
        }
      : item;
  const at = (aside: Evidence[]) =>
    arrival4(
      caseOfHome({
        where: '',
        seen: {
          inside: [],
          outside: [port(deadOutside(WAN4), null)],
          arrivals: [arrivals({ packets: 3 })],
          router: [TWO_PORTS],
          aside,
        },
      }),
    ).state;

  test('show that the way is open only if no look at another port leads here', () => {
    expect(at([])).toBe('at-service');
    expect(at([port(OPEN, null)])).toBe('unknown');
  });

  test('are not missed where nothing could be sent', () => {
    const never = (outcome: 'timed-out' | 'no-route') => {
      const item = deadOutside(WAN4);
      if (item.probe !== 'reach' || item.status !== 'ok') throw new Error('no look');
      const attempts = item.facts.attempts.map((each) => ({ ...each, outcome }));
      const outside = [{ ...item, facts: { ...item.facts, attempts } }];
      return arrival4(caseOfHome({ where: '', seen: { ...NOTHING_COMES, outside } })).state;
    };
    expect(never('timed-out')).toBe('never');
    expect(never('no-route')).toBe('unknown');
  });
});

test('who wanted nobody to look is asked to let somebody, and not both', () => {
  const the = { ...seenBy(), flags: ' --outside none --stun s.example.net:3478' };
  expect(lookFromOutside(the).command).toBe(
    'reach4 diagnose https://home.example.org --stun s.example.net:3478 --outside http://AGENT:4460',
  );
});
