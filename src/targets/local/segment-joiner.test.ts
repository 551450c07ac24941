import { join } from 'node:path';
import test from 'ava';
import { createSegmentFolder } from '../../adapters/local/files/segment-folder.ts';
import { queryIndex } from '../../app/index/corpus-index.ts';
import { indexSettings } from '../../app/index/index-settings.ts';
import { createIndexWriter } from '../../app/index/index-writer.ts';
import { joinedAtOnce } from '../../app/index/join-segments.ts';
import { createContentCollector } from '../../index/content-collector.ts';
import { tempFolder } from '../../testing/temp-folder.ts';
import { createSegmentJoiner } from './segment-joiner.ts';

const limits = { maxObjectBytes: 1000, largeFiles: 'skip', unpack: null } as const;
const settings = indexSettings(limits);

for (const isEnded of [false, true]) {
  test(`segments are joined in a thread${isEnded ? ', and a thread that is ended half-way loses nothing' : ''}`, async (t) => {
    const folder = join(tempFolder(t), 'index');
    const segments = createSegmentFolder(folder);
    const writer = createIndexWriter({ segments, limits, onProblem: (message) => t.fail(message) });
    for (let number = 0; number < joinedAtOnce; number += 1) {
      const contents = createContentCollector();
      contents.add(Buffer.from(`number ${number}`));
      writer.add({ bucket: 'corpus', key: `${number}`, version: '1', size: 8, contents: contents.result() });
      await writer.flush();
    }
    const problems: string[] = [];
    const joiner = createSegmentJoiner(
      { folder, settings, segmentBytes: 1e6 },
      { scans: { hasExclusionsBy: async () => false }, onProblem: (message) => problems.push(message) },
    );
    const joined = joiner.request();
    if (!isEnded) await joined;
    await joiner.close();
    t.deepEqual(problems, []);
    if (!isEnded) t.is((await segments.list()).length, 1);
    const { indexed, problems: unusable } = await queryIndex(segments, settings, []);
    t.deepEqual([indexed, unusable], [joinedAtOnce, []]);
  });
}
