import {
  AddTagsToCertificate$,
  type AddTagsToCertificateRequest,
  type CertificateDetail,
  DeleteCertificate$,
  type DeleteCertificateRequest,
  DescribeCertificate$,
  type DescribeCertificateRequest,
  type DescribeCertificateResponse,
  ListCertificates$,
  type ListCertificatesRequest,
  type ListCertificatesResponse,
  ListTagsForCertificate$,
  type ListTagsForCertificateRequest,
  type ListTagsForCertificateResponse,
  RemoveTagsFromCertificate$,
  type RemoveTagsFromCertificateRequest,
  RequestCertificate$,
  type RequestCertificateRequest,
  type RequestCertificateResponse,
  type Tag,
} from '@aws-sdk/client-acm';
import type { Account } from '../account.ts';
import { AwsError, jsonErrors } from '../errors.ts';
import { page } from '../paging.ts';
import { byName, byTarget } from '../service.ts';
import type { Service } from '../services.ts';
import { jsonWire } from '../wire/json.ts';
import { operation } from '../wire/operation.ts';
import type { Certificate, Certificates } from './state.ts';

/** A name with at least two labels, the first of which may be a star (API reference, "DomainNameString"). */
const DOMAIN = /^(?:\*\.)?(?:(?!-)[A-Za-z0-9-]{1,63}(?<!-)\.)+(?!-)[A-Za-z0-9-]{1,63}(?<!-)$/;

const operations = [
  operation<RequestCertificateRequest, RequestCertificateResponse>(
    RequestCertificate$,
    ({ DomainName, ValidationMethod, SubjectAlternativeNames, Tags, IdempotencyToken }, call) => {
      const { certificates } = call.region;
      const names = [...new Set([DomainName, ...(SubjectAlternativeNames ?? [])])];
      if ((Tags ?? []).length > 0) {
        call.demand('acm:AddTagsToCertificate');
      }
      const tags = tagsOf(Tags ?? []);
      const wrong = names.find((name) => !DOMAIN.test(name));
      if (wrong !== undefined) {
        throw new AwsError('ValidationException', `Invalid domain name: ${wrong}`);
      }
      if (ValidationMethod !== 'DNS') {
        throw new AwsError('InvalidParameterException', 'this stand-in validates by DNS only');
      }
      // Within an hour, the same token is the same request (API reference, IdempotencyToken).
      const again =
        IdempotencyToken === undefined
          ? undefined
          : certificates.all.find(({ idempotencyToken }) => idempotencyToken === IdempotencyToken);
      const made =
        again ??
        certificates.add({ domainName: DomainName, names, tags, idempotencyToken: IdempotencyToken });
      return { CertificateArn: made.arn };
    },
  ),
  operation<DescribeCertificateRequest, DescribeCertificateResponse>(
    DescribeCertificate$,
    ({ CertificateArn }, { region: { certificates }, account }) => ({
      Certificate: view(certificates.get(checked(CertificateArn)), certificates, account),
    }),
  ),
  operation<ListCertificatesRequest, ListCertificatesResponse>(
    ListCertificates$,
    ({ NextToken, MaxItems }, { region: { certificates }, account }) => {
      certificates.validate();
      const size = Math.min(MaxItems ?? 100, account.settings.pageSize);
      const { items, next } = page(certificates.all, NextToken, size, 'ValidationException');
      return {
        CertificateSummaryList: items.map(({ arn, domainName, status }) => ({
          CertificateArn: arn,
          DomainName: domainName,
          Status: status,
        })),
        NextToken: next,
      };
    },
  ),
  operation<DeleteCertificateRequest, object>(
    DeleteCertificate$,
    ({ CertificateArn }, { region: { certificates }, account }) => {
      const { arn } = certificates.get(checked(CertificateArn));
      if (account.distributions.usersOf(arn).length > 0) {
        throw new AwsError(
          'ResourceInUseException',
          `Certificate ${arn} in account ${account.id} is in use.`,
        );
      }
      certificates.all = certificates.all.filter((one) => one.arn !== arn);
      return {};
    },
  ),
  operation<ListTagsForCertificateRequest, ListTagsForCertificateResponse>(
    ListTagsForCertificate$,
    ({ CertificateArn }, { region: { certificates } }) => ({
      Tags: Object.entries(certificates.get(checked(CertificateArn)).tags).map(([Key, Value]) => ({
        Key,
        Value,
      })),
    }),
  ),
  operation<AddTagsToCertificateRequest, object>(
    AddTagsToCertificate$,
    ({ CertificateArn, Tags }, { region: { certificates } }) => {
      Object.assign(certificates.get(checked(CertificateArn)).tags, tagsOf(Tags));
      return {};
    },
  ),
  operation<RemoveTagsFromCertificateRequest, object>(
    RemoveTagsFromCertificate$,
    ({ CertificateArn, Tags }, { region: { certificates } }) => {
      const certificate = certificates.get(checked(CertificateArn));
      const gone = Tags.map(({ Key }) => Key);
      certificate.tags = Object.fromEntries(
        Object.entries(certificate.tags).filter(([key]) => !gone.includes(key)),
      );
      return {};
    },
  ),
];

export const acm: Service = {
  prefix: 'acm',
  signingName: 'acm',
  recognises: byTarget('CertificateManager'),
  wire: jsonWire('1.1', 'ValidationException'),
  errors: jsonErrors,
  operations: byName(operations),
};

function checked(arn: string): string {
  if (!/^arn:aws:acm:[\w-]+:\d{12}:certificate\/[\w-]+$/.test(arn)) {
    throw new AwsError('InvalidArnException', `Invalid ARN: ${arn}`);
  }
  return arn;
}

/** `aws:` is AWS's own (API reference, InvalidTagException). */
function tagsOf(tags: readonly Tag[]): Record<string, string> {
  const wrong = tags.find(({ Key = '' }) => Key === '' || Key.toLowerCase().startsWith('aws:'));
  if (wrong !== undefined) {
    throw new AwsError('InvalidTagException', `aws: prefixed tag key names are not allowed: ${wrong.Key}`);
  }
  return Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
}

function view(certificate: Certificate, certificates: Certificates, account: Account): CertificateDetail {
  const { arn, domainName, names, status, createdAt, issuedAt, hasRecords } = certificate;
  const ended = issuedAt === undefined ? undefined : new Date(issuedAt.getTime() + 198 * 86_400_000);
  return {
    CertificateArn: arn,
    DomainName: domainName,
    SubjectAlternativeNames: names,
    Status: status,
    Type: 'AMAZON_ISSUED',
    CreatedAt: createdAt,
    IssuedAt: issuedAt,
    NotBefore: issuedAt,
    NotAfter: ended,
    KeyAlgorithm: 'RSA-2048' as never,
    RenewalEligibility: account.distributions.usersOf(arn).length > 0 ? 'ELIGIBLE' : 'INELIGIBLE',
    Options: { CertificateTransparencyLoggingPreference: 'ENABLED', Export: 'DISABLED' },
    InUseBy: account.distributions.usersOf(arn),
    DomainValidationOptions: names.map((name) => ({
      DomainName: name,
      ValidationDomain: name,
      ValidationMethod: 'DNS',
      ValidationStatus: status === 'ISSUED' ? 'SUCCESS' : 'PENDING_VALIDATION',
      ...(hasRecords ? { ResourceRecord: certificates.recordFor(name) } : {}),
    })),
  };
}
