/** internal/service/cloudfront/distribution_configuration_structure.go: a program's words and CloudFront's. */
import type { DistributionConfig, Method, Origin } from '@aws-sdk/client-cloudfront';
import type { Properties } from '../../../provider/messages.ts';
import { type ResourceData, textsIn } from '../bridge/data.ts';
import { isObject } from '../bridge/schema.ts';

const listed = <Item>(Items: Item[]) => ({ Quantity: Items.length, Items });
const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
const block = (value: unknown): Properties => (isObject(value) ? value : {});

export function configOf(data: ResourceData, callerReference: string): DistributionConfig {
  const behavior = block(data.get('defaultCacheBehavior'));
  const certificate = block(data.get('viewerCertificate'));
  const geo = block(block(data.get('restrictions')).geoRestriction);
  const arn = text(certificate.acmCertificateArn);
  return {
    CallerReference: callerReference,
    Comment: data.maybeText('comment') ?? '',
    Enabled: data.flag('enabled'),
    HttpVersion: data.text('httpVersion') as 'http2',
    IsIPV6Enabled: data.flag('isIpv6Enabled'),
    PriceClass: data.text('priceClass') as 'PriceClass_All',
    DefaultRootObject: '',
    WebACLId: '',
    Staging: false,
    Aliases: listed(data.texts('aliases')),
    Origins: listed(data.blocks('origins').map(originOf)),
    DefaultCacheBehavior: {
      TargetOriginId: text(behavior.targetOriginId),
      ViewerProtocolPolicy: text(behavior.viewerProtocolPolicy) as 'allow-all' | undefined,
      CachePolicyId: text(behavior.cachePolicyId),
      OriginRequestPolicyId: text(behavior.originRequestPolicyId),
      Compress: behavior.compress === true,
      SmoothStreaming: false,
      AllowedMethods: {
        ...listed(textsIn(behavior.allowedMethods) as Method[]),
        CachedMethods: listed(textsIn(behavior.cachedMethods) as Method[]),
      },
    },
    Restrictions: {
      GeoRestriction: {
        RestrictionType: text(geo.restrictionType) as 'none' | undefined,
        ...listed(textsIn(geo.locations)),
      },
    },
    ViewerCertificate:
      arn === undefined
        ? { CloudFrontDefaultCertificate: true }
        : {
            ACMCertificateArn: arn,
            MinimumProtocolVersion: text(certificate.minimumProtocolVersion) as 'TLSv1.2_2021' | undefined,
            SSLSupportMethod: text(certificate.sslSupportMethod) as 'sni-only' | undefined,
          },
  };
}

function originOf(origin: Properties): Origin {
  const custom = block(origin.customOriginConfig);
  return {
    Id: text(origin.originId),
    DomainName: text(origin.domainName),
    OriginPath: String(origin.originPath ?? ''),
    ConnectionAttempts: Number(origin.connectionAttempts),
    ConnectionTimeout: Number(origin.connectionTimeout),
    CustomHeaders: { Quantity: 0 },
    CustomOriginConfig: {
      HTTPPort: Number(custom.httpPort),
      HTTPSPort: Number(custom.httpsPort),
      OriginProtocolPolicy: text(custom.originProtocolPolicy) as 'match-viewer' | undefined,
      OriginKeepaliveTimeout: Number(custom.originKeepaliveTimeout),
      OriginReadTimeout: Number(custom.originReadTimeout),
      OriginSslProtocols: listed(textsIn(custom.originSslProtocols) as 'TLSv1.2'[]),
      IpAddressType: text(custom.ipAddressType) as 'ipv6' | undefined,
    },
  };
}

/** What a read writes into the state. */
export function stateOf(config: DistributionConfig): Properties {
  const behavior = config.DefaultCacheBehavior;
  const certificate = config.ViewerCertificate;
  return {
    aliases: config.Aliases?.Items ?? [],
    callerReference: config.CallerReference,
    comment: config.Comment,
    enabled: config.Enabled,
    httpVersion: config.HttpVersion,
    isIpv6Enabled: config.IsIPV6Enabled,
    priceClass: config.PriceClass,
    origins: (config.Origins?.Items ?? []).map(originState),
    defaultCacheBehavior: {
      targetOriginId: behavior?.TargetOriginId,
      viewerProtocolPolicy: behavior?.ViewerProtocolPolicy,
      cachePolicyId: behavior?.CachePolicyId,
      originRequestPolicyId: behavior?.OriginRequestPolicyId,
      compress: behavior?.Compress,
      allowedMethods: behavior?.AllowedMethods?.Items ?? [],
      cachedMethods: behavior?.AllowedMethods?.CachedMethods?.Items ?? [],
    },
    restrictions: {
      geoRestriction: {
        restrictionType: config.Restrictions?.GeoRestriction?.RestrictionType,
        locations: config.Restrictions?.GeoRestriction?.Items ?? [],
      },
    },
    viewerCertificate: {
      acmCertificateArn: certificate?.ACMCertificateArn,
      minimumProtocolVersion: certificate?.MinimumProtocolVersion,
      sslSupportMethod: certificate?.SSLSupportMethod,
    },
  };
}

function originState(origin: Origin): Properties {
  const custom = origin.CustomOriginConfig;
  return {
    originId: origin.Id,
    domainName: origin.DomainName,
    originPath: origin.OriginPath ?? '',
    connectionAttempts: origin.ConnectionAttempts,
    connectionTimeout: origin.ConnectionTimeout,
    customOriginConfig: {
      httpPort: custom?.HTTPPort,
      httpsPort: custom?.HTTPSPort,
      originProtocolPolicy: custom?.OriginProtocolPolicy,
      originKeepaliveTimeout: custom?.OriginKeepaliveTimeout,
      originReadTimeout: custom?.OriginReadTimeout,
      originSslProtocols: custom?.OriginSslProtocols?.Items ?? [],
      ...(custom?.IpAddressType === undefined ? {} : { ipAddressType: custom.IpAddressType }),
    },
  };
}
