import { reviewSchema, reviewSections } from '../../../pull-requests/section.ts';
import { defineCommand } from '../../define-command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { flagSet, requiredFlag } from '../../flags/flag.ts';
import { printLine, safeText } from '../../output/output.ts';
import { reportFlag, writeSection } from '../../output/review-section.ts';

/** `github left`. */
export const githubLeft = defineCommand({
  description:
    'Record why a section of the pull request comment was left out.\n\nThe comment then shows the reason, for example that nothing is scanned for forks.',
  args: [['<section>', `The section: ${reviewSections.join(', ')}.`]],
  flags: [['--why <text>', 'The reason, a sentence of at most 1,000 characters.'], reportFlag],
  options: flagSet({
    why: requiredFlag('a sentence is required').check(
      (text) => text !== '' && text.length <= 1000,
      () => 'use 1 to 1,000 characters.',
    ),
    report: requiredFlag('a file is required'),
  }),
  examples: ['rearview github left preview --why "Nothing is scanned for forks." --report preview.json'],
  async run(context, { args: [name], options: { why, report } }) {
    const section = reviewSections.find((each) => each === name);
    if (section === undefined) {
      await printLine(context.stderr, safeText(`${name}: unknown section: use one of ${reviewSections.join(', ')}.`));
      return exitCodes.usage;
    }
    await writeSection(context, report, {
      schema: reviewSchema,
      section: 'left',
      verdict: 'unknown',
      of: section,
      why,
    });
    await printLine(context.stderr, safeText(`${section} left out: ${why}`));
    return exitCodes.ok;
  },
});
