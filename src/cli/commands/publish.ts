import type { Observe } from '../../app/pipeline/events.ts';
import { publish as publishAndNote } from '../../app/rulesets/make-active.ts';
import { prepareRules } from '../../app/rulesets/prepare-rules.ts';
import { RearviewError } from '../../domain/errors.ts';
import type { CurrentRuleset, PublishedRuleset } from '../../domain/rulesets/ruleset.ts';
import type { Target } from '../../targets/target.ts';
import { defineCommand } from '../define-command.ts';
import { exitCodes } from '../exit-codes.ts';
import { commitFlag } from '../flags/commit-flag.ts';
import { declaredVariables } from '../flags/declared-variables.ts';
import { flagSet, textFlag } from '../flags/flag.ts';
import { switchFlag } from '../flags/flags.ts';
import { createCommitOrder } from '../git/commit-order.ts';
import { baselineNotes, printDiagnostics } from '../output/diagnostics.ts';
import { leftOutLine, noRules } from '../output/left-out-lines.ts';
import { painter, plural, printLine, safeText } from '../output/output.ts';
import { printTo } from '../output/printed-text-lines.ts';
import { changeLines, publishedJson, publishedLine, stagedNotNotedText, stateText } from '../output/published-lines.ts';
import { withTarget } from '../wiring/with-target.ts';

/** `publish`. */
export const publish = defineCommand({
  description:
    'Check, test and build the rules, and make them the active ruleset.\n\nPublishing the active ruleset again changes nothing. With --commit, an older commit never replaces a later one, so concurrent publishers end with the later commit. Use "rearview retro start" to scan the objects that arrived before.\nPrints the id and number of the ruleset, and what changed. Ends with 1 if the rules have errors; the active ruleset stays.',
  flags: [
    ['--replaces <id>', 'Publish only if this ruleset is active ("none": no ruleset is active). Default: any.'],
    [
      '--commit <sha>',
      'Full hash of the commit of the rules. Git compares it with the published commit, so the clone must have both.',
    ],
    ['--json', 'Print the active ruleset and the state (published, unchanged or superseded) as JSON on one line.'],
  ],
  options: flagSet({ replaces: textFlag.optional(), commit: commitFlag.optional(), json: switchFlag }),
  examples: ['rearview publish', 'rearview publish --target aws --commit "$(git rev-parse HEAD)"'],
  async run(context, { options, globals }) {
    const { ruleset, diagnostics, leftOut, baseline, tests } = await prepareRules({
      ...globals,
      variables: await declaredVariables(context),
      onPrinted: printTo(context),
    });
    await printDiagnostics(context, 'stderr', globals, diagnostics, painter(context, 'stderr'));
    for (const note of baselineNotes(context, globals, baseline)) await printLine(context.stderr, note);
    const summary = leftOutLine(leftOut);
    if (summary !== null) await printLine(context.stderr, summary);
    if (ruleset === null) {
      await printLine(context.stderr, 'Not published: fix the errors above. The active ruleset stays.');
      return exitCodes.problems;
    }
    if (ruleset.rules.length === 0) {
      throw new RearviewError('ERR_CONFIG', `${noRules(globals.rulesDir, leftOut)} Nothing was published.`);
    }
    await printLine(context.stderr, `${plural(tests?.passed ?? 0, 'test')} passed`);
    const problems: string[] = [];
    const observe: Observe = (event) => {
      if (event.type === 'problem') problems.push(`problem: ${event.where}: ${event.message}`);
    };
    const { replaces, commit, json } = options;
    const order = createCommitOrder(context, globals.rulesDir);
    const put = async (target: Target) => {
      const { state, current, before, supersededBy, stagedNotNoted } = await publishAndNote(target, ruleset, {
        now: Date.now,
        ...(replaces === undefined ? {} : { replaces: replaces === 'none' ? null : replaces }),
        ...(commit === undefined
          ? {}
          : { commit: { sha: commit, isContainedIn: (other) => order.isContainedIn(commit, other) } }),
      });
      await printLine(
        context.stdout,
        json ? publishedJson(current, state) : publishedLine(current, stateText({ state, current, before })),
      );
      if (supersededBy !== null) await printLine(context.stderr, supersededNote(current, supersededBy, commit ?? ''));
      if (stagedNotNoted !== null) problems.push(stagedNotNotedText(stagedNotNoted));
      if (state !== 'published') return exitCodes.ok;
      const output = json ? context.stderr : context.stdout;
      for (const line of await changeLines(target.library, before, ruleset)) await printLine(output, line);
      return exitCodes.ok;
    };
    try {
      return await withTarget(globals, put, { observe });
    } finally {
      for (const problem of problems) await printLine(context.stderr, safeText(problem));
    }
  },
});

function supersededNote({ sequence }: CurrentRuleset, by: PublishedRuleset, given: string): string {
  if (by.sequence !== sequence) {
    return `Not published: the ruleset ${by.sequence} of the commit ${by.commit}, which is or contains ${given}, was rolled back. Revert the error in Git and publish again, or make it active again with "rearview ruleset rollback ${by.sequence}".`;
  }
  return by.commit === given
    ? `Not published: another ruleset of the commit ${given} is active. Commit your changes and publish again, or publish without --commit.`
    : `Not published: the ruleset of a later commit is active, ${by.commit}, which contains ${given}.`;
}
