import { defineRetroMove } from '../../retro-move.ts';

/** `retro cancel`. */
export const retroCancel = defineRetroMove(
  'cancel',
  'Cancels a running or paused retro scan for good, and no other. What it has scanned stays covered: the next scan does not scan it again. A named preview is cancelled too; a preview never covers anything.',
);
