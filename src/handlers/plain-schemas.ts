import * as z from 'zod';

/**
 * Lets Zod interpret the schemas that are made from now on. By default it compiles each one with its
 * first value, which takes longer than the few values of a function that has just started.
 */
z.config({ jitless: true });
