import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type FromServices, fromServices, type ToServices } from './services-protocol.ts';

type Answer<Type extends FromServices['type']> = Extract<FromServices, { type: Type }>;

export interface ServiceProcess extends Answer<'ready'> {
  /** Requests since the last call. */
  take(): Promise<Answer<'taken'>>;
  /** Whether responses take as long as they would in AWS. */
  delay(on: boolean): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the services in a separate process. */
export async function startServiceProcess(): Promise<ServiceProcess> {
  const child = fork(fileURLToPath(new URL('./services.ts', import.meta.url)), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const gone = once(child, 'exit');
  async function answer<Type extends FromServices['type']>(type: Type): Promise<Answer<Type>> {
    const [raw] = await Promise.race([once(child, 'message'), gone.then(() => [null])]);
    const message = fromServices.parse(raw ?? { type: 'gone' });
    if (!isOf(message, type)) throw new Error(`The services responded with ${message.type}, not ${type}.`);
    return message;
  }
  const ask = <Type extends FromServices['type']>(message: ToServices, type: Type): Promise<Answer<Type>> => {
    const answered = answer(type);
    child.send(message);
    return answered;
  };
  return {
    ...(await answer('ready')),
    take: () => ask({ type: 'take' }, 'taken'),
    delay: async (on) => void (await ask({ type: 'delay', on }, 'delayed')),
    async stop() {
      if (child.connected) child.disconnect();
      await gone;
    },
  };
}

function isOf<Type extends FromServices['type']>(message: FromServices, type: Type): message is Answer<Type> {
  return message.type === type;
}
