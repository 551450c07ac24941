import { defineRetroMove } from '../../retro-move.ts';

/** `retro resume`. */
export const retroResume = defineRetroMove('resume', {
  summary: 'Go on with a paused scan.',
  description: 'Goes on with a paused retro scan where it was.',
});
