/** A word or phrase that the docs avoid. */
export interface WordRule {
  readonly name: string;
  /** Matches the word itself and nothing around it; flags `giu`. */
  readonly pattern: RegExp;
  /** The words to use, as the message shows them. */
  readonly use: string;
  /** Text in which the rule fires, and text in which it does not. */
  readonly fires: string;
  readonly passes: string;
}
