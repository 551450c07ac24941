/**
 * The tag of everything in a stack, with `names.base` as its value: the budget of the stack counts
 * tagged resources. It appears in the bill once it is activated as a cost allocation tag:
 * https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/activating-tags.html
 */
export const stackTag = 'rearview-stack';
