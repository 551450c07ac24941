/**
 * The JavaScript between the package and the engine refuses something, or fails. A trap as far as the engine is concerned: the error passes through frames of
 * the engine that did not expect it, so the instance is called no more.
 */
export class HostFailure extends WebAssembly.RuntimeError {
  override readonly name = 'HostFailure';
  override readonly cause: unknown;

  constructor(message: string, cause?: unknown) {
    super(message);
    this.cause = cause;
  }
}
