import { defineRetroMove } from '../../retro-move.ts';

/** `retro cancel`. */
export const retroCancel = defineRetroMove('cancel', {
  summary: 'End a scan for good.',
  description:
    'Ends a running or paused retro scan for good, and no other. What it has scanned stays covered: the next scan does not do it again. A preview that is named is ended too; nothing is ever covered by one.',
});
