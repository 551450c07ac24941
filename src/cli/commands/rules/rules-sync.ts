import { checkSources } from '../../../app/sources/check-sources.ts';
import { type SyncedSource, type SyncFailure, syncSources } from '../../../app/sources/sync-sources.ts';
import { RearviewError } from '../../../domain/errors.ts';
import { nameHint } from '../../../domain/text/near-names.ts';
import { readSources } from '../../../rules/sources/read-sources.ts';
import type { RuleSourceConfig } from '../../../rules/sources/source-config.ts';
import type { CliContext } from '../../context.ts';
import { defineCommand } from '../../define-command.ts';
import { exitCodeOf, exitCodes } from '../../exit-codes.ts';
import { flagSet } from '../../flags/flag.ts';
import { switchFlag } from '../../flags/flags.ts';
import { errorReport, jsonLine, painter, plural, printLine, safeText } from '../../output/output.ts';
import { differenceLine, syncLines } from '../../output/sync-lines.ts';
import { acquireSyncLock, openRuleRepositories } from '../../wiring/rule-sources.ts';

/** `rules sync`. */
export const rulesSync = defineCommand({
  description:
    'Fetch the rules of the repositories that rules/sources.yaml names.\n\nRules are written to rules/vendor/<source>, and what was fetched to rules/sources.lock.json. Commit both.\nWithout SOURCE, all sources are fetched, and folders of sources that are no longer configured are removed.\nA source that fails stays as it was. Links, submodules and files of Git LFS are refused.',
  args: [['[source]', 'Fetch only this source. Default: all.']],
  flags: [
    ['--check', 'Fetch and write nothing: compare rules/vendor with the lock, and end with 1 if they differ.'],
    ['--json', 'Print JSON, one source a line; with --check one difference a line.'],
  ],
  options: flagSet({ check: switchFlag, json: switchFlag }),
  examples: ['rearview rules sync', 'rearview rules sync signature-base', 'rearview rules sync --check'],
  async run(context, { args, options, globals: { rulesDir } }) {
    const sources = await readSources(rulesDir);
    const only = namedSource(sources, args[0]);
    return options.check
      ? await check(context, { rulesDir, sources, only, json: options.json })
      : await sync(context, { rulesDir, sources, only, json: options.json });
  },
});

interface SyncRun {
  readonly rulesDir: string;
  readonly sources: readonly RuleSourceConfig[];
  readonly only: string | null;
  readonly json: boolean;
}

function namedSource(sources: readonly RuleSourceConfig[], name: string | undefined): string | null {
  if (name === undefined) return null;
  const names = sources.map((each) => each.name);
  if (names.includes(name)) return name;
  const [first, ...listed] = nameHint(name, names, 'rules/sources.yaml has no sources.');
  throw new RearviewError('ERR_USAGE', [`Unknown source "${name}". ${first}`, ...listed]);
}

async function sync(context: CliContext, { rulesDir, sources, only, json }: SyncRun): Promise<number> {
  const failures: SyncFailure[] = [];
  const onResult = async (result: SyncedSource | SyncFailure): Promise<void> => {
    if (result.status === 'failed') {
      failures.push(result);
      if (json)
        await printLine(context.stdout, jsonLine({ ...result, error: result.error.message, code: result.error.code }));
      await printLine(context.stderr, errorReport(result.error, painter(context, 'stderr')));
      return;
    }
    for (const line of json ? [jsonLine(result)] : syncLines(result)) await printLine(context.stdout, line);
    for (const each of result.warnings) {
      const line = `${painter(context, 'stderr')('yellow', 'warning')}: ${safeText(`${result.source}: ${each}`)}`;
      await printLine(context.stderr, line);
    }
  };
  const results: string[] = [];
  await syncSources({
    ...{ rulesDir, sources, only, repositories: openRuleRepositories(context), acquire: acquireSyncLock },
    onResult: async (result) => {
      results.push(result.status);
      await onResult(result);
    },
  });
  if (!json) await printLine(context.stdout, summary(results));
  const [first] = failures;
  return first === undefined ? exitCodes.ok : exitCodeOf(first.error);
}

function summary(results: readonly string[]): string {
  if (results.length === 0) return 'no sources: name them in rules/sources.yaml';
  if (results.every((each) => each === 'unchanged' || each === 'off')) return 'nothing changed';
  const counts = ['updated', 'unchanged', 'removed', 'off', 'failed'].flatMap((status) => {
    const count = results.filter((each) => each === status).length;
    return count === 0 ? [] : [`${count} ${status}`];
  });
  return `${plural(results.length, 'source')}: ${counts.join(', ')}`;
}

async function check(context: CliContext, { rulesDir, sources, only, json }: SyncRun): Promise<number> {
  const found = await checkSources(rulesDir, sources, only);
  for (const each of found) await printLine(context.stdout, json ? jsonLine(each) : differenceLine(each));
  if (!json) {
    const line = found.length === 0 ? 'rules/vendor is as locked' : `${plural(found.length, 'difference')} to the lock`;
    await printLine(context.stdout, line);
  }
  return found.length === 0 ? exitCodes.ok : exitCodes.problems;
}
