/** Words of a licence text that no other one has, by SPDX identifier. Of those that start at one place, the first counts. */
const texts: readonly (readonly [string, RegExp])[] = [
  ['DRL-1.1', /detection rule license \(drl\) 1\.1/],
  ['DRL-1.0', /detection rule license/],
  ['CC0-1.0', /cc0 1\.0 universal/],
  ['CC-BY-NC-SA-4.0', /attribution-noncommercial-sharealike 4\.0|cc by-nc-sa 4\.0/],
  ['CC-BY-NC-ND-4.0', /attribution-noncommercial-noderivatives 4\.0|cc by-nc-nd 4\.0/],
  ['CC-BY-NC-4.0', /attribution-noncommercial 4\.0|cc by-nc 4\.0/],
  ['CC-BY-SA-4.0', /attribution-sharealike 4\.0|cc by-sa 4\.0/],
  ['CC-BY-ND-4.0', /attribution-noderivatives 4\.0|cc by-nd 4\.0/],
  ['CC-BY-4.0', /(?:^|[^-])attribution 4\.0 international|cc by 4\.0/],
  ['AGPL-3.0', /^\W*gnu affero general public license\W+version 3/],
  ['LGPL-2.1', /^\W*gnu lesser general public license\W+version 2\.1/],
  ['LGPL-3.0', /^\W*gnu lesser general public license\W+version 3/],
  ['GPL-2.0', /^\W*gnu general public license\W+version 2/],
  ['GPL-3.0', /^\W*gnu general public license\W+version 3/],
  ['MPL-2.0', /mozilla public license,? version 2\.0/],
  ['Apache-2.0', /apache license,?\W+version 2\.0/],
  ['BlueOak-1.0.0', /blue oak model license version 1\.0\.0/],
  ['Elastic-2.0', /^\W*elastic license 2\.0/],
  ['Unlicense', /this is free and unencumbered software released into the public domain/],
  ['BSD-4-Clause', /redistribution and use in source and binary forms.*all advertising materials/],
  [
    'BSD-3-Clause',
    /redistribution and use in source and binary forms.*(?:neither the names? of|name of .{0,200} may not be used|names of .{0,200} may not be used)/,
  ],
  ['BSD-2-Clause', /redistribution and use in source and binary forms/],
  [
    'ISC',
    /permission to use, copy, modify,? (?:and|and\/or) distribute this software for any purpose with or without fee is hereby granted, provided that/,
  ],
  ['0BSD', /permission to use, copy, modify,? and\/or distribute this software for any purpose with or without fee is/],
  [
    'MIT-0',
    /permission is hereby granted, free of charge, to any person obtaining a copy(?!.*the above copyright notice and this permission notice)/,
  ],
  ['MIT', /permission is hereby granted, free of charge, to any person obtaining a copy/],
];

/** A tag counts near the start: below, it is one of a component. */
const maxTagOffset = 500;

/**
 * Returns the SPDX identifier of a licence text; null if it is none of the common ones. Of several
 * texts in one file, the first counts: the licences of components follow it.
 */
export function recognizeLicence(text: string): string | null {
  const tag = /SPDX-License-Identifier:\s*([A-Za-z0-9.+-]+)\s*$/m.exec(text.slice(0, maxTagOffset))?.[1];
  if (tag !== undefined) return tag;
  const plain = text
    .replaceAll(/[\s*#>_]+/g, ' ')
    .replaceAll(/[“”]/g, '"')
    .toLowerCase();
  const found = texts.map(([id, words]) => ({ id, at: plain.search(words) })).filter(({ at }) => at >= 0);
  // Equal starts stay in the order of the list.
  return found.toSorted((a, b) => a.at - b.at)[0]?.id ?? null;
}

/** Returns whether two identifiers name one text: `GPL-3.0`, `GPL-3.0-only` and `GPL-3.0-or-later` do. */
export function isSameLicence(a: string, b: string): boolean {
  const bare = (id: string) => id.toLowerCase().replace(/-only$|-or-later$|\+$/, '');
  return bare(a) === bare(b);
}

/** The licence of a repository: its text, and what it is. */
export interface FoundLicence {
  /** Name of the file with the text; null if there is none. */
  readonly file: string | null;
  /** SPDX identifier of the text; null if it is not known. */
  readonly id: string | null;
}

/**
 * Returns what to check about the licence of a source; null if it is found and not another than
 * declared.
 * @param declared SPDX identifier in the configuration; null if there is none
 */
export function licenceWarning(declared: string | null, { file, id }: FoundLicence): string | null {
  const says = declared === null ? '' : `, and ${declared} is declared`;
  if (file === null) return `no licence file at the top of the repository${says}: check that you may use its rules`;
  if (id === null) return `the licence in ${file} is not a common one${says}: read it before you use its rules`;
  if (declared === null || isSameLicence(declared, id)) return null;
  return `${file} is ${id}, and ${declared} is declared: read it, and correct the declaration`;
}
