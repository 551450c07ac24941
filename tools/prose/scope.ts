import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('../../', import.meta.url));

/** Pages that are not prose of this project: a record of the past, generated help, and files to scan. */
const exempt = /^CHANGELOG\.md$|^docs\/reference\/commands\.md$|^docs\/sample-corpus\/./;

/** Every page whose prose counts, relative to the project. */
export function prosePages(): readonly string[] {
  return globSync(['*.md', 'docs/**/*.md', 'rules/*.md'], { cwd: project })
    .filter((page) => !exempt.test(page))
    .toSorted();
}

/** Every source file with messages for users, relative to the project. Tests and their tools have none. */
export function messageFiles(): readonly string[] {
  return globSync(['src/**/*.ts', 'infra/**/*.ts'], { cwd: project })
    .filter((file) => !/\.(?:test|contract)\.ts$|\/testing\//.test(file))
    .toSorted();
}
