import { parsePreviewEvent } from '../../../src/handlers/events/preview-event.ts';
import { rulesetId } from '../../../src/rules/ruleset.ts';
import { type FuzzTarget, require } from '../fuzz-target.ts';
import { readJson } from '../mutate/tree.ts';
import { previewEvents } from '../seeds/events.ts';

/** Requests of pull requests to the batcher. */
export const target: FuzzTarget = {
  name: 'preview-event',
  of: ['src/handlers/events/preview-event.ts'],
  syntax: 'json',
  seeds: previewEvents,
  words: [
    'preview',
    'cancelPreview',
    'scanId',
    'ruleset',
    'filter',
    'prefix',
    'minBytes',
    'sample',
    'sha256',
    'inventories',
    'expected',
  ],
  run(input) {
    const event = parsePreviewEvent(readJson(input.toString()));
    if (event.type === 'cancel') return 'cancel';
    const { id, sources, engine } = event.request().ruleset;
    require(rulesetId(sources, engine) === id, 'a ruleset is what its id says');
    return 'preview';
  },
};
