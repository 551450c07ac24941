let marks = 0;

function isGo(message: unknown, mark: number): boolean {
  return (
    typeof message === 'object' &&
    message !== null &&
    ('type' in message ? message.type : undefined) === 'go' &&
    ('mark' in message ? message.mark : undefined) === mark
  );
}

/**
 * Called by handlers and adapters made for tests: tells the runtime that this point is reached, and resolves when the test lets it go on. A test that
 * answers true in `killAtMark` kills the process here, with nothing done of what follows. Outside the runtime it does nothing.
 */
export async function reachMark(name: string): Promise<void> {
  if (process.send === undefined) return;
  marks += 1;
  const mark = marks;
  const goes = new Promise<void>((resolve) => {
    const listen = (message: unknown) => {
      if (!isGo(message, mark)) return;
      process.off('message', listen);
      resolve();
    };
    process.on('message', listen);
  });
  process.send({ type: 'mark', mark, name });
  await goes;
}
