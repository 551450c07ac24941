import { appendFile } from 'node:fs/promises';
import path from 'node:path';
import { safeJson } from '../../domain/text/safe-json.ts';
import { renderSection } from '../../pull-requests/markdown/render-section.ts';
import { type ReviewSection, reviewSectionSchema } from '../../pull-requests/section.ts';
import type { CliContext } from '../context.ts';
import { writeOut } from './write-out.ts';

/** The flag of commands that write a section of a review. */
export const reportFlag = [
  '--report <file>',
  'Write a section for the pull request comment to this file; in GitHub Actions, also add it to the job summary.',
] as const;

/**
 * Writes a section of a review to the file of `--report`, and to the job summary if there is one
 * (`GITHUB_STEP_SUMMARY`).
 * @param file value of the flag; undefined: nothing is written
 */
export async function writeSection(
  { cwd, env, signal }: Pick<CliContext, 'cwd' | 'env' | 'signal'>,
  file: string | undefined,
  section: ReviewSection,
): Promise<void> {
  if (file === undefined) return;
  // A section that a reader would refuse is a bug: fail here.
  const checked = reviewSectionSchema.parse(section);
  await writeOut({ signal }, '--report', path.resolve(cwd, file), `${safeJson(checked, 2)}\n`);
  const summary = env['GITHUB_STEP_SUMMARY'];
  if (summary !== undefined && summary !== '') await appendFile(summary, `${renderSection(checked)}\n`);
}
