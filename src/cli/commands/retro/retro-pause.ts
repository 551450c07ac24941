import { defineRetroMove } from '../../retro-move.ts';

/** `retro pause`. */
export const retroPause = defineRetroMove('pause', {
  summary: 'Hold a running scan.',
  description: 'Holds a running retro scan. Files being scanned are finished; "rearview retro resume" goes on.',
});
