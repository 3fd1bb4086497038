import { lives } from './life.ts';

lives('cdn');
