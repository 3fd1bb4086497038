import { securityGroupRule } from './security-group-rule.ts';

export const securityGroupIngressRule = securityGroupRule('Ingress');
