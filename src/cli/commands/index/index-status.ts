import { pagesOfCorpus } from '../../../app/index/build-index.ts';
import { queryIndex, type UsableSegment } from '../../../app/index/corpus-index.ts';
import { indexSettings } from '../../../app/index/index-settings.ts';
import { defineCommand } from '../../define-command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { flagSet } from '../../flags/flag.ts';
import { switchFlag } from '../../flags/flags.ts';
import { formatBytes, formatCount, jsonLine, plural, printLine, safeText } from '../../output/output.ts';
import { indexLimitFlags, indexLimitOptions, withIndex } from '../../wiring/with-index.ts';

/** `index status`. */
export const indexStatus = defineCommand({
  description:
    'Show how much of the corpus is indexed, and how large the index is.\n\nWhat is indexed with other limits (--max-size, --large-files, what is opened) counts as not indexed.\nEnds with 1 if a segment is damaged.',
  flags: [...indexLimitFlags, ['--json', 'Print JSON.']],
  options: flagSet({ ...indexLimitOptions, json: switchFlag }),
  examples: ['rearview index status', 'rearview index status --json'],
  run: (context, { options, globals }) =>
    withIndex(context, globals, options, async ({ target, segments, limits }) => {
      const settings = indexSettings(limits);
      const listed = await segments.list();
      const answer = await queryIndex(segments, settings, []);
      const found = { objects: 0, bytes: 0, indexed: 0, indexedBytes: 0 };
      for await (const objects of pagesOfCorpus(target)) {
        for (const object of objects) {
          found.objects += 1;
          found.bytes += object.size;
          if (answer.candidateFor(object) === undefined) continue;
          found.indexed += 1;
          found.indexedBytes += object.size;
        }
      }
      const indexBytes = listed.reduce((sum, { size }) => sum + size, 0);
      const otherSettings = listed.filter((each) => each.settings !== settings).length;
      const damaged = answer.problems.length;
      const gone = Math.max(0, answer.indexed - found.indexed);
      const status = { ...found, ...{ segments: listed.length, indexBytes, otherSettings, damaged, gone } };
      for (const problem of answer.problems) await printLine(context.stderr, safeText(problem));
      if (options.json) await printLine(context.stdout, jsonLine(status));
      else {
        const lines = [
          `objects   ${formatCount(found.objects)}, ${formatBytes(found.bytes)}`,
          `indexed   ${formatCount(found.indexed)}, ${formatBytes(found.indexedBytes)}`,
          `index     ${formatBytes(indexBytes)} in ${plural(listed.length, 'segment')}${shareNote(answer.usable)}`,
          ...(otherSettings > 0 ? [`unused    ${plural(otherSettings, 'segment')}, of other limits`] : []),
          ...(damaged > 0
            ? [`damaged   ${plural(damaged, 'segment')}: a retro scan or "index build" replaces them`]
            : []),
          ...(gone > 0
            ? [`gone      ${plural(gone, 'indexed object')}: "index build" drops them when they are many`]
            : []),
        ];
        await printLine(context.stdout, lines.join('\n'));
      }
      return answer.problems.length > 0 ? exitCodes.problems : exitCodes.ok;
    }),
});

/** With less data, the parts of a segment that any has are most of it. */
const fewestDataBytes = 1024 ** 2;

/** What the segments that can be used take, of the data that they are about. */
function shareNote(usable: readonly UsableSegment[]): string {
  let [bytes, dataBytes] = [0, 0];
  for (const { segment, objects } of usable) {
    bytes += segment.size;
    for (let place = 0; place < objects.count; place += 1) dataBytes += objects.sizeAt(place);
  }
  return dataBytes < fewestDataBytes ? '' : ` (${((bytes / dataBytes) * 100).toFixed(1)} % of the indexed data)`;
}
