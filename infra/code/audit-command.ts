/**
 * `npm run audit`: requests advisories about deployed packages from the registry, and verifies its
 * signatures of all packages. Fails if there is a problem. If the registry does not respond, it
 * prints a warning and the result is unknown.
 */
import { spawnSync } from 'node:child_process';
import { type AuditResult, readAdvisories, readSignatures } from './audit.ts';
import { projectFolder } from './folders.ts';

const questions: readonly (readonly [string, readonly string[], (printed: string) => AuditResult])[] = [
  ['advisories', ['audit', '--omit=dev', '--json'], readAdvisories],
  ['signatures', ['audit', 'signatures', '--json'], readSignatures],
];

for (const [name, args, read] of questions) {
  const { stdout, error } = spawnSync('npm', args, { cwd: projectFolder, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (error !== undefined) throw error;
  const result = read(stdout);
  if (result === null) {
    const prefix = process.env['GITHUB_ACTIONS'] === 'true' ? '::warning::' : '';
    process.stdout.write(`${prefix}${name}: the registry did not respond; the result is unknown.\n`);
    continue;
  }
  process.stdout.write(`${name}: ${result.problems.length === 0 ? 'no problems' : ''}\n`);
  for (const problem of result.problems) process.stdout.write(`  ${problem}\n`);
  if (result.problems.length > 0) process.exitCode = 1;
}
