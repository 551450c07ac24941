/**
 * The tag that everything of a stack has, with `names.base` as its value: the budget of the stack counts what bears it. In the bill it shows once it is
 * activated as a cost allocation tag: https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/activating-tags.html
 */
export const stackTag = 'rearview-stack';
