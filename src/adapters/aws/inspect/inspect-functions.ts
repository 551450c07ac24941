import {
  GetAccountSettingsCommand,
  GetFunctionConfigurationCommand,
  type LambdaClient,
  ListEventSourceMappingsCommand,
} from '@aws-sdk/client-lambda';
import { type Answer, ask, askIfAllowed } from '../ask.ts';

export interface FunctionFacts {
  /**
   * `Active` if it can be invoked:
   * https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
   */
  readonly state: string;
  readonly stateReason: string | null;
  /** `Failed` if the last deployment did not take effect. */
  readonly lastUpdate: string | null;
  readonly timeoutSeconds: number;
}

/**
 * @throws RearviewError `ERR_CONFIG` if it does not exist or access is denied; `ERR_UNAVAILABLE`
 *   (retryable)
 */
export async function inspectFunction(client: LambdaClient, name: string): Promise<FunctionFacts> {
  const call = { what: `The function ${name}`, permission: 'lambda:GetFunctionConfiguration' };
  const facts = await ask(call, () => client.send(new GetFunctionConfigurationCommand({ FunctionName: name })));
  return {
    state: facts.State ?? 'unknown',
    stateReason: facts.StateReason ?? null,
    lastUpdate: facts.LastUpdateStatus ?? null,
    timeoutSeconds: facts.Timeout ?? 0,
  };
}

export interface Consumer {
  /** ARN. */
  readonly function: string;
  /** Whether it receives messages. */
  readonly isEnabled: boolean;
  readonly timeout: Answer<number>;
}

/**
 * The functions that receive the messages of a queue, their timeouts in seconds; or why that is
 * unknown.
 */
export async function inspectConsumers(client: LambdaClient, queueArn: string): Promise<Answer<readonly Consumer[]>> {
  const call = { what: `The mappings of ${queueArn}`, permission: 'lambda:ListEventSourceMappings' };
  const answer = await askIfAllowed(call, () =>
    client.send(new ListEventSourceMappingsCommand({ EventSourceArn: queueArn })),
  );
  if ('unknown' in answer) return answer;
  const mappings = answer.known.EventSourceMappings ?? [];
  const consumers = mappings.map(async ({ FunctionArn: arn = '', State: state }): Promise<Consumer> => {
    const configuration = { what: `The function ${arn}`, permission: 'lambda:GetFunctionConfiguration' };
    const timeout = await askIfAllowed(configuration, async () => (await inspectFunction(client, arn)).timeoutSeconds);
    // https://docs.aws.amazon.com/lambda/latest/api/API_EventSourceMappingConfiguration.html
    return {
      function: arn,
      timeout,
      isEnabled: state === undefined || /^(Creating|Enabling|Enabled|Updating)$/.test(state),
    };
  });
  return { known: await Promise.all(consumers) };
}

/**
 * Returns the number of unreserved concurrent invocations.
 * @throws RearviewError `ERR_CONFIG` if access is denied; `ERR_UNAVAILABLE` (retryable)
 */
export async function inspectConcurrency(client: LambdaClient): Promise<{ readonly unreserved: number }> {
  const call = { what: 'Lambda', permission: 'lambda:GetAccountSettings' };
  const { AccountLimit: limit } = await ask(call, () => client.send(new GetAccountSettingsCommand({})));
  return { unreserved: limit?.UnreservedConcurrentExecutions ?? limit?.ConcurrentExecutions ?? 0 };
}
