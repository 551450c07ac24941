import { defineRetroMove } from '../../retro-move.ts';

/** `retro resume`. */
export const retroResume = defineRetroMove('resume', 'Resume a paused retro scan where it stopped.');
