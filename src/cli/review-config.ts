import path from 'node:path';
import { checkShape } from '../domain/check-shape.ts';
import { formatDiagnostic } from '../domain/diagnostic.ts';
import { messageOf, RearviewError } from '../domain/errors.ts';
import { maxSettingsBytes, readTextFile } from '../files/read-regular-file.ts';
import { type ReviewConfig, reviewConfigSchema } from '../reviews/review-config.ts';
import { parseYaml } from '../rules/testing/yaml-places.ts';
import type { CliContext } from './context.ts';

const defaultFile = 'rearview.yaml';

/** The flag that names the configuration of reviews. */
export const reviewConfigFlag = [
  '--config <file>',
  'What changes of rules are held against (docs/github.md). Default: rearview.yaml where there is one, else its defaults.',
] as const;

/** The folder that paths of the configuration are relative to, whether there is such a file or not. Absolute. */
export function reviewConfigDir({ cwd }: Pick<CliContext, 'cwd'>, file: string | undefined): string {
  return path.dirname(path.resolve(cwd, file ?? defaultFile));
}

/**
 * Reads the configuration of reviews.
 * @param file as the flag has it; undefined for the default
 * @throws RearviewError `ERR_CONFIG` naming file and key
 */
export async function readReviewConfig(
  { cwd }: Pick<CliContext, 'cwd'>,
  file: string | undefined,
): Promise<ReviewConfig> {
  const text = await readConfigText(path.resolve(cwd, file ?? defaultFile), file !== undefined);
  const { value, problems, diagnose } = parseYaml(file ?? defaultFile, text, 'config');
  const parsed = checkShape(reviewConfigSchema, value ?? {});
  if (problems.length === 0 && parsed.success) return parsed.data;
  const all = problems.length > 0 ? problems : diagnose(parsed.error?.issues ?? []);
  throw new RearviewError('ERR_CONFIG', all.map(formatDiagnostic));
}

async function readConfigText(file: string, isNamed: boolean): Promise<string> {
  try {
    return await readTextFile(file, { maxBytes: maxSettingsBytes });
  } catch (cause) {
    if (!isNamed && cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return '';
    throw new RearviewError('ERR_CONFIG', `${file} cannot be read: ${messageOf(cause)}`, { cause });
  }
}
