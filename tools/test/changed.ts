/**
 * Runs the tests that a change concerns, without coverage: the work tree against a base, by default
 * `HEAD`. `--system` also runs the system tests among them.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { concernedTests } from './import-graph.ts';

const git = (...args: string[]) =>
  execFileSync('git', args, { encoding: 'utf8', maxBuffer: 2 ** 26 })
    .split('\0')
    .filter((line) => line !== '');
const args = process.argv.slice(2);
const [base = 'HEAD'] = args.filter((arg) => !arg.startsWith('--'));
const { status: isCommit } = spawnSync('git', ['rev-parse', '--verify', '--quiet', `${base}^{commit}`]);
if (isCommit !== 0) {
  process.stderr.write(`Unknown base "${base}": name a commit, branch or tag.\n`);
  process.exit(2);
}

const changed = [
  ...git('diff', '--name-only', '--no-renames', '-z', base),
  ...git('ls-files', '--others', '--exclude-standard', '-z'),
];
const gone = new Set(git('ls-files', '--deleted', '-z'));
const files = [...git('ls-files', '-z'), ...git('ls-files', '--others', '--exclude-standard', '-z')];
const present = files.filter((file) => !gone.has(file));
const concerned = concernedTests(present, changed);
const isSystem = (file: string) => file.endsWith('.system.test.ts');
const runs = [
  { tests: concerned.filter((file) => !isSystem(file)), config: [] },
  { tests: args.includes('--system') ? concerned.filter(isSystem) : [], config: ['--config', 'ava.system.config.mjs'] },
];
process.stdout.write(
  `${changed.length} files changed since ${base}: ${runs.map(({ tests }) => tests.length).join(' + ')} test files\n`,
);
for (const { tests, config } of runs) {
  if (tests.length === 0) continue;
  const { status } = spawnSync('ava', [...config, ...tests], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = status ?? 1;
}
