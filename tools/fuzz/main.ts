import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { defaultLimits, fuzzModules, runInput } from './fuzz-modules.ts';
import { reportTarget, writeFailures } from './report.ts';
import { targetModules } from './target-modules.ts';

const usage = `Usage: npm run fuzz -- [options]

  --target <name>      Fuzz this target; may be repeated. Default: all
  --seconds <n>        For each target. Default: 10, unless --iterations is given
  --iterations <n>     For each target
  --seed <text>        The same seed and iterations give the same inputs. Default: random, and printed
  --deadline <s>       Seconds after which an input counts as endless. Default: ${defaultLimits.deadlineMs / 1000}
  --out <folder>       For inputs that fail. Default: .fuzz
  --input <file>       Run this input of one target, and nothing else
  --no-guide           Do not look at coverage: faster, and finds less
  --list               List the targets
  --help               Show this help
`;

const amount = z.coerce.number().positive();
const optionsSchema = z.object({
  target: z.array(z.string()).default([]),
  seconds: amount.optional(),
  iterations: amount.int().optional(),
  seed: z.string().min(1).optional(),
  deadline: amount.default(defaultLimits.deadlineMs / 1000),
  out: z.string().default('.fuzz'),
  input: z.string().optional(),
  guide: z.boolean().default(true),
  list: z.boolean().default(false),
  help: z.boolean().default(false),
});

function readOptions(): z.infer<typeof optionsSchema> | string {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    const { values } = parseArgs({
      options: {
        ...{ target: { ...text, multiple: true }, seconds: text, iterations: text, seed: text, deadline: text },
        ...{ out: text, input: text, guide: flag, list: flag, help: flag },
      },
      allowNegative: true,
    });
    const parsed = optionsSchema.safeParse(values);
    return parsed.success ? parsed.data : z.prettifyError(parsed.error);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function main(): Promise<number> {
  const options = readOptions();
  if (typeof options === 'string') return wrongUsage(options);
  if (options.help) {
    process.stdout.write(usage);
    return 0;
  }
  const all = targetModules();
  const unknown = options.target.find((name) => !all.some((each) => each.name === name));
  if (unknown !== undefined) return wrongUsage(`Unknown target ${unknown}: --list shows all.`);
  const targets = options.target.length === 0 ? all : all.filter(({ name }) => options.target.includes(name));
  if (options.list) {
    for (const { name } of targets) process.stdout.write(`${name}\n`);
    return 0;
  }
  const limits = { ...defaultLimits, deadlineMs: options.deadline * 1000 };
  if (options.input !== undefined) {
    const [target, ...others] = targets;
    if (target === undefined || others.length > 0) return wrongUsage('--input needs one --target.');
    const result = await runInput(target.module, await readFile(options.input), limits);
    if (typeof result === 'string') process.stdout.write(`${target.name}: ${result}\n`);
    else process.stdout.write(`${target.name}: ${result.kind}: ${result.message}\n${result.stack}\n`);
    return typeof result === 'string' ? 0 : 1;
  }
  const seed = options.seed ?? String(Math.floor(Math.random() * 1e9));
  const seconds = options.seconds ?? (options.iterations === undefined ? 10 : Number.POSITIVE_INFINITY);
  process.stdout.write(`seed ${seed}\n`);
  let failures = 0;
  const reports = fuzzModules(targets, {
    seed,
    iterations: options.iterations ?? Number.POSITIVE_INFINITY,
    maxMs: seconds * 1000,
    isGuided: options.guide,
    limits,
  });
  for await (const report of reports) {
    failures += report.failures.length;
    process.stdout.write(reportTarget(report) + (await writeFailures(report.failures, { folder: options.out, seed })));
  }
  process.stdout.write(`${failures === 0 ? 'no' : failures} failures\n`);
  return failures === 0 ? 0 : 1;
}

function wrongUsage(why: string): number {
  process.stderr.write(`${why}\n\n${usage}`);
  return 2;
}

process.exitCode = await main();
