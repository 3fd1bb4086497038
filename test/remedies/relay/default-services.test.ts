import { describe, expect, test } from 'vitest';
import { relaySettingsSchema } from '../../../src/model/relay.ts';
import { parseTarget } from '../../../src/model/target.ts';
import { defaultServices, relayedNames } from '../../../src/remedies/relay/default-services.ts';

const NOTHING = { http: false, http3: false };
const ALL = { http: true, http3: true };

const shown = (target: string, beside = NOTHING): string[] => {
  const parsed = parseTarget(target);
  const services = defaultServices(parsed, beside);
  relaySettingsSchema.parse({ services, rebootAt: '04:30' });
  return services.map(
    (service) =>
      `${service.kind}:${service.port}${'names' in service ? `:${service.names.join()}` : ''} > ${service.origin.host} ${service.origin.port}`,
  );
};

describe('what is forwarded where the user says nothing', () => {
  test.each<[string, typeof NOTHING, string[]]>([
    ['https://home.example.org', NOTHING, ['tls:443:home.example.org > home.example.org 443']],
    [
      'https://home.example.org',
      ALL,
      [
        'tls:443:home.example.org > home.example.org 443',
        'http:80:home.example.org > home.example.org 80',
        'udp:443 > home.example.org 443',
      ],
    ],
    ['https://home.example.org:8443', ALL, ['tls:8443:home.example.org > home.example.org 8443']],
    ['http://home.example.org', ALL, ['http:80:home.example.org > home.example.org 80']],
    ['ssh://home.example.org', ALL, ['tcp:22 > home.example.org 22']],
    ['tcp://home.example.org:25565', ALL, ['tcp:25565 > home.example.org 25565']],
    ['udp://home.example.org:27015', ALL, ['udp:27015 > home.example.org 27015']],
    ['[2a0b:4341:7700::10]:443', ALL, ['tcp:443 > 2a0b:4341:7700::10 443']],
  ])('%s', (target, beside, services) => {
    expect(shown(target, beside)).toEqual(services);
  });
});

test('the names that lead to a relay: the target, and those that services are told apart by', () => {
  const target = parseTarget('https://home.example.org');
  const tls = defaultServices(target, NOTHING);
  const blog = tls.map((service) => ({ ...service, names: ['blog.example.org', 'home.example.org'] }));
  expect(relayedNames(target, blog)).toEqual(['home.example.org', 'blog.example.org']);
  expect(relayedNames(parseTarget('[2a0b:4341:7700::10]:22'), [])).toEqual([]);
});
