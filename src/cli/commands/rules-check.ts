import { z } from 'zod';
import { prepareRules } from '../../app/prepare-rules.ts';
import { defineCommand } from '../define-command.ts';
import { countDiagnostics, printDiagnostics } from '../diagnostics.ts';
import { exitCodes } from '../exit-codes.ts';
import { switchFlag } from '../flags.ts';
import { jsonLine, painter, plural, printLine } from '../output.ts';

/** `rules check`. */
export const rulesCheck = defineCommand({
  name: 'check',
  summary: 'Compile and lint the rules.',
  description:
    'Loads and compiles every rule file, and holds it against the house rules. What is wrong is printed a line each, as file:line:column: severity: message [code]. Ends with 1 where there are errors; warnings do not count unless --strict.',
  flags: [
    ['--strict', 'Warnings count as errors.'],
    ['--json', 'JSON, one diagnostic a line: severity, code, message, file (below the rules folder), line, column.'],
  ],
  options: z.object({ strict: switchFlag, json: switchFlag }),
  examples: ['rearview rules check', 'rearview rules check --rules my-rules --strict'],
  async run(context, { options, globals }) {
    const { diagnostics, loaded } = await prepareRules({ rulesDir: globals.rulesDir });
    if (options.json) {
      for (const { rendered: _, ...each } of diagnostics) await printLine(context.stdout, jsonLine(each));
    } else await printDiagnostics(context, 'stdout', globals, diagnostics, painter(context, 'stdout'));
    await printLine(context.stderr, `${plural(loaded.files.length, 'file')}: ${countDiagnostics(diagnostics)}`);
    const bad = diagnostics.some(({ severity }) => severity === 'error' || options.strict);
    return bad ? exitCodes.findings : exitCodes.ok;
  },
});
