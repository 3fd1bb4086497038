import { lives } from './life.ts';

lives('edge-proxy');
