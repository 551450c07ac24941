import { createIndexWriter } from '../../../app/index/index-writer.ts';
import { joinedAtOnce } from '../../../app/index/join-segments.ts';
import { createContentCollector } from '../../../index/content-collector.ts';
import type { Exercise } from './start-exercise.ts';

/** Leaves as many segments as are joined at once, and has the finisher join them. */
export async function exerciseIndex({ pipeline }: Exercise): Promise<void> {
  const { target, lambda } = pipeline;
  const onProblem = (message: string) => {
    throw new Error(message);
  };
  const writer = createIndexWriter({ segments: target.segments, limits: target, onProblem });
  for (let number = 0; number < joinedAtOnce; number += 1) {
    const contents = createContentCollector();
    contents.add(Buffer.from(`number ${number}`));
    writer.add({ bucket: 'corpus', key: `in/none/${number}`, version: '1', size: 8, contents: contents.result() });
    await writer.flush();
  }
  const { error } = await lambda.invoke('scan-finisher', { joinIndex: true });
  if (error !== null) throw new Error(JSON.stringify(error));
  if ((await target.segments.listRetired()).length === 0) throw new Error('nothing was joined');
}
