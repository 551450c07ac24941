/** What is said of an image that was not used. */
export function imageRefused(rulesetId: string, why: string): string {
  return `The image of ruleset ${rulesetId.slice(0, 12)} is not used: ${why}. Its sources are compiled instead, which takes longer; "rearview rules build" or "rearview publish" makes a new image.`;
}

/** What is said of an image that is not stored, as its ruleset is there already and may not be written again. */
export function imageKept(rulesetId: string): string {
  return `The ruleset ${rulesetId.slice(0, 12)} is stored already, without an image for this engine, and may not be written again. It is in use all the same; its sources are compiled by each function that starts, which takes longer, until rules change.`;
}
