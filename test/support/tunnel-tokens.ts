/** Of a tunnel, as Cloudflare gives it (cloudflared, connection/connection.go): the account, the tunnel and a secret. */
export function tunnelTokenText(tunnelId: string, secret: string): string {
  const token = {
    a: '0123456789abcdef0123456789abcdef',
    t: tunnelId,
    s: Buffer.from(secret).toString('base64'),
  };
  return Buffer.from(JSON.stringify(token)).toString('base64');
}
