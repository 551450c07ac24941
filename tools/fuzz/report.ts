import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type FoundFailure, inputFileName } from './failure.ts';
import type { TargetReport } from './fuzz-modules.ts';

/** Outcomes that are listed by name. */
const maxOutcomes = 6;

/** One line. */
export function reportTarget({
  target,
  runs,
  ms,
  outcomes,
  blocks,
  kept,
  failures: foundFailures,
}: TargetReport): string {
  const all = Object.entries(outcomes).sort(([, a], [, b]) => b - a);
  const shown = all.slice(0, maxOutcomes).map(([name, count]) => `${name} ${count}`);
  const rest = all.length > maxOutcomes ? [`${all.length - maxOutcomes} more`] : [];
  const columns = [
    target.padEnd(22),
    `${runs} runs`.padStart(13),
    `${Math.round(runs / Math.max(ms / 1000, 0.001))}/s`.padStart(8),
    `${blocks ?? '-'} blocks`.padStart(13),
    `${kept} kept`.padStart(10),
    `${all.length} outcomes: ${[...shown, ...rest].join(', ')}`,
  ];
  const failures = foundFailures.length === 0 ? '' : `  ${foundFailures.length} FAILURES`;
  return `${columns.join('  ')}${failures}\n`;
}

/**
 * Writes the inputs of failures to files, and prints how to reproduce each. Empty if there are
 * none.
 */
export async function writeFailures(
  foundFailures: readonly FoundFailure[],
  { folder, seed }: { readonly folder: string; readonly seed: string },
): Promise<string> {
  if (foundFailures.length === 0) return '';
  await mkdir(folder, { recursive: true });
  const texts = foundFailures.map(async (foundFailure) => {
    const { target, kind, message, stack, iteration, input, foundBytes } = foundFailure;
    const file = path.join(folder, inputFileName(foundFailure));
    await writeFile(file, input);
    const place = iteration < 0 ? 'a seed' : `seed ${seed}, iteration ${iteration}`;
    return [
      `\n${target}: ${kind}: ${message}`,
      `  input      ${file} (${input.length} bytes; ${foundBytes} when found, ${place})`,
      `  begins     ${JSON.stringify(Buffer.from(input).toString('latin1').slice(0, 160))}`,
      `  reproduce  npm run fuzz -- --target ${target} --input ${file}`,
      ...stack
        .split('\n')
        .slice(1, 6)
        .map((line) => `    ${line.trim()}`),
    ].join('\n');
  });
  return `${(await Promise.all(texts)).join('\n')}\n\n`;
}
