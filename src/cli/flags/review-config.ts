import path from 'node:path';
import { RearviewError } from '../../domain/errors.ts';
import { formatDiagnostic } from '../../domain/rulesets/diagnostic.ts';
import type { VariableDeclaration } from '../../domain/rulesets/variables.ts';
import { checkShape } from '../../domain/text/check-shape.ts';
import { maxSettingsBytes, readTextFile } from '../../files/read-regular-file.ts';
import { reasonOf } from '../../files/system-error.ts';
import { parseYaml } from '../../files/yaml/yaml-places.ts';
import { declaredVariablesSchema, type ReviewConfig, reviewConfigSchema } from '../../gates/review-config.ts';
import type { CliContext } from '../context.ts';

/** Name of the configuration, in the folder that a command runs in. */
export const defaultConfigFile = 'rearview.yaml';

/** The flag that names the configuration of reviews. */
export const reviewConfigFlag = [
  '--config <file>',
  'Configuration of the gates (docs/reference/configuration.md). Default: rearview.yaml if it exists.',
] as const;

/**
 * Absolute folder that paths of the configuration are relative to, even if the file does not exist.
 */
export function reviewConfigDir({ cwd }: Pick<CliContext, 'cwd'>, file: string | undefined): string {
  return path.dirname(path.resolve(cwd, file ?? defaultConfigFile));
}

/**
 * Reads the configuration of reviews.
 * @param file value of the flag; undefined for the default
 * @throws RearviewError `ERR_CONFIG` naming file and key
 */
export async function readReviewConfig(
  { cwd }: Pick<CliContext, 'cwd'>,
  file: string | undefined,
): Promise<ReviewConfig> {
  const text = await readConfigText(path.resolve(cwd, file ?? defaultConfigFile), file !== undefined);
  const { value, problems, diagnose } = parseYaml(file ?? defaultConfigFile, text, 'config');
  const parsed = checkShape(reviewConfigSchema, value ?? {});
  if (problems.length === 0 && parsed.success) return parsed.data;
  const all = problems.length > 0 ? problems : diagnose(parsed.error?.issues ?? []);
  throw new RearviewError('ERR_CONFIG', all.map(formatDiagnostic));
}

/**
 * The variables that a configuration declares, whatever else it holds.
 * @param file what errors name
 * @throws RearviewError `ERR_CONFIG`
 */
export function parseDeclaredVariables(file: string, text: string): readonly VariableDeclaration[] {
  const { value, problems, diagnose } = parseYaml(file, text, 'config');
  const parsed = checkShape(declaredVariablesSchema, value ?? {});
  if (problems.length === 0 && parsed.success) return parsed.data.variables;
  const all = problems.length > 0 ? problems : diagnose(parsed.error?.issues ?? []);
  throw new RearviewError('ERR_CONFIG', all.map(formatDiagnostic));
}

async function readConfigText(file: string, isNamed: boolean): Promise<string> {
  try {
    return await readTextFile(file, { maxBytes: maxSettingsBytes });
  } catch (cause) {
    if (!isNamed && cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return '';
    throw new RearviewError('ERR_CONFIG', `Cannot read ${file}: ${reasonOf(cause)}`, { cause });
  }
}
