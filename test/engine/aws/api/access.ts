import { AwsError } from './errors.ts';
import type { Settings } from './options.ts';
import type { Service } from './services.ts';

/** What a Signature Version 4 says of its request, apart from the signature. */
export interface Signature {
  accessKeyId: string;
  region: string;
}

/** Credentials in AWS's form, recognisable in a leak. Their secret is never checked, only that something was signed. */
export function testCredentials(name: string): { accessKeyId: string; secretAccessKey: string } {
  const key = name.toUpperCase().replace(/[^A-Z2-7]/g, '');
  return {
    accessKeyId: `AKIATEST${key}`.padEnd(20, '7').slice(0, 20),
    secretAccessKey: `test-secret-${name}-`.padEnd(40, '0'),
  };
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([\w]+)\/\d{8}\/([\w-]+)\/([\w-]+)\/aws4_request, ?SignedHeaders=[\w;-]+, ?Signature=[0-9a-f]{64}$/;

export function signatureOf(authorization: string | undefined, service: Service): Signature {
  if (authorization === undefined) {
    throw service.errors.unsigned();
  }
  const [, accessKeyId = '', region = '', signingName = ''] = AUTHORIZATION.exec(authorization) ?? [];
  if (accessKeyId === '') {
    throw new AwsError('IncompleteSignature', `Could not parse ${authorization.slice(0, 20)}`, 400);
  }
  if (signingName !== service.signingName) {
    throw new AwsError(
      'SignatureDoesNotMatch',
      `Credential should be scoped to correct service: '${service.signingName}'.`,
      403,
    );
  }
  return { accessKeyId, region };
}

export function callerOf(signature: Signature, service: Service, settings: Settings) {
  const { callers } = settings;
  const caller = Object.hasOwn(callers, signature.accessKeyId) ? callers[signature.accessKeyId] : undefined;
  if (caller === undefined) {
    throw service.errors.unknownKey();
  }
  return caller;
}

/** IAM compares actions without regard to case, and `*` stands for any text (IAM reference, "Action"). */
export function allows(patterns: readonly string[], action: string): boolean {
  return patterns.some((pattern) => {
    const expression = pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.');
    return new RegExp(`^${expression}$`, 'i').test(action);
  });
}
