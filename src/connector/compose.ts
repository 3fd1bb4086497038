import { connectorArguments } from './command.ts';
import { METRICS_PORTS } from './names.ts';

/** Of the image's user (cloudflared's Dockerfile: `USER 65532:65532`): the file with the token must be theirs. */
export const IMAGE_USER = 65_532;

/**
 * The same connector as a service of Docker Compose. On the host's own network: services on its loopback are reached,
 * and its IPv6, which Docker's networks don't have by default.
 */
export const connectorCompose = (tunnelId: string): string => `\
# Cloudflare Tunnel ${tunnelId}
services:
  reach4-connector:
    image: cloudflare/cloudflared:latest
    command: ${connectorArguments({ port: METRICS_PORTS.first, tokenFile: '/run/secrets/token' })}
    network_mode: host
    restart: unless-stopped
    read_only: true
    cap_drop: [ALL]
    security_opt: ['no-new-privileges:true']
    secrets: [token]
    healthcheck:
      test: [CMD, cloudflared, tunnel, --metrics, '127.0.0.1:${METRICS_PORTS.first}', ready]
      start_period: 60s
secrets:
  token:
    file: ./token
`;
