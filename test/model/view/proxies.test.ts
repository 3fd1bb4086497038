import { expect, test } from 'vitest';
import { edgeProvider } from '../../../src/model/view/proxies.ts';

test.each([
  '3.161.82.7',
  '3.165.190.12',
  '3.173.200.1',
  '18.154.22.9',
  '18.172.112.5',
  '18.245.31.4',
  '52.222.236.80',
  '54.230.228.19',
  '65.9.175.40',
  '205.251.253.3',
])('%s is one of CloudFront', (address) => {
  expect(edgeProvider(address, [])).toBe('CloudFront');
});

// Rented hosts and Route 53's own servers have their addresses next to it.
test.each(['3.176.0.1', '18.69.0.1', '205.251.224.1'])('%s is not', (address) => {
  expect(edgeProvider(address, [])).toBe(null);
});
