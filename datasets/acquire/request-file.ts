/** One HTTP request for a file or the rest of it, with time limits. */
import { type Dispatcher, errors, request } from 'undici';

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

/** What may help after an attempt failed: the rest of the file, the whole file anew, or another mirror. */
type Remedy = 'resume' | 'restart' | 'next mirror';

/** Why an attempt at a mirror failed. */
export class AttemptFailed extends Error {
  readonly remedy: Remedy;
  /** Milliseconds that the server asked to wait. */
  readonly wait: number;

  constructor(message: string, remedy: Remedy, wait = 0) {
    super(message);
    this.remedy = remedy;
    this.wait = wait;
  }
}

/** A connection that broke may be whole again at once; one that could not be made will not. */
const broken = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH'];

const networkReasons: Record<string, string> = {
  ENOTFOUND: 'its name cannot be resolved',
  EAI_AGAIN: 'its name cannot be resolved',
  ECONNREFUSED: 'refuses the connection',
  ENETUNREACH: 'the network cannot be reached',
  EHOSTUNREACH: 'cannot be reached',
  ETIMEDOUT: 'does not answer',
  UND_ERR_CONNECT_TIMEOUT: 'does not answer',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'sends more than the file has',
  ECONNRESET: 'drops the connection',
  EPIPE: 'drops the connection',
  UND_ERR_SOCKET: 'drops the connection',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'drops the connection',
};

/** An error of the network as a failed attempt; any other error as it is. */
function networkFailure(error: unknown): unknown {
  const { code = '', message } = error as NodeJS.ErrnoException;
  // An answer that is cut short is no longer HTTP; this error alone carries no code.
  if (error instanceof errors.HTTPParserError)
    return new AttemptFailed(`garbles its answer (${message})`, 'resume');
  if (error instanceof AttemptFailed || code === '') return error;
  const remedy = broken.includes(code) ? 'resume' : 'next mirror';
  return new AttemptFailed(networkReasons[code] ?? `fails (${message})`, remedy);
}

/** A file as far as it has arrived. */
export interface PartialFile {
  /** As long as the whole file. */
  readonly content: Uint8Array;
  /** Bytes received. */
  size: number;
}

/** A server that asks to wait longer than this, in milliseconds, is left for the next mirror. */
const maxWait = 5_000;
const maxRedirects = 5;

/**
 * Requests the missing bytes of a file and adds them to `part`.
 *
 * @param deadline the time (`Date.now()`) at which the whole download is aborted
 * @returns the byte at which the response began: `part.size`, or 0 if the server sent the whole file
 * @throws AttemptFailed
 */
export async function requestFile(
  url: string,
  part: PartialFile,
  limits: DownloadLimits,
  deadline: number,
  dispatcher: Dispatcher,
  onBytes: (bytes: number) => void,
): Promise<number> {
  const controller = new AbortController();
  const { signal } = controller;
  let timer: NodeJS.Timeout | undefined;
  /** Aborts the attempt if the server does not send the next part in time. */
  const expectWithin = (milliseconds: number, problem: string, remedy: Remedy) => {
    clearTimeout(timer);
    const left = Math.max(deadline - Date.now(), 0);
    const failure = () =>
      left < milliseconds
        ? new AttemptFailed('is too slow', 'next mirror')
        : new AttemptFailed(problem, remedy);
    timer = setTimeout(() => controller.abort(failure()), Math.min(milliseconds, left));
  };
  const waitForAnswer = () =>
    expectWithin(limits.answer, `does not answer within ${limits.answer / 1000} s`, 'next mirror');
  const waitForData = () =>
    expectWithin(limits.stall, `sends nothing for ${limits.stall / 1000} s`, 'resume');
  const bytes = part.content.length;
  try {
    const response = await follow(new URL(url), part.size, { dispatcher, signal }, waitForAnswer);
    const start = startOf(response, part.size, bytes);
    part.size = start;
    waitForData();
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      if (part.size + chunk.length > bytes) {
        throw new AttemptFailed('sends more than the file has', 'next mirror');
      }
      part.content.set(chunk, part.size);
      part.size += chunk.length;
      onBytes(part.size);
      waitForData();
    }
    if (part.size < bytes) {
      throw new AttemptFailed(`ends after ${part.size} of ${bytes} bytes`, 'resume');
    }
    return start;
  } catch (error) {
    throw signal.aborted ? signal.reason : networkFailure(error);
  } finally {
    clearTimeout(timer);
    controller.abort();
  }
}

/** Follows redirects; the only change of protocol allowed is from http to https. */
async function follow(
  url: URL,
  from: number,
  options: { dispatcher: Dispatcher; signal: AbortSignal },
  waitForAnswer: () => void,
) {
  for (let redirects = 0; redirects <= maxRedirects; redirects++) {
    waitForAnswer();
    const response = await request(url, {
      ...options,
      // Never hold the server up: undici 7 crashes where one that was held up closes the connection (its issue 5360).
      // What piles up meanwhile is bounded by the dispatcher's `maxResponseSize`.
      highWaterMark: Number.MAX_SAFE_INTEGER,
      headers: {
        'user-agent': 'backprop-zoo',
        // The bytes as they are stored: nothing is ever unpacked here, so nothing can grow.
        'accept-encoding': 'identity',
        ...(from > 0 && { range: `bytes=${from}-` }),
      },
    });
    // A body that is not read fails when the connection is closed; that failure is expected.
    response.body.on('error', () => {});
    if (![301, 302, 303, 307, 308].includes(response.statusCode)) return response;
    const location = String(response.headers.location);
    if (!URL.canParse(location, url)) {
      throw new AttemptFailed('redirects without a usable address', 'next mirror');
    }
    const target = new URL(location, url);
    if (target.protocol !== 'https:' && target.protocol !== url.protocol) {
      throw new AttemptFailed(`redirects to a ${target.protocol} address, which is refused`, 'next mirror');
    }
    url = target;
  }
  throw new AttemptFailed(`redirects more than ${maxRedirects} times`, 'next mirror');
}

/** The byte at which the body of a response begins. @throws AttemptFailed if its headers do not match the file */
function startOf({ statusCode, headers }: Dispatcher.ResponseData, from: number, bytes: number): number {
  if (statusCode === 200) {
    const length = headers['content-length'];
    if (length !== undefined && Number(length) !== bytes) {
      throw new AttemptFailed(`announces ${String(length)} bytes, expected ${bytes}`, 'next mirror');
    }
    return 0;
  }
  if (statusCode === 206 && from > 0) {
    const range = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(String(headers['content-range']));
    if (!range || Number(range[1]) !== from || (range[3] !== '*' && Number(range[3]) !== bytes)) {
      throw new AttemptFailed('sends another part of the file than was asked for', 'restart');
    }
    return from;
  }
  if (statusCode === 416 && from > 0) throw new AttemptFailed('cannot resume', 'restart');
  if (statusCode === 429 || statusCode === 408 || statusCode >= 500) {
    const wait = retryAfter(headers['retry-after']);
    throw new AttemptFailed(`answers HTTP ${statusCode}`, wait > maxWait ? 'next mirror' : 'resume', wait);
  }
  throw new AttemptFailed(`answers HTTP ${statusCode}`, 'next mirror');
}

/** Milliseconds from a `Retry-After` header, which holds seconds or a date (RFC 9110, section 10.2.3). */
function retryAfter(header: string | string[] | undefined): number {
  if (header === undefined) return 0;
  const seconds = Number(header);
  const milliseconds = Number.isNaN(seconds) ? Date.parse(String(header)) - Date.now() : seconds * 1000;
  return Math.max(milliseconds, 0) || 0;
}
