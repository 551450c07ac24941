import { readDeadLetter } from '../../../src/handlers/events/dead-letter.ts';
import { parseRetroEvent } from '../../../src/handlers/events/retro-event.ts';
import { readAwsConfig } from '../../../src/targets/aws/aws-config.ts';
import { type FuzzTarget, require } from '../fuzz-target.ts';
import { readJson } from '../mutate/tree.ts';
import { eventWords, invocations, messages } from '../seeds/events.ts';
import { stackOutputs } from '../seeds/stack-outputs.ts';

const deadLetter = readDeadLetter({ config: readAwsConfig({}, stackOutputs) });

/** Events of the retro analyzer, and messages that became dead letters. */
export const target: FuzzTarget = {
  name: 'retro-event',
  of: ['src/handlers/events/retro-event.ts', 'src/handlers/events/dead-letter.ts', 'src/app/pipeline/messages.ts'],
  syntax: 'json',
  seeds: () => [...messages, ...invocations],
  words: eventWords,
  run(input) {
    const text = input.toString();
    const items = parseRetroEvent(readJson(text));
    require(items.length > 0, 'an event has at least one item');
    const letter = deadLetter(text);
    return `${items[0]?.type}, ${letter === null ? 'unknown' : (letter[0]?.type ?? 'nothing')}`;
  },
};
