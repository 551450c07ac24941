import { defineRetroMove } from '../../retro-move.ts';

/** `retro pause`. */
export const retroPause = defineRetroMove(
  'pause',
  'Pause a running retro scan.\n\nScans of single files that have begun are finished. "rearview retro resume" resumes the scan.',
);
