import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { z } from 'zod';
import { messageOf, RearviewError } from '../../../domain/errors.ts';
import { maxSettingsBytes, readTextFile } from '../../../files/read-regular-file.ts';
import { clipMiddle } from '../../../pull-requests/clip-middle.ts';
import { reviewSchema } from '../../../pull-requests/section.ts';
import { defineCommand } from '../../define-command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { choiceFlag } from '../../flags/flags.ts';
import { reportFlag, tellSection } from '../../output/review-section.ts';

/** What a section takes, see `src/pull-requests/section.ts`. */
const maxTextLength = 40_000;

const verdicts = { success: 'passed', failure: 'failed', cancelled: 'unknown' } as const;

/** `github infrastructure`. */
export const githubInfrastructure = defineCommand({
  description:
    'Writes what "pulumi preview" printed as a section of the comment on a pull request; of long output the middle is left out. Changes nothing.',
  args: [['<file>', 'What it printed.']],
  flags: [
    ['--stack <name>', 'The stack that would be updated.'],
    ['--outcome <outcome>', 'How it ended: success, failure or cancelled, as GitHub has it of a step.'],
    reportFlag,
  ],
  options: z.object({
    stack: z.string({ error: 'the name of the stack is needed' }).min(1).max(200),
    outcome: choiceFlag(['success', 'failure', 'cancelled']),
    report: z.string({ error: 'a file is needed' }),
  }),
  examples: ['rearview github infrastructure preview.txt --stack prod --outcome success --report infrastructure.json'],
  async run(context, { args: [file = ''], options: { stack, outcome, report } }) {
    const text = await readText(path.resolve(context.cwd, file));
    await tellSection(context, report, {
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
    throw new RearviewError('ERR_USAGE', `${file} cannot be read: ${messageOf(cause)}`, { cause });
  }
}
