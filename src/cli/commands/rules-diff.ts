import { z } from 'zod';
import { defineCommand } from '../define-command.ts';
export const rulesDiff = defineCommand({
  name: 'diff',
  summary: 'x',
  description: 'x',
  options: z.object({}),
  examples: [],
  run: async () => 0,
});
