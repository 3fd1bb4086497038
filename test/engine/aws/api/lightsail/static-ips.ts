import {
  AllocateStaticIp$,
  type AllocateStaticIpRequest,
  type AllocateStaticIpResult,
  AttachStaticIp$,
  type AttachStaticIpRequest,
  type AttachStaticIpResult,
  DetachStaticIp$,
  type DetachStaticIpRequest,
  type DetachStaticIpResult,
  GetStaticIp$,
  type GetStaticIpRequest,
  type GetStaticIpResult,
  GetStaticIps$,
  type GetStaticIpsRequest,
  type GetStaticIpsResult,
  ReleaseStaticIp$,
  type ReleaseStaticIpRequest,
  type ReleaseStaticIpResult,
} from '@aws-sdk/client-lightsail';
import { page } from '../paging.ts';
import { operation } from '../wire/operation.ts';
import { refusal } from './errors.ts';
import type { Lightsail, StaticIp } from './state.ts';
import { staticIpView } from './view.ts';

export const staticIpOperations = [
  operation<AllocateStaticIpRequest, AllocateStaticIpResult>(
    AllocateStaticIp$,
    ({ staticIpName }, { region: { lightsail }, account }) => {
      const resource = lightsail.newResource('StaticIp', staticIpName);
      if (lightsail.staticIps.length >= account.settings.quotas.staticIps) {
        throw refusal.tooManyStaticIps();
      }
      const address = account.newStaticAddress();
      const staticIp: StaticIp = { ...resource, type: 'StaticIp', address, attachedTo: undefined };
      lightsail.add(staticIp);
      return { operations: [lightsail.operate('AllocateStaticIp', staticIp)] };
    },
  ),
  operation<GetStaticIpRequest, GetStaticIpResult>(
    GetStaticIp$,
    ({ staticIpName }, { region: { lightsail } }) => ({
      staticIp: staticIpView(lightsail, lightsail.staticIp(staticIpName)),
    }),
  ),
  operation<GetStaticIpsRequest, GetStaticIpsResult>(
    GetStaticIps$,
    ({ pageToken }, { region: { lightsail }, account }) => {
      const { items, next } = page(lightsail.staticIps, pageToken, account.settings.pageSize);
      return { staticIps: items.map((one) => staticIpView(lightsail, one)), nextPageToken: next };
    },
  ),
  operation<AttachStaticIpRequest, AttachStaticIpResult>(
    AttachStaticIp$,
    ({ staticIpName, instanceName }, { region: { lightsail } }) => {
      const staticIp = lightsail.staticIp(staticIpName);
      const instance = lightsail.instance(instanceName);
      if (instance.state !== 'running') {
        throw refusal.notInState(instanceName, instance.state);
      }
      freeOrRefuse(lightsail, staticIp);
      const other = lightsail.staticIpOf(instance);
      if (other !== undefined) {
        throw refusal.hasStaticIp(instanceName, other.name);
      }
      staticIp.attachedTo = instanceName;
      // Its temporary address goes back to AWS and doesn't return.
      instance.temporaryIpv4 = '';
      return {
        operations: [
          lightsail.operate('AttachStaticIp', staticIp, { operationDetails: instanceName }),
          lightsail.operate('AttachStaticIp', instance, { ...instance, operationDetails: staticIpName }),
        ],
      };
    },
  ),
  operation<DetachStaticIpRequest, DetachStaticIpResult>(
    DetachStaticIp$,
    ({ staticIpName }, { region: { lightsail } }) => {
      const staticIp = lightsail.staticIp(staticIpName);
      if (staticIp.attachedTo === undefined) {
        if (lightsail.region.account.settings.staticIps === 'strict') {
          throw refusal.notAttached(staticIpName);
        }
        return { operations: [lightsail.operate('DetachStaticIp', staticIp)] };
      }
      const instance = lightsail.instance(staticIp.attachedTo);
      free(lightsail, staticIp);
      return {
        operations: [
          lightsail.operate('DetachStaticIp', staticIp, { operationDetails: instance.name }),
          lightsail.operate('DetachStaticIp', instance, { ...instance, operationDetails: staticIpName }),
        ],
      };
    },
  ),
  operation<ReleaseStaticIpRequest, ReleaseStaticIpResult>(
    ReleaseStaticIp$,
    ({ staticIpName }, { region: { lightsail } }) => {
      const staticIp = lightsail.staticIp(staticIpName);
      freeOrRefuse(lightsail, staticIp);
      lightsail.remove(staticIp);
      return { operations: [lightsail.operate('ReleaseStaticIp', staticIp)] };
    },
  ),
];

function freeOrRefuse(lightsail: Lightsail, staticIp: StaticIp): void {
  if (staticIp.attachedTo !== undefined && lightsail.region.account.settings.staticIps === 'strict') {
    throw refusal.attached(staticIp.name, staticIp.attachedTo);
  }
  free(lightsail, staticIp);
}

/** Whatever it is attached to gets a new temporary address. */
function free(lightsail: Lightsail, staticIp: StaticIp): void {
  if (staticIp.attachedTo !== undefined) {
    const instance = lightsail.instance(staticIp.attachedTo);
    staticIp.attachedTo = undefined;
    lightsail.giveTemporaryIpv4(instance);
  }
}
