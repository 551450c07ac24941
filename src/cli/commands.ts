import type { Register } from './define-command.ts';

interface Group {
  readonly name: string;
  readonly description: string;
}

const rules: Group = { name: 'rules', description: 'Check, test, compare and build rules.' };
const retro: Group = { name: 'retro', description: 'Scan what arrived before with the rules in force now.' };
const matches: Group = { name: 'matches', description: 'Show what matched.' };
const queue: Group = { name: 'queue', description: 'Look after the work queues.' };

/** Every command, in the order of the help. */
export const commands: readonly { readonly group: Group | null; readonly register: Register }[] = [];
