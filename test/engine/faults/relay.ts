import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { startAws } from '../aws/api/server.ts';
import { AWS_CALLERS, awsProject, awsSide } from './aws.ts';
import { changed, faultPlan, type HostKind } from './plans.ts';
import { faultProject } from './project.ts';
import type { FaultWorld } from './world.ts';

const GREETING = '220 ready\r\n';

/** Types of the state whose ids are those of things that are there by themselves. */
const THINGS =
  /^aws:(?:lightsail\/(?:instance:|staticIp:)|ec2\/(?:vpc|internetGateway|subnet|routeTable|securityGroup|instance|eip):|cloudwatch\/)/u;

/** A relay's stack at AWS. No zone: names are written by hand. */
export async function relayFaultWorld(kind: HostKind): Promise<FaultWorld> {
  const aws = await startAws({
    callers: AWS_CALLERS,
    // All hosts serve, at any address of this machine's.
    instanceAddresses: (ordinal, turn) => ({ publicIpv4: `127.77.${ordinal}.${turn}`, ipv6: '::1' }),
    staticAddress: (ordinal) => `127.78.0.${ordinal}`,
    // As short as it may be and still be seen.
    times: { lightsailCreate: 20, lightsailDelete: 20, ec2Pending: 20, ec2ShuttingDown: 20 },
  });
  const relay = createServer((socket) => socket.on('error', () => {}).end(GREETING));
  relay.listen(0, '0.0.0.0');
  await once(relay, 'listening');
  const plan = faultPlan(kind, (relay.address() as AddressInfo).port);
  const region = () => aws.account.region(plan.host.region);
  const addresses = () =>
    plan.host.kind === 'lightsail'
      ? region().lightsail.staticIps.map(({ address }) => address)
      : region().ec2.addresses.all.map(({ publicIp }) => publicIp);
  /** The hosts that lasting addresses lead to. */
  const served = () =>
    plan.host.kind === 'lightsail'
      ? region().lightsail.staticIps.map(({ attachedTo }) => attachedTo)
      : region().ec2.addresses.all.map(({ association }) => association?.instance.id);
  const project = await faultProject({
    ...awsProject(aws),
    commandEnvironment: () => ({ REACH4_RELEASE_ANYWAY: addresses().join() }),
  });
  return {
    ...project,
    ...awsSide(aws, project),
    configure: (phase) =>
      project.configure({ ...plan, settings: phase === 'up' ? plan.settings : changed(plan) }),
    left: () => aws.exists().map(({ type, id }) => `${type} ${id}`),
    /** The state has all that is there, and nothing else; there is one host, and the address leads to it. */
    unsound: async () => {
      // A disk comes and goes with its host.
      const there = aws.exists().filter(({ type }) => type !== 'volume');
      const ids = there.map(({ id }) => id).sort();
      const recorded = (await project.resources())
        .flatMap(({ type, id = '' }) => (THINGS.test(type) ? [id] : []))
        .sort();
      if (ids.join() !== recorded.join()) {
        return `there is ${ids.join(', ')}; the state has ${recorded.join(', ')}`;
      }
      const hosts = there.filter(({ type }) => type === 'instance').map(({ id }) => id);
      return hosts.length === 1 && served().join() === hosts.join()
        ? null
        : `hosts: ${hosts.join(', ')}; the address leads to ${served().join(', ') || 'none'}`;
    },
    [Symbol.asyncDispose]: async () => {
      await project[Symbol.asyncDispose]();
      await new Promise((resolve) => relay.close(resolve));
      await aws.stop();
    },
  };
}
