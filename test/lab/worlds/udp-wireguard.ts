import { unseen } from '../expect.ts';
import { defineWorld } from '../world.ts';

export const udpWireguard = defineWorld({
  name: 'udp-wireguard',
  about: 'A service over UDP that answers no stranger, as WireGuard; everything works.',
  router: { forwards: [{ port: 51820, protocol: 'udp' }] },
  server: { services: [{ kind: 'wireguard', port: 51820 }] },
  expect: {
    truth: [],
    // Silence decides nothing; that its packets arrive, the server's witness sees.
    rootAgent: unseen('R R R R R R U'),
    // A trace shows that packets for the port come as far as the router.
    userAgent: unseen('R R R U U R U'),
    root: unseen('R R U U R R U'),
    user: unseen('R R U U U R U'),
    outside: unseen('U U U U U U U'),
  },
});
