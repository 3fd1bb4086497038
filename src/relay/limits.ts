/**
 * What fits into 512 MB, the smallest host on offer, beside a system that needs about 150 MB and updates that need as
 * much for minutes.
 */
export const LIMITS = {
  /** Connections at once in HAProxy. One that is busy takes two buffers of 16 KiB: at most 130 MB. */
  connections: 4_000,
  /**
   * Pipes for splice(2), one each direction of a busy connection; the others are copied. A pipe has 16 pages, and the kernel gives one user
   * 16,384 (pipe-user-pages-soft, pipe(7)) before it makes them smaller.
   */
  pipes: 1_000,
  /** Open files of HAProxy: two a connection, two a pipe, and some for itself; it doesn't start with less. */
  haproxyFiles: 16_384,
  /** Sockets of nginx's process: a UDP flow takes two, and 16 KiB; at most 70 MB. */
  udpSockets: 8_192,
  nginxFiles: 16_384,
  /** MB; the journal on disk and in memory. */
  journalDisk: 64,
  journalMemory: 16,
  /**
   * Bytes of user data. EC2 takes 16,384 before base64; Lightsail puts lines of its own before it, less than
   * 1 KiB as far as it was seen.
   */
  userData: 15_360,
} as const;
