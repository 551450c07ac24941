/** Syncs the sources of a rules folder, and kills itself at a step: `node killed-sync.ts RULES STEP`. */
import { syncSources } from '../../app/sources/sync-sources.ts';
import { acquireSyncLock, openRuleRepositories } from '../../cli/wiring/rule-sources.ts';
import { readSources } from '../../rules/sources/read-sources.ts';

const [rulesDir = '', wanted = ''] = process.argv.slice(2);
await syncSources({
  ...{ rulesDir, sources: await readSources(rulesDir), only: null, acquire: acquireSyncLock },
  repositories: openRuleRepositories({ env: process.env, signal: new AbortController().signal }),
  onResult: () => Promise.resolve(),
  onStep: (step) => step === wanted && process.kill(process.pid, 'SIGKILL'),
});
