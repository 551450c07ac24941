import { fileURLToPath } from 'node:url';
import type { LocalHome } from '../../targets/local/local-home.ts';
import type { Say } from './up-lines.ts';

/** The small corpus that ships with the project. */
const sampleCorpus = fileURLToPath(new URL('../../../docs/sample-corpus', import.meta.url));

interface UpSettings {
  readonly home: LocalHome;
  readonly options: {
    readonly corpus: readonly string[];
    readonly webhook?: string | null;
  };
  readonly say: Say;
}

/** Registers the folders that were named, those of the last run, or the sample corpus. */
export async function useCorpus({ home, options, say }: UpSettings): Promise<void> {
  const before = await home.corpusRoots();
  const isAsBefore = options.corpus.length === 0 && before.length > 0;
  const roots = isAsBefore ? before : options.corpus.length > 0 ? options.corpus : [sampleCorpus];
  await home.setCorpusRoots(roots);
  say('corpus', `${roots.join(', ')}, scanned in place${isAsBefore ? ' as last time; --corpus changes it' : ''}`);
}

/** Alerts that a webhook did not take stay owed to it: so it is remembered. Of its URL only the host is printed; a token may follow. */
export async function useWebhook({ home, options, say }: UpSettings): Promise<void> {
  await home.setWebhook();
  if (home.webhook === null) return;
  const remembered = options.webhook === undefined ? ' as last time; --webhook none forgets it' : '';
  say('webhook', `alerts go to ${new URL(home.webhook).host}${remembered}`);
}
