import { expect, test } from 'vitest';
import { isInnerInterface } from '../../src/model/interface-name.ts';

test.each([
  'docker0',
  'br-3f2a9c0b71de',
  'virbr0',
  'vethc6f1a2b',
  'vnet3',
  'cni0',
  'podman1',
  'lxcbr0',
  'lxdbr0',
  'incusbr0',
])('%s leads to containers or virtual machines', (name) => {
  expect(isInnerInterface(name)).toBe(true);
});

test.each(['eth0', 'br0', 'br-lan', 'br-home', 'br-3f2a9c0b71de.7', 'wlan0', 'enp3s0', 'wg0'])(
  '%s is a network of this machine',
  (name) => {
    expect(isInnerInterface(name)).toBe(false);
  },
);
