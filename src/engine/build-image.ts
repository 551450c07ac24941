import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';
import { RearviewError } from '../domain/errors.ts';
import type { RuleSource } from '../domain/rulesets/rule.ts';
import type { RulesetImage } from '../domain/rulesets/ruleset.ts';
import { defaultLoadDeadlineMs } from './pool/load-timeouts.ts';
import { areSmall, compileThreads, endOnAbort, type SpareThreads } from './pool/spare-threads.ts';
import { within } from './within.ts';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);
/** Levels of zstd. The highest takes a second or two for a thousand rules, and saves a fifth of the download of every worker; of small images it saves next to nothing. */
const levels = { small: 9, large: 19 };

export interface BuildImageOptions {
  /** Milliseconds. Default: 120,000. */
  readonly deadlineMs?: number;
  /** `strong` for an image that is downloaded; `fast` for one that stays on this machine. Default: strong. */
  readonly compression?: 'strong' | 'fast';
  /** Ends the compilation, which rejects with its reason. Default: none. */
  readonly signal?: AbortSignal;
  /** For tests: other threads than those of the process. */
  readonly spare?: SpareThreads;
}
/** Bytes, unpacked, from which an image counts as large. */
const largeImageBytes = 2 * 1024 * 1024;

/**
 * Compiles rules in a separate thread and makes the image to be stored. The same rules, engine and
 * compression give the same image, byte for byte.
 * @throws RearviewError `ERR_RULES_INVALID`, `ERR_RULES_TIMEOUT`
 */
export async function buildImage(
  sources: readonly RuleSource[],
  {
    deadlineMs = defaultLoadDeadlineMs,
    compression = 'strong',
    signal,
    spare = compileThreads,
  }: BuildImageOptions = {},
): Promise<RulesetImage | null> {
  signal?.throwIfAborted();
  const thread = spare.take();
  let isFree = false;
  const stopWatching = endOnAbort(thread, signal);
  try {
    const asked = thread.ask({ type: 'load', rulesetId: '', origin: { from: 'sources', sources } });
    const answer = await within(deadlineMs, asked);
    if (answer === 'timeout') {
      throw new RearviewError(
        'ERR_RULES_TIMEOUT',
        `The engine did not compile the rules within ${deadlineMs} ms: run "rearview rules check" to find the slow rule file.`,
      );
    }
    if (answer.type === 'loaded') {
      thread.send({ type: 'free', rulesetId: '' });
      isFree = true;
      return answer.image === null || compression === 'fast' ? answer.image : await pack(answer.image);
    }
    throw new RearviewError('ERR_RULES_INVALID', failure(answer));
  } finally {
    stopWatching();
    await (isFree && areSmall(sources) ? spare.giveBack(thread) : thread.kill());
  }
}

function failure(answer: {
  readonly type: string;
  readonly message?: readonly string[];
  readonly detail?: string;
}): string | readonly string[] {
  return answer.message ?? `The engine crashed while it compiled the rules. ${answer.detail ?? answer.type}`;
}

async function pack(image: RulesetImage): Promise<RulesetImage> {
  const memory = await decompress(image.memory);
  const level = memory.length < largeImageBytes ? levels.small : levels.large;
  const params = { [constants.ZSTD_c_compressionLevel]: level };
  return { ...image, memory: new Uint8Array(await compress(memory, { params })) };
}
