import { defineRetroMove } from '../../retro-move.ts';

/** `retro pause`. */
export const retroPause = defineRetroMove(
  'pause',
  'Pauses a running retro scan. Files that are being scanned are finished; "rearview retro resume" resumes it.',
);
