import { lives } from './life.ts';

lives('a-record-route53-making', 'a-record-route53-adopting');
