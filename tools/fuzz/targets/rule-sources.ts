import { RearviewError } from '../../../src/domain/errors.ts';
import { formatLock, parseLock } from '../../../src/rules/sources/lock-file.ts';
import { mappedSeverity } from '../../../src/rules/sources/mapped-severity.ts';
import { parseBinaryAlertSources, parseSources } from '../../../src/rules/sources/read-sources.ts';
import { recognizeLicence } from '../../../src/rules/sources/recognize-licence.ts';
import { takesFile } from '../../../src/rules/sources/source-filter.ts';
import { type FuzzTarget, require } from '../fuzz-target.ts';
import { sourceSeeds, yamlWords } from '../seeds/yaml.ts';

/** Sources and their lock are read, or refused with a position; no folder leads elsewhere. */
export const target: FuzzTarget = {
  name: 'rule-sources',
  of: ['src/rules/sources'],
  syntax: 'yaml',
  seeds: sourceSeeds,
  words: [
    ...yamlWords,
    ...['sources:', 'url:', 'ext::', 'https://', 'git@', 'files:', 'include:', 'meta:', 'severity:', 'from:', 'map:'],
    ...['">=80"', '"repos"', '"files"', '"namespace"', '..', '/**/', '*', '?', 'SPDX-License-Identifier: '],
  ],
  maxBytes: 20_000,
  run(input) {
    const text = input.toString();
    recognizeLicence(text);
    const results = [parseSources, parseBinaryAlertSources].map((parse) => {
      try {
        const sources = parse('file', text);
        for (const source of sources) {
          require(/^[a-z0-9][\w.-]*$/i.test(source.namespace), 'a namespace is one folder');
          require(!/^-|^(?!https|ssh|file)[a-z]+::?\/\//.test(
            source.url,
          ), 'an address is one of those that are allowed');
          takesFile(source, 'yara/a.yar');
          mappedSeverity(source, [{ identifier: 'score', value: 80 }]);
        }
        return 'read';
      } catch (error) {
        return refusedAt(error);
      }
    });
    try {
      const lock = parseLock('file', text);
      require(formatLock(parseLock('file', formatLock(lock))) === formatLock(lock), 'a lock is written as it was read');
      results.push('lock');
    } catch (error) {
      refusedAt(error);
    }
    return results.join(' ');
  },
};

function refusedAt(error: unknown): string {
  if (!(error instanceof RearviewError)) throw error;
  require(/^file:[1-9]\d*:[1-9]\d*: error: /.test(error.lines[0] ?? ''), 'a problem has a place');
  return 'refused';
}
