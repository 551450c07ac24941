import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { tempFolder } from '../../src/testing/temp-folder.ts';
import { mayShip, packageFolders, readPackages, thirdPartyLicences } from './packages.ts';

interface Installed {
  readonly license?: string;
  readonly dev?: boolean;
  readonly text?: string;
}

function project(t: ExecutionContext, packages: Readonly<Record<string, Installed>>): string {
  const folder = tempFolder(t);
  const locked = Object.entries(packages).map(([path, { dev }]) => [path, dev === undefined ? {} : { dev }]);
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages: Object.fromEntries(locked) }));
  for (const [path, { license, text }] of Object.entries(packages)) {
    mkdirSync(join(folder, path), { recursive: true });
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    writeFileSync(join(folder, path, 'package.json'), JSON.stringify({ name, version: '1.0.0', license }));
    if (text !== undefined) writeFileSync(join(folder, path, 'LICENSE'), text);
  }
  return folder;
}

test('packages are found by their files in the bundle, including nested ones and those with a scope', (t) => {
  const input = { bytesInOutput: 1 };
  const inputs = Object.fromEntries(
    ['src/a.ts', 'node_modules/b/x.js', 'node_modules/@c/d/y.js', 'node_modules/b/node_modules/@e/f/dist/z.js'].map(
      (path) => [path, input],
    ),
  );
  const output = { bytes: 1, inputs, imports: [], exports: [] };
  t.deepEqual(packageFolders({ inputs: {}, outputs: { 'a.mjs': output, 'b.mjs': output } }), [
    'node_modules/@c/d',
    'node_modules/b',
    'node_modules/b/node_modules/@e/f',
  ]);
});

test('the error names a package with another licence or none, for development only or missing in the lock file', async (t) => {
  const folder = project(t, {
    'node_modules/good': { license: 'MIT' },
    'node_modules/agpl': { license: 'AGPL-3.0-or-later' },
    'node_modules/none': {},
    'node_modules/tool': { license: 'MIT', dev: true },
  });
  const folders = ['agpl', 'good', 'none', 'tool'].map((name) => `node_modules/${name}`);
  const error = await t.throwsAsync(readPackages(folders, folder));
  t.is(
    error?.message,
    `Cannot bundle the functions:
  node_modules/agpl is under AGPL-3.0-or-later, which may not be shipped
  node_modules/none is under none, which may not be shipped
  node_modules/tool is a devDependency: move it to dependencies, or the code to a test`,
  );
  writeFileSync(join(folder, 'package-lock.json'), '{"packages":{}}');
  await t.throwsAsync(readPackages(['node_modules/good'], folder), { message: /good is not in package-lock.json/ });
});

test('one of several alternative licences must be allowed, and all of combined ones', (t) => {
  for (const fine of ['MIT', 'Apache-2.0', '(MIT OR GPL-3.0)', 'MIT AND ISC', 'GPL-2.0 OR (MIT AND BSD-3-Clause)']) {
    t.true(mayShip(fine), fine);
  }
  for (const not of ['AGPL-3.0', 'MIT AND GPL-3.0', 'SEE LICENSE IN x', 'UNLICENSED', '', 'mit-like']) {
    t.false(mayShip(not), not);
  }
});

test('each licence text is included once, under the names of all packages with it', async (t) => {
  const folder = project(t, {
    'node_modules/a': { license: 'MIT', text: 'The text.\n' },
    'node_modules/b': { license: 'MIT', text: 'The text.' },
    'node_modules/c': { license: 'ISC' },
  });
  const packages = await readPackages(['node_modules/a', 'node_modules/b', 'node_modules/c'], folder);
  const text = thirdPartyLicences(packages);
  t.is(text.split('The text.').length, 2);
  t.regex(
    text,
    /^a 1\.0\.0 \(MIT\)\nb 1\.0\.0 \(MIT\)\n\nThe text\.\n\n-+\n\nc 1\.0\.0 \(ISC\)\n\nThe package has no licence text/,
  );
});
