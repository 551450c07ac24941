import { availableParallelism, userInfo } from 'node:os';
import path from 'node:path';
import { createByteBudget } from '../../../app/analysis/byte-budget.ts';
import { type DraftedRule, draftRule, type NewRuleSample } from '../../../app/propose/draft-rule.ts';
import { type GoodwareSearch, searchGoodware } from '../../../app/propose/goodware-strings.ts';
import { refuseExisting, writeNewRule } from '../../../app/propose/write-new-rule.ts';
import { hasCode, messageOf, RearviewError } from '../../../domain/errors.ts';
import { severities } from '../../../domain/rulesets/severity.ts';
import { createScanPool } from '../../../engine/pool/scan-pool.ts';
import { runGit } from '../../../files/git/run-git.ts';
import { goodwarePlace } from '../../../gates/goodware-place.ts';
import type { DraftString } from '../../../rules/propose/rule-draft.ts';
import { readRuleName } from '../../../rules/propose/rule-name.ts';
import { engineMemoryFor } from '../../../targets/engine-memory.ts';
import type { CliContext } from '../../context.ts';
import { defineCommand } from '../../define-command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { declaredVariables } from '../../flags/declared-variables.ts';
import { type FlagSetValues, flagSet, textFlag } from '../../flags/flag.ts';
import { choiceFlag, switchFlag, textsFlag } from '../../flags/flags.ts';
import { readReviewConfig, reviewConfigDir } from '../../flags/review-config.ts';
import { sizeFlag } from '../../flags/size-flag.ts';
import { formatBytes, plural, printLine, safeText } from '../../output/output.ts';
import { beginStatusText } from '../../output/status-text.ts';
import { readNamedFile } from '../../read-named-file.ts';
import { openScanTargets } from '../../wiring/scan-targets.ts';

const mebibyte = 1024 * 1024;

const options = flagSet({
  from: textsFlag,
  description: textFlag.default('Describe what this rule finds'),
  author: textFlag.optional(),
  reference: textFlag.optional(),
  severity: choiceFlag(severities).default('medium'),
  goodware: textsFlag,
  goodwareSize: sizeFlag.default(512 * mebibyte),
  withoutGoodware: switchFlag,
  maxSize: sizeFlag.default(64 * mebibyte),
});
type Options = FlagSetValues<typeof options>;

/** `rules new`. */
export const rulesNew = defineCommand({
  description:
    'Start a rule file with its tests, from samples or empty.\n\n--from proposes strings that all samples have and goodware does not: texts (ASCII and wide), and byte sequences where texts are few.\nThe samples become tests: short texts as they are, others in an archive encrypted with "infected".\nThe result is compiled, checked and tested before it is written. Existing files are never changed.',
  args: [
    [
      '<name>',
      'Path of the new file below the rules folder, or the name of its rule, or both: folder/file.yar:Rule_Name.',
    ],
  ],
  flags: [
    ['--from <file...>', 'Sample that the rule shall match. May be repeated, for samples of one family.'],
    ['--description <text>', 'What the rule finds. Default: a text to replace.'],
    ['--author <name>', 'Default: user.name of Git, otherwise the name of the user.'],
    ['--reference <text>', 'Default: the hash of the first sample.'],
    ['--severity <level>', 'low, medium, high or critical. Default: medium.'],
    [
      '--goodware <place...>',
      'Name in goodware.places of rearview.yaml. May be repeated. Default: linux, macos or windows, by the platform of this machine.',
    ],
    ['--goodware-size <size>', 'Goodware to read at most: bytes, or with a unit. Default: 512MiB.'],
    ['--without-goodware', 'Look for the strings in no goodware.'],
    ['--max-size <size>', 'Larger samples are refused: bytes, or with a unit. Default: 64MiB.'],
  ],
  options,
  examples: [
    'rearview rules new ransomware/lockbit',
    'rearview rules new ransomware/lockbit.yar:Ransomware_LockBit_Note --from note1.txt --from note2.txt',
    'rearview rules new executable/loader --from loader.exe --goodware-size 4GiB --severity high',
  ],
  handlesInterrupt: true,
  async run(context, { args: [name = ''], options: given, globals }) {
    const { namespace, rule } = readRuleName(name);
    const folders = { rulesDir: globals.rulesDir, testsDir: globals.testsDir, namespace };
    await refuseExisting(folders);
    const samples = given.from.map((file) => sampleAt(context, file, given.maxSize));
    let search: GoodwareSearch | null = null;
    const draft = await draftRule({
      ...{ rule, samples, file: path.posix.basename(namespace) },
      meta: {
        description: given.description,
        author: given.author ?? (await authorName(context)),
        date: new Date().toISOString().slice(0, 10),
        reference: given.reference ?? (samples.length === 0 ? 'none yet' : 'the samples below, by their SHA-256'),
        severity: given.severity,
      },
      ...(given.withoutGoodware
        ? {}
        : {
            rare: async (strings) => {
              search = await searchPlace(context, strings, given);
              return search.rare;
            },
          }),
    });
    if (context.signal.aborted) {
      await printLine(context.stderr, 'Interrupted: nothing was written.');
      return exitCodes.interrupted;
    }
    const written = await writeNewRule(folders, draft, await declaredVariables(context));
    await printResult(context, { written, draft, search });
    return exitCodes.ok;
  },
});

function sampleAt(context: CliContext, file: string, maxBytes: number): NewRuleSample {
  return {
    name: file,
    read: () => readNamedFile(context, file, { maxBytes, flag: '--from', sizeFlag: '--max-size' }),
  };
}

async function authorName(context: CliContext): Promise<string> {
  const git = await runGit(context, context.cwd, ['config', 'user.name']).catch(() => null);
  const name = git?.code === 0 ? git.stdout.toString().trim() : '';
  if (name !== '') return name;
  try {
    return userInfo().username;
  } catch {
    // A user of a container may have no name.
    return 'unknown';
  }
}

async function searchPlace(
  context: CliContext,
  strings: readonly DraftString[],
  { goodware: names, goodwareSize }: Options,
): Promise<GoodwareSearch> {
  const { goodware } = await readReviewConfig(context, undefined);
  const place = goodwarePlace(goodware.places, names, process.platform);
  const jobs = availableParallelism();
  const targets = await openScanTargets(place.roots, { cwd: reviewConfigDir(context, undefined), jobs }).catch(
    (cause) => {
      if (!hasCode(cause, 'ERR_USAGE')) throw cause;
      const way = 'Use --without-goodware, or change rearview.yaml.';
      throw new RearviewError('ERR_CONFIG', `goodware.places, ${place.name}: ${messageOf(cause)} ${way}`, { cause });
    },
  );
  const pool = createScanPool({ workers: jobs, maxMemoryBytes: engineMemoryFor(goodware.maxFileBytes) });
  const status = beginStatusText(context);
  try {
    return await searchGoodware({
      ...{ strings, pool, files: targets.files(), readAhead: targets.readAhead },
      ...{ maxBytes: goodware.maxFileBytes, totalBytes: goodwareSize, signal: context.signal },
      budget: createByteBudget(2 * goodware.maxFileBytes),
      onProgress(files, bytes) {
        status.show(`goodware ${place.name}: ${plural(files, 'file')}, ${formatBytes(bytes)}`);
      },
    });
  } finally {
    status.clear();
    await pool.close();
    targets.close();
  }
}

interface NewRuleResult {
  readonly written: readonly string[];
  readonly draft: DraftedRule;
  readonly search: GoodwareSearch | null;
}

async function printResult({ stdout, stderr, cwd }: CliContext, { written, draft, search }: NewRuleResult) {
  for (const each of written) await printLine(stdout, safeText(path.relative(cwd, each)));
  const { candidates, strings } = draft;
  if (candidates > 0) {
    const part = search?.isPartial ? ', which is a part (--goodware-size)' : '';
    const goodware =
      search === null
        ? 'not compared with goodware'
        : `${search.rare.length} not in goodware (${plural(search.files, 'file')}, ${formatBytes(search.bytes)}${part})`;
    await printLine(
      stderr,
      `${plural(candidates, 'candidate')}, ${goodware}; ${plural(strings.length, 'string')} chosen`,
    );
  }
  await printLine(stderr, 'Next: review strings and condition, fill in the meta, and replace the harmless test.');
}
