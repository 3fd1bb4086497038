import { lives } from './life.ts';

lives('a-record-making', 'a-record-adopting');
