import { defineRetroMove } from '../../retro-move.ts';

/** `retro resume`. */
export const retroResume = defineRetroMove('resume', 'Resumes a paused retro scan where it stopped.');
