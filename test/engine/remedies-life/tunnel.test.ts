import { isGivenUp, lives } from './life.ts';

lives('tunnel');

// A connector may be connected by now: the tunnel goes all the same.
isGivenUp('tunnel', 'PUT cfd_tunnel/{id}/configurations 1');
