import { lightsailErrors } from '../errors.ts';
import { byName, byTarget } from '../service.ts';
import type { Service } from '../services.ts';
import { jsonWire } from '../wire/json.ts';
import { catalogueOperations } from './catalogue.ts';
import { instanceOperations } from './instances.ts';
import { otherOperations } from './others.ts';
import { portOperations } from './ports.ts';
import { staticIpOperations } from './static-ips.ts';

export const lightsail: Service = {
  prefix: 'lightsail',
  signingName: 'lightsail',
  recognises: byTarget('Lightsail_20161128'),
  wire: jsonWire('1.1', 'InvalidInputException'),
  errors: lightsailErrors,
  operations: byName(
    catalogueOperations,
    instanceOperations,
    staticIpOperations,
    portOperations,
    otherOperations,
  ),
};
