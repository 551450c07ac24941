import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { isSameLicence, licenceWarning, recognizeLicence } from './recognize-licence.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Their texts are others than their package.json declares: MIT for ISC, and ISC for MIT. */
const mistaken = new Set(['node_modules/@npmcli/redact/LICENSE', 'node_modules/@bcoe/v8-coverage/LICENSE.txt']);

/** Licence texts of installed packages, with the identifier that each package declares. */
function installed(): readonly { readonly file: string; readonly declared: string; readonly text: string }[] {
  return globSync('node_modules/{*,@*/*}/LICEN[CS]E{,.md,.txt}', { cwd: root }).flatMap((file) => {
    const { license } = JSON.parse(readFileSync(join(root, dirname(file), 'package.json'), 'utf8'));
    return typeof license === 'string'
      ? [{ file, declared: license, text: readFileSync(join(root, file), 'utf8') }]
      : [];
  });
}

test('the texts of installed packages are what the packages declare', (t) => {
  const all = installed().filter(({ file, declared }) => /^[\w.-]+$/.test(declared) && !mistaken.has(file));
  t.true(all.length > 100);
  const wrong = all.filter(({ declared, text }) => !isSameLicence(recognizeLicence(text) ?? '', declared));
  t.deepEqual(
    wrong.map(({ file, declared, text }) => `${file}: ${declared}, ${recognizeLicence(text)}`),
    [],
  );
  for (const id of ['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause']) {
    t.true(
      all.some(({ declared }) => declared === id),
      id,
    );
  }
});

test('the licences of public packs are recognized by their words', (t) => {
  for (const [id, text] of [
    [
      'DRL-1.1',
      '# Detection Rule License (DRL) 1.1\n\nPermission is hereby granted, free of charge, to any person obtaining a copy',
    ],
    ['DRL-1.0', 'Detection Rule License (DRL) 1.0\n'],
    ['GPL-2.0', '                    GNU GENERAL PUBLIC LICENSE\n                       Version 2, June 1991\n'],
    ['GPL-3.0', 'GNU GENERAL PUBLIC LICENSE\n Version 3, 29 June 2007\n … GNU Affero General Public License …'],
    [
      'AGPL-3.0',
      '                    GNU AFFERO GENERAL PUBLIC LICENSE\n                       Version 3, 19 November 2007',
    ],
    [
      'LGPL-2.1',
      '                  GNU LESSER GENERAL PUBLIC LICENSE\n                       Version 2.1, February 1999',
    ],
    ['CC-BY-4.0', 'Attribution 4.0 International\n\n====='],
    ['CC-BY-NC-4.0', 'Creative Commons Attribution-NonCommercial 4.0 International Public License'],
    ['CC-BY-NC-SA-4.0', 'Attribution-NonCommercial-ShareAlike 4.0 International'],
    ['CC-BY-SA-4.0', 'Attribution-ShareAlike 4.0 International'],
    ['CC0-1.0', 'Creative Commons Legal Code\n\nCC0 1.0 Universal'],
    ['MPL-2.0', 'Mozilla Public License Version 2.0\n===='],
    ['Unlicense', 'This is free and unencumbered software released into the public\ndomain.'],
    ['Elastic-2.0', 'Elastic License 2.0\n\nURL: https://www.elastic.co/licensing/elastic-license'],
    ['EUPL-1.2', '// SPDX-License-Identifier: EUPL-1.2\n'],
    [null, 'All rights reserved.'],
    [null, ''],
  ] as const) {
    t.is(recognizeLicence(text), id, text);
  }
});

test('a warning names what is missing, unknown or different', (t) => {
  t.regex(licenceWarning(null, { file: null, id: null }) ?? '', /^no licence file/);
  t.regex(licenceWarning('MIT', { file: null, id: null }) ?? '', /and MIT is declared/);
  t.regex(licenceWarning(null, { file: 'COPYING', id: null }) ?? '', /COPYING is not a common one: read it/);
  t.regex(licenceWarning('MIT', { file: 'COPYING', id: 'GPL-3.0' }) ?? '', /COPYING is GPL-3\.0, and MIT is declared/);
  t.is(licenceWarning('GPL-3.0-or-later', { file: 'COPYING', id: 'GPL-3.0' }), null);
  t.is(licenceWarning(null, { file: 'COPYING', id: 'GPL-3.0' }), null);
});
