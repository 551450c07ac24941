import { parseLiveEvent } from '../../../src/handlers/events/live-event.ts';
import { sqsRecords } from '../../../src/handlers/events/sqs-records.ts';
import { type FuzzTarget, require } from '../fuzz-target.ts';
import { readJson } from '../mutate/tree.ts';
import { eventWords, invocations } from '../seeds/events.ts';

const corpusBuckets = [
  { name: 'corpus', prefix: '' },
  { name: 'other', prefix: 'in/' },
];

/** Every message of an event yields at least one item, whatever is in the others. */
export const target: FuzzTarget = {
  name: 'live-event',
  of: [
    'src/handlers/events/live-event.ts',
    'src/handlers/events/live-document.ts',
    'src/handlers/events/s3-notification.ts',
  ],
  syntax: 'json',
  seeds: () => invocations,
  words: eventWords,
  run(input) {
    const event = readJson(input.toString());
    const options = { versioned: true, corpusBuckets };
    const items = parseLiveEvent(event, options);
    require(items.length > 0, 'an event has at least one item');
    const messages = sqsRecords(event)?.flatMap(({ messageId }) => messageId ?? []) ?? [];
    require(messages.every((id) => items.some(({ messageId }) => messageId === id)), 'every message has an item');
    for (const item of items) {
      if (item.type === 'problem') require(item.problem.length < 20_000, 'a problem is a text that can be logged');
      if (item.type !== 'object') continue;
      require(item.object.key !== '' && item.object.bucket !== '', 'an object has a name');
      require(item.object.size === undefined || Number.isSafeInteger(item.object.size), 'a size is a number of bytes');
      require(item.object.arrivedAt === undefined ||
        !Number.isNaN(Date.parse(item.object.arrivedAt)), 'a time is a time');
    }
    return [...new Set(items.map(({ type }) => type))].sort().join(', ');
  },
};
