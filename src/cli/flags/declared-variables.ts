import { RearviewError } from '../../domain/errors.ts';
import type { GivenVariables } from '../../domain/rulesets/externals.ts';
import { declareByText, nameProblem, readVariable, type VariableDeclaration } from '../../domain/rulesets/variables.ts';
import type { CliContext } from '../context.ts';
import { readReviewConfig } from './review-config.ts';

/**
 * The variables that `rearview.yaml` declares.
 * @param file as `--config` has it. Default: `rearview.yaml` where there is one
 * @throws RearviewError `ERR_CONFIG`
 */
export async function declaredVariables(
  context: Pick<CliContext, 'cwd'>,
  file?: string,
): Promise<readonly VariableDeclaration[]> {
  return (await readReviewConfig(context, file)).variables;
}

/** The flag that sets variables. */
export const defineFlag = [
  '--define <name=value...>',
  'Value of an external variable, for all files. May be repeated. Also declares the variable if rearview.yaml does not.',
] as const;

/**
 * The values of `--define`, by name.
 * @throws RearviewError `ERR_USAGE`
 */
export function readDefines(defines: readonly string[]): ReadonlyMap<string, string> {
  const read = defines.map((each): readonly [string, string] => {
    const at = each.indexOf('=');
    if (at < 0) throw new RearviewError('ERR_USAGE', `--define: "${each}" has no value: use name=value.`);
    const name = each.slice(0, at);
    const problem = nameProblem(name);
    if (problem !== null) throw new RearviewError('ERR_USAGE', `--define: ${problem}`);
    return [name, each.slice(at + 1)];
  });
  return new Map(read);
}

/** The declared variables, and those that are only defined. */
export function withDefined(
  declared: readonly VariableDeclaration[],
  defined: ReadonlyMap<string, string>,
): readonly VariableDeclaration[] {
  const known = new Set(declared.map(({ name }) => name));
  return [
    ...declared,
    ...[...defined].filter(([name]) => !known.has(name)).map(([name, text]) => declareByText(name, text)),
  ];
}

/**
 * The values that are defined, as a scan takes them.
 * @param declared the variables of the rules
 * @throws RearviewError `ERR_USAGE` for an unknown variable or a value of another type
 */
export function definedValues(
  declared: readonly VariableDeclaration[],
  defined: ReadonlyMap<string, string>,
): GivenVariables {
  for (const [name, text] of defined) {
    const types = declared.filter((each) => each.name === name).map(({ type }) => type);
    if (types.length === 0) {
      throw new RearviewError('ERR_USAGE', `--define: Unknown variable "${name}": the ruleset does not use it.`);
    }
    const wrong = types.find((type) => readVariable(type, text) === null);
    if (wrong !== undefined) {
      throw new RearviewError(
        'ERR_USAGE',
        `--define: Invalid value "${text}" for the variable ${name} of type ${wrong}.`,
      );
    }
  }
  return Object.fromEntries([...defined].map(([name, text]) => [name.toLowerCase(), text]));
}
