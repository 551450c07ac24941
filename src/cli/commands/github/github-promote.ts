import { stagedProposals } from '../../../app/gates/staged-proposals.ts';
import { type PromotedRule, promoteStaged } from '../../../app/pull-requests/promote-staged.ts';
import { noteStagedRules, readStagedSince } from '../../../app/rulesets/staged-rules.ts';
import { RearviewError } from '../../../domain/errors.ts';
import type { CliContext, GlobalOptions } from '../../context.ts';
import { defineCommand } from '../../define-command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { flagSet, textFlag } from '../../flags/flag.ts';
import { switchFlag } from '../../flags/flags.ts';
import { readReviewConfig, reviewConfigFlag } from '../../flags/review-config.ts';
import { repositoryPath } from '../../git/repository-path.ts';
import { printLine, safeText } from '../../output/output.ts';
import { openCodeHost } from '../../wiring/code-host.ts';
import { withExistingTarget } from '../../wiring/with-target.ts';

/** `github promote`. */
export const githubPromote = defineCommand({
  description:
    'Open a pull request for each staged rule that is due.\n\nA rule that stayed in its band for its soak time is promoted. A rule that left its band is removed with its tests. Open pull requests are updated; closed ones are not opened again for the same logic.\nNeeds the permissions contents: write and pull-requests: write, and the setting "Allow GitHub Actions to create and approve pull requests".\nEnds with 2 if a pull request that is due could not be opened.',
  flags: [reviewConfigFlag, ['--dry-run', 'Print the pull requests with their texts, and write nothing.']],
  options: flagSet({ config: textFlag.optional(), dryRun: switchFlag }),
  examples: ['rearview github promote --target aws', 'rearview github promote --dry-run'],
  run: (context, { options: { config: file, dryRun }, globals }) =>
    withExistingTarget(globals, async (target) => {
      const { library, state } = target;
      const config = await readReviewConfig(context, file);
      const paths = repositoryPaths(context, globals);
      const host = openCodeHost(context);
      const parts = { pointers: state.pointers, library, now: Date.now };
      const since = dryRun ? await readStagedSince(state.pointers) : await noteStagedRules(parts);
      const rules = await stagedProposals(target, since, { limits: config.staged, nowMs: Date.now() });
      const current = await library.current();
      if (current === null || rules.length === 0) {
        await printLine(context.stdout, 'no staged rules are active');
        return exitCodes.ok;
      }
      let problems = 0;
      const done = await promoteStaged(host, rules, {
        ...{ ...paths, dryRun, ruleset: await library.get(current.rulesetId), limits: config.staged },
        rearview: globals.target === 'aws' ? 'rearview --target aws' : 'rearview',
        async onProblem({ rule }, why) {
          problems += 1;
          await printLine(context.stderr, safeText(`${rule}: ${why}`));
        },
      });
      for (const each of rules.filter(({ decision }) => decision === 'soaking')) {
        const days = `${each.soakedDays.toFixed(1)} of ${config.staged.soakDays} days`;
        await printLine(context.stdout, safeText(`soaking  ${each.rule}  ${days}`));
      }
      for (const each of done) {
        await printLine(context.stdout, safeText(lineOf(each, dryRun)));
        if (dryRun && each.why === null) await printLine(context.stdout, `\n${each.body}`);
      }
      return problems > 0 ? exitCodes.usage : exitCodes.ok;
    }),
});

/** @throws RearviewError `ERR_CONFIG` where a folder is not in the repository */
function repositoryPaths(context: CliContext, { rulesDir, testsDir }: GlobalOptions) {
  const pathOf = (flag: string, folder: string) => {
    const path = repositoryPath(context, folder);
    if (path !== '..' && !path.startsWith('../')) return path;
    throw new RearviewError('ERR_CONFIG', `${flag}: ${folder} is not in the repository: run this in its root.`);
  };
  return { rulesPath: pathOf('--rules', rulesDir), testsPath: pathOf('--tests', testsDir) };
}

function lineOf({ rule, kind, outcome, url, why }: PromotedRule, dryRun: boolean): string {
  const result = dryRun && (outcome === 'opened' || outcome === 'updated') ? `would be ${outcome}` : outcome;
  return [
    rule.decision === kind ? kind : `${kind} (not due)`,
    rule.rule,
    result,
    ...[url, why].filter((each) => each !== null),
  ].join('  ');
}
