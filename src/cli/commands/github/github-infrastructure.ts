import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { messageOf, RearviewError } from '../../../domain/errors.ts';
import { maxSettingsBytes, readTextFile } from '../../../files/read-regular-file.ts';
import { clipMiddle } from '../../../pull-requests/clip-middle.ts';
import { reviewSchema } from '../../../pull-requests/section.ts';
import { defineCommand } from '../../define-command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { flagSet, requiredFlag } from '../../flags/flag.ts';
import { choiceFlag } from '../../flags/flags.ts';
import { reportFlag, writeSection } from '../../output/review-section.ts';

/** Bound of a section, see `src/pull-requests/section.ts`. */
const maxTextLength = 40_000;

const verdicts = { success: 'passed', failure: 'failed', cancelled: 'unknown' } as const;

/** `github infrastructure`. */
export const githubInfrastructure = defineCommand({
  description:
    'Record the output of "pulumi preview" as a section of the pull request comment.\n\nThe middle of a long output is left out. Changes no infrastructure.',
  args: [['<file>', 'File with the output.']],
  flags: [
    ['--stack <name>', 'The stack that would be updated.'],
    ['--outcome <outcome>', 'Outcome of the GitHub Actions step: success, failure or cancelled.'],
    reportFlag,
  ],
  options: flagSet({
    stack: requiredFlag('the name of the stack is required').check(
      (text) => text !== '' && text.length <= 200,
      () => 'use 1 to 200 characters.',
    ),
    outcome: choiceFlag(['success', 'failure', 'cancelled']),
    report: requiredFlag('a file is required'),
  }),
  examples: ['rearview github infrastructure preview.txt --stack prod --outcome success --report infrastructure.json'],
  async run(context, { args: [file = ''], options: { stack, outcome, report } }) {
    const text = await readText(path.resolve(context.cwd, file));
    await writeSection(context, report, {
      ...{ schema: reviewSchema, section: 'infrastructure', verdict: verdicts[outcome], stack },
      text: clipMiddle(stripVTControlCharacters(text).trim(), maxTextLength),
    });
    return exitCodes.ok;
  },
});

async function readText(file: string): Promise<string> {
  try {
    return await readTextFile(file, { maxBytes: maxSettingsBytes });
  } catch (cause) {
    throw new RearviewError('ERR_USAGE', `cannot read ${file}: ${messageOf(cause)}`, { cause });
  }
}
