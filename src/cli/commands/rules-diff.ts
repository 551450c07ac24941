import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { prepareRules } from '../../app/prepare-rules.ts';
import { RearviewError } from '../../domain/errors.ts';
import type { Ruleset } from '../../domain/ruleset.ts';
import { diffRulesets } from '../../rules/diff-rulesets.ts';
import type { CliContext, GlobalOptions } from '../context.ts';
import { defineCommand } from '../define-command.ts';
import { printDiagnostics } from '../diagnostics.ts';
import { exitCodes } from '../exit-codes.ts';
import { switchFlag } from '../flags.ts';
import { jsonLine, painter, printLine } from '../output.ts';
import { readRulesetFile } from '../read-ruleset-file.ts';
import { diffLines } from '../ruleset-diff.ts';
import { withExistingHome } from '../with-home.ts';

/** `rules diff`. */
export const rulesDiff = defineCommand({
  name: 'diff',
  summary: 'Say what changed in the rules.',
  description:
    'Compares the rules with those of a base, rule by rule: + added, - removed, ~ logic changed, = only meta or tags changed, > moved. Only new logic is scanned over what came before. Ends with 1 where the rules, or those of the base, do not compile.',
  flags: [
    ['--base <base>', 'A rules folder, a built ruleset, or "published" for the ruleset in force. Default: published.'],
    ['--json', 'One JSON object: changes, the number of unchanged rules, and the logic hashes to scan.'],
  ],
  options: z.object({ base: z.string().default('published'), json: switchFlag }),
  examples: ['rearview rules diff', 'rearview rules diff --base ../main/rules --json'],
  async run(context, { options, globals }) {
    const base = await baseRuleset(context, globals, options.base);
    const head = base === undefined ? null : await buildFrom(context, globals);
    if (base === undefined || head === null) return exitCodes.findings;
    const diff = diffRulesets(base, head);
    await printLine(context.stdout, options.json ? jsonLine(diff) : diffLines(diff).join('\n'));
    return exitCodes.ok;
  },
});

/** Null where nothing is published; undefined where the base does not compile, which has been said. */
async function baseRuleset(
  context: CliContext,
  globals: GlobalOptions,
  base: string,
): Promise<Ruleset | null | undefined> {
  if (base === 'published') {
    // In AWS there is no folder to look for.
    if (globals.target === 'local' && !existsSync(globals.stateDir)) return null;
    return withExistingHome(globals, async ({ library }) => {
      const current = await library.current();
      return current === null ? null : library.get(current.rulesetId);
    });
  }
  const location = path.resolve(context.cwd, base);
  const stats = statSync(location, { throwIfNoEntry: false });
  if (stats === undefined) throw new RearviewError('ERR_USAGE', `--base: ${base} does not exist.`);
  if (!stats.isDirectory()) return readRulesetFile('--base', location);
  return (await buildFrom(context, { ...globals, rulesDir: location })) ?? undefined;
}

async function buildFrom(context: CliContext, globals: GlobalOptions): Promise<Ruleset | null> {
  const { ruleset, diagnostics } = await prepareRules({ rulesDir: globals.rulesDir, lint: false });
  if (ruleset === null) {
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    await printDiagnostics(context, 'stderr', globals, errors, painter(context, 'stderr'));
  }
  return ruleset;
}
