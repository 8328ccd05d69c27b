/** Why an attempt at a mirror fails, in words that follow the mirror's name, and what to do about it. */
import { errors } from 'undici';

/** What may help after an attempt failed: the rest of the file, the whole file anew, or another mirror. */
export type Remedy = 'resume' | 'restart' | 'next mirror';

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
export function networkFailure(error: unknown): unknown {
  const { code = '', message } = error as NodeJS.ErrnoException;
  // An answer that is cut short is no longer HTTP; this error alone carries no code.
  if (error instanceof errors.HTTPParserError)
    return new AttemptFailed(`garbles its answer (${message})`, 'resume');
  if (error instanceof AttemptFailed || code === '') return error;
  const remedy = broken.includes(code) ? 'resume' : 'next mirror';
  return new AttemptFailed(networkReasons[code] ?? `fails (${message})`, remedy);
}
