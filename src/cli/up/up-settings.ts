import { fileURLToPath } from 'node:url';
import type { LocalTarget } from '../../targets/local/local-target.ts';
import type { Say } from './say.ts';

/** The small corpus that ships with the project. */
const sampleCorpus = fileURLToPath(new URL('../../../docs/sample-corpus', import.meta.url));

interface UpSettings {
  readonly target: LocalTarget;
  readonly options: {
    readonly corpus: readonly string[];
    readonly webhook?: string | null;
  };
  readonly say: Say;
}

/** Registers the folders that were named, those of the last run, or the sample corpus. */
export async function useCorpus({ target, options, say }: UpSettings): Promise<void> {
  const before = await target.corpusRoots();
  const isAsBefore = options.corpus.length === 0 && before.length > 0;
  const roots = isAsBefore ? before : options.corpus.length > 0 ? options.corpus : [sampleCorpus];
  await target.setCorpusRoots(roots);
  say('corpus', `${roots.join(', ')}, scanned in place${isAsBefore ? ' as last time; --corpus changes it' : ''}`);
}

/**
 * The webhook is stored, because undelivered alerts are sent again. Only the host of its URL is
 * printed: the path may have a token.
 */
export async function useWebhook({ target, options, say }: UpSettings): Promise<void> {
  await target.setWebhook();
  if (target.webhook === null) return;
  const remembered = options.webhook === undefined ? ' as last time; --webhook none removes it' : '';
  say('webhook', `alerts go to ${new URL(target.webhook).host}${remembered}`);
}
