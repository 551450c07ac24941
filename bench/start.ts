import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../src/cli/launch.mjs', import.meta.url));
const rounds = 15;

/**
 * Starts of short commands against `node -e 0`: milliseconds, medians of runs in turn, and their
 * ratio.
 */
export async function benchStart(): Promise<void> {
  const state = mkdtempSync(join(tmpdir(), 'rearview-start-'));
  const rearview = (...args: string[]) => ['--disable-warning=ExperimentalWarning', cli, '--state', state, ...args];
  try {
    run(rearview('up', '--once'));
    const subjects = [
      { name: 'node -e 0', args: ['-e', '0'] },
      { name: 'rearview --help', args: rearview('--help') },
      { name: 'rearview matches list', args: rearview('matches', 'list') },
    ];
    const times = subjects.map((): number[] => []);
    for (let round = 0; round < rounds; round += 1) {
      for (const [index, { args }] of subjects.entries()) times[index]?.push(run(args));
    }
    const medians = times.map(median);
    for (const [index, { name }] of subjects.entries()) {
      const ms = medians[index] ?? Number.NaN;
      const ratio = ms / (medians[0] ?? Number.NaN);
      process.stdout.write(`${name.padEnd(24)} ${ms.toFixed(0).padStart(5)} ms  ${ratio.toFixed(2)} x\n`);
    }
  } finally {
    rmSync(state, { recursive: true });
  }
}

/** Milliseconds from start to end. */
function run(args: readonly string[]): number {
  const startedAt = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args.join(' ')}: exit code ${status}: ${stderr}`);
  return performance.now() - startedAt;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
