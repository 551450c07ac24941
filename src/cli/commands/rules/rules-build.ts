import path from 'node:path';
import { prepareRules } from '../../../app/rulesets/prepare-rules.ts';
import { signRuleset } from '../../../app/rulesets/sign-ruleset.ts';
import { RearviewError } from '../../../domain/errors.ts';
import { defineCommand } from '../../define-command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { declaredVariables } from '../../flags/declared-variables.ts';
import { flagSet, textFlag } from '../../flags/flag.ts';
import { printDiagnostics } from '../../output/diagnostics.ts';
import { leftOutLine, noRules } from '../../output/left-out-lines.ts';
import { formatBytes, painter, plural, printLine, safeText } from '../../output/output.ts';
import { writeOut } from '../../output/write-out.ts';
import { openStateSigner } from '../../wiring/state-signer.ts';

/** `rules build`. */
export const rulesBuild = defineCommand({
  description:
    'Compile the rules into one file for "rearview scan --ruleset".\n\nThe file has a manifest, the sources and the compiled rules. It is signed with the key of the state folder; without that key, a new one is made. It does not lint or test: use "rules check" and "rules test".\nPrints the id of the ruleset. Ends with 1 if the rules do not compile.',
  flags: [['--out <file>', 'File to write. Default: only the id is printed.']],
  options: flagSet({ out: textFlag.optional() }),
  examples: ['rearview rules build --out ruleset.bin'],
  async run(context, { options, globals }) {
    const { ruleset, diagnostics, leftOut } = await prepareRules({
      rulesDir: globals.rulesDir,
      variables: await declaredVariables(context),
      lint: false,
      image: options.out === undefined ? 'none' : 'build',
    });
    if (ruleset === null) {
      const errors = diagnostics.filter(({ severity }) => severity === 'error');
      await printDiagnostics(context, 'stderr', globals, errors, painter(context, 'stderr'));
      return exitCodes.problems;
    }
    if (ruleset.rules.length === 0) {
      throw new RearviewError('ERR_CONFIG', noRules(globals.rulesDir, leftOut));
    }
    const summary = leftOutLine(leftOut);
    if (summary !== null) await printLine(context.stderr, summary);
    if (options.out !== undefined) {
      const notes: string[] = [];
      const signer = openStateSigner(globals.stateDir, (message) => notes.push(message));
      const bytes = await signRuleset(ruleset, signer);
      for (const note of notes) await printLine(context.stderr, safeText(note));
      await writeOut(context, '--out', path.resolve(context.cwd, options.out), bytes);
      await printLine(context.stderr, `${plural(ruleset.rules.length, 'rule')}, ${formatBytes(bytes.length)}`);
    }
    await printLine(context.stdout, ruleset.id);
    return exitCodes.ok;
  },
});
