import type { Identity } from '../model/identity.ts';
import type { RelayService } from '../model/relay.ts';
import type { RelayPlan } from '../model/relay-plan.ts';
import type { ServiceHint } from '../ports/ports.ts';

/** One thing that a host must forward. */
export interface Question {
  /** For people: `443 (TLS) home.example.org`. */
  readonly label: string;
  readonly kind: RelayService['kind'];
  readonly port: number;
  /** How to recognise who answers. */
  readonly hint: ServiceHint;
  /** Who must answer; null where the plan doesn't know. */
  readonly planned: Identity | null;
}

const KIND_WORDS = { tcp: 'TCP', tls: 'TLS', http: 'HTTP', udp: 'UDP' } as const;

/** Every service, and every name of those that are told apart by name. */
export function questionsOf({ settings, target, identity }: RelayPlan): Question[] {
  return settings.services.flatMap((service): Question[] => {
    const { kind, port } = service;
    const words = `${port} (${KIND_WORDS[kind]})`;
    if (kind === 'tcp' || kind === 'udp') {
      const isTarget = kind === 'tcp' && port === target.port && target.protocol !== 'udp';
      const name = target.hostKind === 'name' ? target.host : null;
      // Who is not the target is known by what it says first, if it does.
      const protocol = isTarget && target.protocol !== 'udp' ? target.protocol : 'tcp';
      const hint = isTarget ? { protocol, name, path: target.path } : { protocol, name: null, path: '/' };
      return [{ label: words, kind, port, hint, planned: isTarget ? identity : null }];
    }
    return service.names.map((name) => {
      const isTarget = target.host === name && target.port === port && target.protocol === kind;
      const hint = { protocol: kind, name, path: isTarget ? target.path : '/' };
      return { label: `${words} ${name}`, kind, port, hint, planned: isTarget ? identity : null };
    });
  });
}
