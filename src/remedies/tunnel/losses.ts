/** What a tunnel loses or costs otherwise, each a short sentence; what weighs most first. */
export const TUNNEL_LOSSES: readonly string[] = [
  'Only the web gets through: the name leads to Cloudflare, over IPv6 too, so its other ports (SSH, mail, games) are lost unless they get a name of their own.',
  "Cloudflare reads what is sent: visitors' TLS ends there.",
  'The server sees cloudflared as the only client; the addresses of visitors are in the header CF-Connecting-IP.',
  "Uploads of more than 100 MB fail on Cloudflare's Free and Pro plans.",
  'cloudflared has to run on the server all the time; it connects out to port 7844 and needs nothing let in.',
];
