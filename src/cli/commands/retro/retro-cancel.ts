import { defineRetroMove } from '../../retro-move.ts';

/** `retro cancel`. */
export const retroCancel = defineRetroMove(
  'cancel',
  'Cancel a running or paused retro scan for good, or a preview that is named.\n\nThe objects that it scanned stay covered: the next scan does not scan them again.',
);
