import type { EnvironmentHooks } from '../lambda-runtime-api/environment.ts';
import type { Chaos } from './chaos.ts';
import type { Invocation } from './invocation.ts';

/** The hooks of one invocation that carry out what chaos wants of it. */
export interface Sabotage extends EnvironmentHooks {
  /** The invocation is over; true when its environment is to be killed now. */
  end(): boolean;
}

/** Asks chaos about an invocation. `kill` kills its process. */
export function sabotageOf(chaos: Chaos, invocation: Invocation, kill: () => void): Sabotage {
  const moment = chaos.kill?.(invocation) ?? null;
  let timer: NodeJS.Timeout | undefined;
  return {
    onCalled() {
      if (typeof moment === 'number') timer = setTimeout(kill, moment);
    },
    async onMark(mark) {
      const dies = (await chaos.killAtMark?.(mark, invocation)) ?? false;
      if (dies) kill();
      return !dies;
    },
    onLine(line) {
      if (chaos.killAtLog?.(line, invocation) === true) kill();
    },
    onAnswer() {
      // Too late: the answer counts.
      clearTimeout(timer);
      if (moment !== 'before-answer') return true;
      kill();
      return false;
    },
    end() {
      clearTimeout(timer);
      return moment === 'after-answer';
    },
  };
}
