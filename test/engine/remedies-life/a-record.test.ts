import { isGivenUp, lives } from './life.ts';

lives('a-record-making', 'a-record-adopting');

// A record was just taken out: it comes back.
isGivenUp('a-record-adopting', 'DELETE dns_records/{id} 1');
