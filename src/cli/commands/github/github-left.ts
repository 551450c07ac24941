import { z } from 'zod';
import { reviewSchema, reviewSections } from '../../../pull-requests/section.ts';
import { defineCommand } from '../../define-command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { printLine, safeText } from '../../output/output.ts';
import { reportFlag, tellSection } from '../../output/review-section.ts';

/** `github left`. */
export const githubLeft = defineCommand({
  description:
    'Writes, in the place of a section of a review that is not made, why it is not: of a fork nothing is scanned, say. Whoever reads the comment on the pull request then knows that nobody looked.',
  args: [['<section>', `Which: ${reviewSections.join(', ')}.`]],
  flags: [['--why <text>', 'A sentence, at most 1,000 characters.'], reportFlag],
  options: z.object({
    why: z.string({ error: 'a sentence is needed' }).min(1).max(1000),
    report: z.string({ error: 'a file is needed' }),
  }),
  examples: ['rearview github left preview --why "Nothing is scanned for forks." --report preview.json'],
  async run(context, { args: [name], options: { why, report } }) {
    const section = reviewSections.find((each) => each === name);
    if (section === undefined) {
      await printLine(
        context.stderr,
        safeText(`${name}: there is no such section; there are ${reviewSections.join(', ')}.`),
      );
      return exitCodes.usage;
    }
    await tellSection(context, report, { schema: reviewSchema, section: 'left', verdict: 'unknown', of: section, why });
    await printLine(context.stderr, safeText(`${section} left out: ${why}`));
    return exitCodes.ok;
  },
});
