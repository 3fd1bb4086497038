import { securityGroupRule } from './security-group-rule.ts';

export const securityGroupEgressRule = securityGroupRule('Egress');
