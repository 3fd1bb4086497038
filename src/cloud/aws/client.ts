import { UserError } from '../../model/error.ts';

/** ms; a call that gets no answer is tried again, as one that is refused for the moment. */
export const PATIENCE = {
  maxAttempts: 5,
  requestHandler: { connectionTimeout: 10_000, requestTimeout: 20_000, throwOnRequestTimeout: true },
} as const;

/** ms; where the answer can be done without, nobody is kept waiting for it. */
export const HURRY = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 4_000, requestTimeout: 8_000, throwOnRequestTimeout: true },
} as const;

/** What AWS says where it doesn't know who asks (SDK "Common errors"; Lightsail, EC2, Route 53, CloudWatch). */
const UNKNOWN_CALLER =
  /^(?:UnrecognizedClientException|InvalidClientTokenId|AuthFailure|InvalidSignatureException|SignatureDoesNotMatch|InvalidAccessKeyId|IncompleteSignature|UnauthenticatedException|MissingAuthenticationToken(?:Exception)?)$/u;
const EXPIRED = /^(?:ExpiredToken(?:Exception)?|RequestExpired)$/u;
const DENIED = /^(?:AccessDenied(?:Exception)?|UnauthorizedOperation|NotAuthorized)$/u;
const NOT_ENABLED = /^(?:OptInRequired|RegionSetupInProgressException|SubscriptionRequiredException)$/u;
const NO_CREDENTIALS = /^(?:CredentialsProviderError|TokenProviderError)$/u;

export type AwsTrouble = 'no-credentials' | 'unknown-caller' | 'expired' | 'denied' | 'not-enabled' | 'other';

/** What kind of trouble an error of an SDK client is. */
export function troubleOf(error: unknown): AwsTrouble {
  const name = error instanceof Error ? error.name : '';
  if (NO_CREDENTIALS.test(name)) return 'no-credentials';
  if (UNKNOWN_CALLER.test(name)) return 'unknown-caller';
  if (EXPIRED.test(name)) return 'expired';
  if (DENIED.test(name)) return 'denied';
  if (NOT_ENABLED.test(name)) return 'not-enabled';
  return 'other';
}

const HOW_TO_SIGN_IN =
  'expected AWS_PROFILE, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or what else the tools of AWS take';

/** @param why what the SDK says */
export const noCredentialsSentence = (why: string): string =>
  `There are no credentials for AWS (${why}); ${HOW_TO_SIGN_IN}.`;

/**
 * One sentence for what only the user can change.
 * @param action as IAM names it: `lightsail:GetRegions`
 * @param region null for a service that is one for all regions
 */
export function awsSentence(error: unknown, action: string, region: string | null): string {
  const said = error instanceof Error ? error.message : String(error);
  const there = region === null ? '' : ` in ${region}`;
  switch (troubleOf(error)) {
    case 'no-credentials':
      return noCredentialsSentence(said);
    case 'unknown-caller':
      return `AWS doesn't know the credentials in use ("${said}"): they are mistyped${region === null ? ' or deleted' : `, deleted, or the region ${region} isn't enabled in the account`}; ${HOW_TO_SIGN_IN}.`;
    case 'expired':
      return `The credentials for AWS have run out ("${said}"); sign in again, as with \`aws sso login\`.`;
    case 'denied':
      return `The credentials for AWS don't allow ${action}${there} ("${said}"); expected the rights that \`reach4 plan\` prints with --iam-policy.`;
    case 'not-enabled':
      return region === null
        ? `The account can't use ${action} ("${said}"); expected one whose registration is complete.`
        : `The account can't use ${region} ("${said}"); expected a region that is enabled there, as --region REGION.`;
    case 'other':
      return `AWS didn't answer ${action}${there} as expected ("${said}"); try again, or look at https://health.aws.amazon.com/health/status.`;
  }
}

/** Carries a call out; what is in the way is told in one sentence. @throws UserError */
export async function asked<T>(action: string, region: string | null, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw new UserError(awsSentence(error, action, region));
  }
}

/** Works with a client, and lets its connections go afterwards. */
export async function withClient<C extends { destroy(): void }, T>(
  client: C,
  work: (client: C) => Promise<T>,
): Promise<T> {
  try {
    return await work(client);
  } finally {
    client.destroy();
  }
}
