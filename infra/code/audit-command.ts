/**
 * `npm run audit`: asks the registry for advisories about what is deployed, and whether all packages have its signature. Fails where there is a problem;
 * where the registry does not answer it warns, and knows nothing.
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
    process.stdout.write(`${prefix}${name}: the registry did not answer; nothing is known.\n`);
    continue;
  }
  process.stdout.write(`${name}: ${result.problems.length === 0 ? 'no problems' : ''}\n`);
  for (const problem of result.problems) process.stdout.write(`  ${problem}\n`);
  if (result.problems.length > 0) process.exitCode = 1;
}
