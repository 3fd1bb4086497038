import { chance } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const loss20 = defineWorld({
  name: 'loss-20',
  about: 'A fifth of the packets is lost on the way, of both families; nothing else is wrong.',
  isp: { loss: 20 },
  expect: {
    truth: [],
    // Chance decides what gets through. Whatever does, nothing false is said, and the server itself is seen clearly.
    rootAgent: chance('* * * * R R *'),
    userAgent: chance('* * * * * R *'),
    root: chance('* * * * R R *'),
    user: chance('* * * * * R *'),
    outside: chance('* * * * * * U'),
  },
});
