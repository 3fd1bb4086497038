/** A refusal as an AWS API answers it. */
export class AwsError extends Error {
  /** `InvalidInputException`, `DependencyViolation` */
  readonly code: string;
  /** HTTP */
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = 'AwsError';
    this.code = code;
    this.status = status;
  }
}

/**
 * The part of a service's error form that goes beyond its wire protocol. Sources: "Common errors" of each API reference;
 * EC2's error codes page (RequestLimitExceeded comes with 503, AuthFailure with 401, UnauthorizedOperation with 403).
 */
export interface CommonErrors {
  broken: () => AwsError;
  throttled: () => AwsError;
  unsigned: () => AwsError;
  unknownKey: () => AwsError;
  denied: (message: string) => AwsError;
  noSuchAction: (action: string) => AwsError;
}

const UNSIGNED = 'Request is missing Authentication Token';
const UNKNOWN_KEY = 'The security token included in the request is invalid.';

/** What the JSON services say. */
export const jsonErrors: CommonErrors = {
  broken: () => new AwsError('InternalServerError', 'An error occurred on the server side.', 500),
  throttled: () => new AwsError('ThrottlingException', 'Rate exceeded'),
  unsigned: () => new AwsError('MissingAuthenticationTokenException', UNSIGNED),
  unknownKey: () => new AwsError('UnrecognizedClientException', UNKNOWN_KEY),
  denied: (message) => new AwsError('AccessDeniedException', message),
  noSuchAction: () => new AwsError('UnknownOperationException', ''),
};

/** What the query and REST services say. */
export const queryErrors: CommonErrors = {
  broken: () =>
    new AwsError(
      'InternalFailure',
      'The request processing has failed because of an unknown error, exception or failure.',
      500,
    ),
  throttled: () => new AwsError('Throttling', 'Rate exceeded'),
  unsigned: () => new AwsError('MissingAuthenticationToken', UNSIGNED, 403),
  unknownKey: () => new AwsError('InvalidClientTokenId', UNKNOWN_KEY, 403),
  denied: (message) => new AwsError('AccessDenied', message, 403),
  noSuchAction: (action) => new AwsError('InvalidAction', `Could not find operation ${action}`),
};

/** CloudFront's own 500 ("Common errors" of its API reference has the rest as the query services). */
export const cloudfrontErrors: CommonErrors = {
  ...queryErrors,
  broken: () => new AwsError('InternalFailure', 'We encountered an internal error. Please try again.', 500),
};

export const ec2Errors: CommonErrors = {
  broken: () => new AwsError('InternalError', 'An internal error has occurred', 500),
  throttled: () => new AwsError('RequestLimitExceeded', 'Request limit exceeded.', 503),
  unsigned: () => new AwsError('MissingAuthenticationToken', UNSIGNED, 401),
  unknownKey: () =>
    new AwsError('AuthFailure', 'AWS was not able to validate the provided access credentials', 401),
  denied: (message) => new AwsError('UnauthorizedOperation', message, 403),
  noSuchAction: (action) =>
    new AwsError('InvalidAction', `The action ${action} is not valid for this web service.`),
};

/** Lightsail's own 500 (API reference, "ServiceException"). */
export const lightsailErrors: CommonErrors = {
  ...jsonErrors,
  broken: () => new AwsError('ServiceException', 'A general service exception.', 500),
};

/** A message as IAM words it (IAM user guide, "Access denied error messages"); EC2 says more before it. */
export function deniedMessage(user: string, action: string, resource: string): string {
  return (
    (action.startsWith('ec2:') ? 'You are not authorized to perform this operation. ' : '') +
    `User: ${user} is not authorized to perform: ${action} on resource: ${resource} ` +
    `because no identity-based policy allows the ${action} action`
  );
}
