import { lives } from './life.ts';

lives('tunnel');
