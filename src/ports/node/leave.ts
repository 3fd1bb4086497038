import { existsSync } from 'node:fs';

const SHELL = '/bin/sh';

/**
 * Ends this process at once.
 *
 * A look-up in the system's resolver (getaddrinfo) can't be called off, and the end of a process waits for the threads
 * that it runs in (uv_library_shutdown): ten seconds and more where nobody answers, and for ever where a server drips its
 * answer over TCP, which glibc reads without a time-out. A process that becomes another program waits for none of them.
 */
export function leave(code: number): never {
  // Added last, so that all others who want to know of the end were told.
  process.once('exit', () => {
    const isLookingUp = process.getActiveResourcesInfo().includes('GetAddrInfoReqWrap');
    // Windows has no such thing, and its own resolver gives up.
    if (isLookingUp && existsSync(SHELL)) process.execve?.(SHELL, ['sh', '-c', `exit ${code}`], {});
  });
  process.exit(code);
}
