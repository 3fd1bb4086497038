import { upnpAdd, upnpList } from '../../model/by-hand/router.ts';
import { systemOfPlatform } from '../../model/platform.ts';
import type { Ports } from '../../ports/ports.ts';
import { budgetOf } from '../router/budget.ts';
import type { Control } from '../router/description.ts';
import { findConnection } from '../router/igd.ts';
import { callAction } from '../router/soap.ts';
import { type Attempt, forRemoval, LEASE_SECONDS, type MappingTrialQuestion, type Method } from './method.ts';

/** ms; search, description, state, and three calls. */
const TIMEOUT = 4_000;

/** Says to whoever reads the router's page what this is. */
const DESCRIPTION = 'reach4 trial, 60 s';

/** Error codes of IGD:1 2.4.16 to 2.4.18 and of UDA 1.1 table 3-3. */
const NO_SUCH_ENTRY = [713, 714];
const CONFLICT = 718;
const ONLY_PERMANENT = 725;

/** Opens the mapping by AddPortMapping, after asking whether the port is taken: routers differ in whether they overwrite. */
export const overUpnp: Method = async (question, ports, signal) => {
  const { gateway, client, internalPort, externalPort } = question;
  const system = systemOfPlatform(ports.host.platform);
  const budget = budgetOf(TIMEOUT, ports.clock);
  const found = await findConnection({ gateway, multicast: true }, budget, ports, signal);
  if (!found.ok) return { kind: 'absent', reason: found.reason, how: upnpList(system, null) };
  const { control, location } = found.connection;
  const mapping = { client, internalPort, externalPort, protocol: 'tcp' } as const;
  const how = upnpAdd(system, location, mapping, ` ${LEASE_SECONDS}`);
  const limits = () => ({ timeoutMs: budget.left(), signal });
  const refused = (code: number, text: string): Attempt => ({
    kind: 'refused',
    refusal: { code, text },
    isFinal: code === CONFLICT,
    how,
  });

  const before = await callAction(
    control,
    'GetSpecificPortMappingEntry',
    entry(externalPort),
    ports,
    limits(),
  );
  if (before.kind === 'done')
    return refused(CONFLICT, 'ConflictInMappingEntry: the port leads somewhere already');
  if (before.kind === 'failed') return { kind: 'absent', reason: before.reason, how };
  // Only a clear "there is none" allows to write.
  if (!NO_SUCH_ENTRY.includes(before.code)) return refused(before.code, before.text);

  const args = {
    ...entry(externalPort),
    NewInternalPort: internalPort,
    NewInternalClient: client,
    NewEnabled: 1,
    NewPortMappingDescription: DESCRIPTION,
    NewLeaseDuration: LEASE_SECONDS,
  };
  const added = await callAction(control, 'AddPortMapping', args, ports, limits());
  if (added.kind === 'fault') return refused(added.code, added.text);
  if (added.kind === 'failed') {
    return { kind: 'in-doubt', remove: () => removeOurs(control, question, ports), how };
  }
  const after = await callAction(
    control,
    'GetSpecificPortMappingEntry',
    entry(externalPort),
    ports,
    limits(),
  );
  const remove = () => removeEntry(control, externalPort, ports);
  const staysForGood = after.kind === 'done' && after.values.get('newleaseduration') === '0';
  // Nothing would end it if this program were killed. Where it can't be taken away at once, that is tried again later.
  if (staysForGood && (await remove())) {
    return refused(ONLY_PERMANENT, 'OnlyPermanentLeasesSupported: the router ignored the lease');
  }
  return { kind: 'opened', externalPort, external: null, remove, how };
};

const entry = (externalPort: number) => ({
  NewRemoteHost: '',
  NewExternalPort: externalPort,
  NewProtocol: 'TCP',
});

async function removeEntry(control: Control, externalPort: number, ports: Ports): Promise<boolean> {
  const { budget, signal } = forRemoval(ports);
  const limits = { timeoutMs: budget.left(), signal };
  const removed = await callAction(control, 'DeletePortMapping', entry(externalPort), ports, limits);
  return removed.kind === 'done' || (removed.kind === 'fault' && NO_SUCH_ENTRY.includes(removed.code));
}

/** Where nobody knows whether the mapping was made: takes it away only if it is ours. */
async function removeOurs(
  control: Control,
  { client, internalPort, externalPort }: MappingTrialQuestion,
  ports: Ports,
): Promise<boolean> {
  const { budget, signal } = forRemoval(ports);
  const limits = { timeoutMs: budget.left(), signal };
  const there = await callAction(control, 'GetSpecificPortMappingEntry', entry(externalPort), ports, limits);
  if (there.kind === 'fault') return NO_SUCH_ENTRY.includes(there.code);
  if (there.kind === 'failed') return false;
  const isOurs =
    there.values.get('newinternalclient') === client &&
    there.values.get('newinternalport') === String(internalPort) &&
    there.values.get('newportmappingdescription') === DESCRIPTION;
  // Somebody else's came in between: ours isn't there.
  return isOurs ? removeEntry(control, externalPort, ports) : true;
}
