/**
 * The command line of a connector, without the program. The order counts: `--edge-ip-version` and `--metrics` are of
 * `tunnel`, and after `run` cloudflared takes them for a mistake, prints its help and exits with 0 (tried with
 * 2026.8.2). `auto` is said because before 2026.4.0 the default was IPv4 only, which a host without IPv4 doesn't have.
 */
export const connectorArguments = ({
  port,
  tokenFile,
}: {
  readonly port: number | string;
  readonly tokenFile: string;
}): string =>
  `tunnel --no-autoupdate --edge-ip-version auto --metrics 127.0.0.1:${port} run --token-file ${tokenFile}`;
