import { AwsError } from '../errors.ts';

/**
 * Lightsail's refusals. Its API reference names the codes only; messages come from the place named, those marked "own"
 * are this stand-in's.
 */
export const refusal = {
  // terraform-provider-aws#9008
  nameTaken: (name: string) =>
    new AwsError('InvalidInputException', `Some names are already in use: ${name}`),
  // terraform-provider-aws#8647
  nameInvalid: (name: string) =>
    new AwsError(
      'InvalidInputException',
      `${name} is not a valid resource name. Resource names must be at least 2 characters long and contain ` +
        'only alphanumerics, -, _, and .',
    ),
  // "The StaticIp does not exist: …" is what clients look for, as with the other types
  notFound: (type: string, name: string) =>
    new AwsError('NotFoundException', `The ${type} does not exist: ${name}`, 404),
  // as installers quote it
  tooManyStaticIps: () =>
    new AwsError(
      'ServiceException',
      'Sorry, you have reached the maximum number of static IP addresses.',
      500,
    ),
  // own
  unknown: (what: string, value: string) =>
    new AwsError('InvalidInputException', `The ${what} is not valid: ${value}`),
  // own
  bundleNotFor: (bundle: string, type: string) =>
    new AwsError('InvalidInputException', `The bundle ${bundle} does not support IP address type ${type}`),
  // own
  userDataTooLong: () => new AwsError('InvalidInputException', 'User data is limited to 16384 bytes'),
  // own wording; EC2, which is below Lightsail, has the same rule
  notInState: (name: string, state: string) =>
    new AwsError(
      'OperationFailureException',
      `The instance ${name} is not in a valid state for this operation: ${state}`,
    ),
  // own
  attached: (name: string, instance: string) =>
    new AwsError('OperationFailureException', `The static IP ${name} is already attached to ${instance}`),
  // own
  hasStaticIp: (instance: string, name: string) =>
    new AwsError('OperationFailureException', `The instance ${instance} already has the static IP ${name}`),
  // own
  notAttached: (name: string) =>
    new AwsError('InvalidInputException', `The static IP ${name} is not attached to an instance`),
  // own
  badPorts: (why: string) =>
    new AwsError('InvalidInputException', `The port information is not valid: ${why}`),
  // own
  notTaggable: (type: string) =>
    new AwsError('InvalidInputException', `Resources of type ${type} can't have tags`),
} as const;
