import { formatMarker, parseMarker } from '../../../src/domain/pull-requests/comment-marker.ts';
import { type FuzzTarget, require } from '../fuzz-target.ts';

/** A parsed marker is written the same. */
export const target: FuzzTarget = {
  name: 'comment-marker',
  of: ['src/domain/pull-requests/comment-marker.ts'],
  syntax: 'text',
  seeds: () => [
    '<!-- rearview:review run=12 head=abc -->\ntext',
    '<!-- rearview:scan-report a=b -->\r\n',
    '<!-- rearview:x -->',
  ],
  words: ['<!--', '-->', ' rearview:', ' a=b', ' __proto__=x', ' constructor=x', '--', '=', ' '],
  run(input) {
    const marker = parseMarker(input.toString());
    if (marker === null) return 'none';
    try {
      const again = parseMarker(formatMarker(marker));
      require(JSON.stringify(again) === JSON.stringify(marker), 'a marker that is written again is read the same');
      return 'marker';
    } catch (error) {
      if (error instanceof RangeError) return 'not ours';
      throw error;
    }
  },
};
