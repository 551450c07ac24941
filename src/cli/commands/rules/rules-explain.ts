import path from 'node:path';
import { explainRule } from '../../../app/explain/explain-rule.ts';
import { findCompilableRule } from '../../../app/explain/find-compilable-rule.ts';
import type { FoundRule } from '../../../app/explain/find-rule.ts';
import { RearviewError } from '../../../domain/errors.ts';
import { renderPlace } from '../../../domain/inside/inside.ts';
import { defaultUnpackLimits } from '../../../domain/inside/limits.ts';
import { externalsOfMember } from '../../../domain/inside/member-externals.ts';
import { encodePath } from '../../../domain/objects/path-key.ts';
import { externalsOf } from '../../../domain/rulesets/externals.ts';
import { checkRules } from '../../../engine/diagnostics/check-rules.ts';
import { findMember } from '../../../engine/members.ts';
import { createScanPool } from '../../../engine/pool/scan-pool.ts';
import { loadRules } from '../../../rules/load-rules.ts';
import { narrowingOf } from '../../../rules/requirement/narrowing.ts';
import { createRequirementReader } from '../../../rules/requirement/read-requirement.ts';
import { requirementDigest } from '../../../rules/requirement/requirement.ts';
import { engineMemoryFor } from '../../../targets/engine-memory.ts';
import { defaultDeadlineMs, defaultMaxObjectBytes } from '../../../targets/target.ts';
import type { CliContext } from '../../context.ts';
import { defineCommand } from '../../define-command.ts';
import { exitCodes } from '../../exit-codes.ts';
import {
  declaredVariables,
  definedValues,
  defineFlag,
  readDefines,
  withDefined,
} from '../../flags/declared-variables.ts';
import { flagSet, textFlag } from '../../flags/flag.ts';
import { countFlag, switchFlag, textsFlag } from '../../flags/flags.ts';
import { rulesLocation } from '../../flags/rules-location.ts';
import { sizeFlag } from '../../flags/size-flag.ts';
import { unpackOf } from '../../flags/unpack-flag.ts';
import { printDiagnostics } from '../../output/diagnostics.ts';
import { explanationLines } from '../../output/explanation-lines.ts';
import { jsonLine, painter, printLine } from '../../output/output.ts';
import { requirementLines } from '../../output/requirement-lines.ts';
import { readNamedFile } from '../../read-named-file.ts';

/** `rules explain`. */
export const rulesExplain = defineCommand({
  description:
    'Show why a rule matches a file or does not.\n\nEvery string with its matches, every part of the condition with its value (✓ true, ✗ false, ? undefined), and the smallest set of parts that decides.\nThe engine evaluates each part; nothing is guessed. Other rules need not compile, but for those that it needs.\nWithout a file: what any file must have so that the rule can match it, which is what an index looks up.\nEnds with 0 whether the rule matches or not, and with 1 if it does not compile.',
  args: [
    ['<rule>', 'The rule: its name, or file.yar:Name if several files have one of that name.'],
    [
      '[file]',
      'The file to scan. Default: none. If it is a container and does not match, the members that match are listed.',
    ],
  ],
  flags: [
    ['--json', 'Print one JSON object.'],
    defineFlag,
    [
      '--filepath <path>',
      'Value of the variable filepath, and the others that follow from it. Default: the path of the file.',
    ],
    [
      '--member <place>',
      'Explain a member of the file, named as "scan" prints it: "inner.zip > a.doc". Its variables are those of the member.',
    ],
    ['--max-size <size>', 'Larger files are refused: bytes, or with a unit. Default: 256MiB.'],
    ['--timeout <ms>', 'Time limit for the scan, in milliseconds. Default: 30000.'],
  ],
  options: flagSet({
    json: switchFlag,
    define: textsFlag,
    filepath: textFlag.optional(),
    member: textFlag.optional(),
    maxSize: sizeFlag.default(defaultMaxObjectBytes),
    timeout: countFlag.default(defaultDeadlineMs),
  }),
  examples: [
    'rearview rules explain Webshell_PHP_Eval_Request upload.php',
    'rearview rules explain Webshell_PHP_Eval_Request',
    'rearview rules explain webshell/php.yar:Webshell_PHP_Eval_Request upload.php --json',
    'rearview rules explain Document_VBA_Auto_Exec_Shell invoice.eml --member "macro.docm > word/vbaProject.bin > ThisDocument"',
    'rearview rules explain --rules one.yar Some_Rule sample.bin --filepath "C:/Users/x/invoice.pdf.exe"',
  ],
  async run(context, { args: [name = '', file], options, globals }) {
    if (file === undefined && options.member !== undefined) {
      throw new RearviewError('ERR_USAGE', '--member needs a file.');
    }
    const place = path.resolve(context.cwd, file ?? '');
    const outer = file === undefined ? null : await readNamedFile(context, file, { maxBytes: options.maxSize });
    const unpack = await unpackOf(context);
    const { rulesDir, only } = await rulesLocation(globals.rulesDir);
    const defined = readDefines(options.define);
    const variables = withDefined(await declaredVariables(context), defined);
    const { files } = await loadRules(rulesDir, { only, variables });
    const compilable = await findCompilableRule(files, name, checkRules);
    if (compilable.found === null) {
      const folders = { ...globals, rulesDir };
      await printDiagnostics(context, 'stderr', folders, compilable.errors, painter(context, 'stderr'));
      return exitCodes.problems;
    }
    const { found } = compilable;
    if (file === undefined || outer === null) {
      await printRequirement(context, found, options.json);
      return exitCodes.ok;
    }
    const filepath = externalsOf(options.filepath ?? encodePath(Buffer.from(place)));
    const container = { bytes: outer, name: path.basename(file), limits: unpack ?? defaultUnpackLimits };
    const member = options.member === undefined ? null : await findMember(container, options.member);
    const pool = createScanPool({
      workers: 1,
      deadlineMs: options.timeout,
      maxMemoryBytes: engineMemoryFor(options.maxSize),
    });
    try {
      const explanation = await explainRule({
        ...found,
        ...{ pool, bytes: member?.bytes ?? outer, unpack: member === null ? unpack : null },
        externals: {
          ...(member === null ? filepath : externalsOfMember(filepath, member.place)),
          variables: definedValues(found.file.variables ?? [], defined),
        },
      });
      const shown = member === null ? file : `${file} > ${renderPlace(member.place)}`;
      const text = options.json
        ? jsonLine({ path: file, ...(member === null ? {} : { place: member.place }), ...explanation })
        : explanationLines(explanation, shown, painter(context, 'stdout')).join('\n');
      await printLine(context.stdout, text);
      return exitCodes.ok;
    } finally {
      await pool.close();
    }
  },
});

/** Prints what any file must have so that the rule can match it. */
async function printRequirement(context: CliContext, { file, parsed, rule }: FoundRule, json: boolean): Promise<void> {
  const requirement = createRequirementReader(parsed.rules)(rule.name);
  const id = `${file.namespace}:${rule.name}`;
  const text = json
    ? jsonLine({ rule: id, narrowing: narrowingOf(requirement), digest: requirementDigest(requirement) })
    : requirementLines(id, requirement).join('\n');
  await printLine(context.stdout, text);
}
