/** How long a download may take and how often it is tried. */

export interface DownloadLimits {
  /** Milliseconds from a request to the head of its answer: looking up the name, connecting, waiting. */
  answer: number;
  /** Milliseconds without a single byte after which a connection counts as dead. */
  stall: number;
  /** Milliseconds for a whole file, all attempts at all mirrors together. */
  total: number;
  /** Milliseconds to wait before each further attempt at a mirror; their number is the number of retries. */
  backoff: readonly number[];
}

/**
 * @param patient Whether the user asked for a download, or would go on without one: then all mirrors together have
 *   four seconds to show that there is a network at all.
 * @param bytes The size of the file: slower than 20 kB/s is not worth waiting for.
 */
export function limitsFor(patient: boolean, mirrors: number, bytes: number): DownloadLimits {
  return {
    answer: patient ? 15_000 : 4_000 / mirrors,
    stall: 10_000,
    total: 30_000 + bytes / 20,
    backoff: [250, 500, 1000],
  };
}
