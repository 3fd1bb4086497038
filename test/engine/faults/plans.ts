import type { RelayHost, RelayPlan } from '../../../src/model/relay-plan.ts';
import { byHand, relayPlanOf } from '../../components/relay-plans.ts';
import { NAME } from '../../support/names.ts';

export type HostKind = RelayHost['kind'];

const region = 'eu-central-1';
const hosts: { readonly [Kind in HostKind]: RelayHost } = {
  lightsail: {
    kind: 'lightsail',
    region,
    availabilityZone: `${region}a`,
    bundleId: 'nano_3_0',
    blueprintId: 'debian_12',
  },
  ec2: { kind: 'ec2', region, instanceType: 't4g.nano', architecture: 'arm64' },
};

/** One TCP service, and names that a person keeps: every call is one to AWS. */
export const faultPlan = (kind: HostKind, port: number): RelayPlan =>
  relayPlanOf(byHand(), {
    host: hosts[kind],
    settings: {
      services: [{ kind: 'tcp', port, origin: { host: NAME, port: 22 }, proxyProtocol: false }],
      rebootAt: '04:30',
    },
    identity: null,
  });

/** The same service from another host: another text of the user data. */
export const changed = ({ settings }: RelayPlan): RelayPlan['settings'] => ({
  ...settings,
  rebootAt: '05:30',
});
