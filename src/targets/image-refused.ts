/** Returns the message about an image that was not used. */
export function imageRefused(rulesetId: string, why: string): string {
  return `The image of ruleset ${rulesetId.slice(0, 12)} is not used: ${why}. Its sources are compiled instead, which takes longer; "rearview rules build" or "rearview publish" makes a new image.`;
}
