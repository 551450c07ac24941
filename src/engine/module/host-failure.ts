/**
 * Thrown if the host of the engine refuses something, or fails. For the
 * engine this is a trap: the error passes through frames that did not expect it, so the instance is
 * never called again.
 */
export class HostFailure extends WebAssembly.RuntimeError {
  override readonly name = 'HostFailure';
  override readonly cause: unknown;

  constructor(message: string, cause?: unknown) {
    super(message);
    this.cause = cause;
  }
}
