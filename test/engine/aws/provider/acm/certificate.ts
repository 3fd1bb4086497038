/** hashicorp/terraform-provider-aws, internal/service/acm/certificate.go, of certificates that ACM issues. */
import {
  type ACMClient,
  AddTagsToCertificateCommand,
  type CertificateDetail,
  DeleteCertificateCommand,
  DescribeCertificateCommand,
  ListTagsForCertificateCommand,
  RemoveTagsFromCertificateCommand,
  RequestCertificateCommand,
} from '@aws-sdk/client-acm';
import { importById, type ResourceType } from '../bridge/resource-type.ts';
import type { Property } from '../bridge/schema.ts';
import { doing, failed, hasCode } from '../errors.ts';
import { isGone } from '../gone.ts';
import { regional, tagged, tagState, tagsFrom } from '../tags.ts';
import { LIMIT_MS, PAUSE_MS, waitFor } from '../wait.ts';

const given = { type: 'string', optional: true, computed: true, forceNew: true } as const satisfies Property;
const told = { type: 'string', computed: true } as const satisfies Property;

export const certificate: ResourceType = {
  token: 'aws:acm/certificate:Certificate',
  schema: {
    ...regional,
    ...tagged,
    domainName: given,
    validationMethod: given,
    keyAlgorithm: given,
    subjectAlternativeNames: { type: 'set', optional: true, computed: true, forceNew: true },
    arn: told,
    domainValidationOptions: {
      type: 'set',
      computed: true,
      fields: {
        domainName: told,
        resourceRecordName: told,
        resourceRecordType: told,
        resourceRecordValue: told,
      },
    },
    notAfter: told,
    notBefore: told,
    pendingRenewal: { type: 'boolean', computed: true },
    renewalEligibility: told,
    status: told,
    type: told,
  },
  create: async ({ acm }, data) => {
    const domainName = data.text('domainName');
    const names = data.texts('subjectAlternativeNames');
    const Tags = Object.entries(data.tags).map(([Key, Value]) => ({ Key, Value }));
    const call = acm.send(
      new RequestCertificateCommand({
        DomainName: domainName,
        ValidationMethod: data.text('validationMethod') as 'DNS',
        // Another one each time: what a create that broke off requested is not found again.
        IdempotencyToken: `tf${Date.now()}${Math.random().toString().slice(2, 12)}`,
        ...(names.length > 0 ? { SubjectAlternativeNames: names } : {}),
        ...(Tags.length > 0 ? { Tags } : {}),
      }),
    );
    const { CertificateArn } = await doing(`requesting ACM Certificate (${domainName})`, call);
    data.id = CertificateArn ?? '';
    const told = async () => {
      const { DomainValidationOptions = [] } = (await findCertificate(acm, data.id)) ?? {};
      const all = DomainValidationOptions.every(({ ResourceRecord }) => ResourceRecord !== undefined);
      return all && DomainValidationOptions.length > 0 ? 'AVAILABLE' : 'WAITING';
    };
    const waiting = waitFor(told, { pending: ['WAITING'], target: ['AVAILABLE'] });
    await doing(`waiting for ACM Certificate (${data.id}) to be issued`, waiting);
  },
  read: async (cloud, data) => {
    const what = `reading ACM Certificate (${data.id})`;
    const found = await doing(what, findCertificate(cloud.acm, data.id));
    if (isGone(found, data, what)) {
      return;
    }
    data.set(stateOf(found));
    const command = new ListTagsForCertificateCommand({ CertificateArn: data.id });
    const { Tags } = await doing(`listing tags for ACM Certificate (${data.id})`, cloud.acm.send(command));
    data.set(tagState(cloud, data, tagsFrom(Tags)));
  },
  retag: async ({ acm }, CertificateArn, removed, updated) => {
    const what = `updating tags for ACM Certificate (${CertificateArn})`;
    if (removed.length > 0) {
      const Tags = removed.map((Key) => ({ Key }));
      await doing(what, acm.send(new RemoveTagsFromCertificateCommand({ CertificateArn, Tags })));
    }
    const Tags = Object.entries(updated).map(([Key, Value]) => ({ Key, Value }));
    if (Tags.length > 0) {
      await doing(what, acm.send(new AddTagsToCertificateCommand({ CertificateArn, Tags })));
    }
  },
  update: async () => {},
  /** For twenty minutes, as long as something seems to use it (`certificateCrossServicePropagationTimeout`). */
  delete: async ({ acm }, { id }) => {
    const end = performance.now() + LIMIT_MS;
    for (;;) {
      try {
        await acm.send(new DeleteCertificateCommand({ CertificateArn: id }));
        return;
      } catch (error) {
        if (hasCode(error, 'ResourceNotFoundException')) {
          return;
        }
        if (!hasCode(error, 'ResourceInUseException') || performance.now() > end) {
          throw failed(`deleting ACM Certificate (${id})`, error);
        }
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  },
  import: importById,
};

/** Undefined if there is none. */
export async function findCertificate(
  acm: ACMClient,
  CertificateArn: string,
): Promise<CertificateDetail | undefined> {
  try {
    return (await acm.send(new DescribeCertificateCommand({ CertificateArn }))).Certificate;
  } catch (error) {
    if (hasCode(error, 'ResourceNotFoundException')) {
      return undefined;
    }
    throw error;
  }
}

function stateOf(found: CertificateDetail) {
  return {
    arn: found.CertificateArn,
    domainName: found.DomainName,
    subjectAlternativeNames: found.SubjectAlternativeNames ?? [],
    validationMethod: found.DomainValidationOptions?.[0]?.ValidationMethod ?? 'NONE',
    keyAlgorithm: String(found.KeyAlgorithm).replaceAll('-', '_'),
    status: found.Status,
    type: found.Type,
    notAfter: found.NotAfter?.toISOString(),
    notBefore: found.NotBefore?.toISOString(),
    pendingRenewal: false,
    renewalEligibility: found.RenewalEligibility,
    domainValidationOptions: (found.DomainValidationOptions ?? []).flatMap(
      ({ DomainName, ResourceRecord }) =>
        ResourceRecord === undefined
          ? []
          : [
              {
                domainName: DomainName,
                resourceRecordName: ResourceRecord.Name,
                resourceRecordType: ResourceRecord.Type,
                resourceRecordValue: ResourceRecord.Value,
              },
            ],
    ),
  };
}
